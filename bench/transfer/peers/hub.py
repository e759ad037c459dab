"""huggingface_hub as its users call it, then the SHA-256 of the file. Arguments: endpoint, repository, file, cache folder,
digest. The last line of output is {"seconds": ...}."""
import hashlib
import json
import sys
import time

from huggingface_hub import hf_hub_download

endpoint, repo, name, cache, sha256 = sys.argv[1:]
start = time.perf_counter()
path = hf_hub_download(repo, name, endpoint=endpoint, cache_dir=cache)
with open(path, "rb") as file:
    found = hashlib.file_digest(file, "sha256").hexdigest()
seconds = time.perf_counter() - start
assert found == sha256, found
print(json.dumps({"seconds": seconds}))
