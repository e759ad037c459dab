"""huggingface_hub against a hub, one question per process. Arguments: the question's name and its arguments as a JSON object.
Prints the answer as JSON; an error of the library is {"error": its class}."""
import json
import sys

import huggingface_hub
from huggingface_hub import HfApi


def download(repo, path, **more):
    with open(huggingface_hub.hf_hub_download(repo, path, **more), "rb") as file:
        return file.read().hex()


def snapshot(repo, **more):
    return huggingface_hub.snapshot_download(repo, **more)


def tree(repo, **more):
    entries = HfApi().list_repo_tree(repo, recursive=True, **more)
    return [
        {
            "path": entry.path,
            "size": getattr(entry, "size", None),
            "sha256": entry.lfs.sha256 if getattr(entry, "lfs", None) else None,
        }
        for entry in entries
    ]


def info(repo, **more):
    found = HfApi().repo_info(repo, **more)
    return {"sha": found.sha, "files": sorted(one.rfilename for one in found.siblings)}


def metadata(repo, path, **more):
    found = huggingface_hub.get_hf_file_metadata(huggingface_hub.hf_hub_url(repo, path), **more)
    return {"commit": found.commit_hash, "etag": found.etag, "size": found.size}


questions = {one.__name__: one for one in (download, snapshot, tree, info, metadata)}
try:
    answer = questions[sys.argv[1]](**json.loads(sys.argv[2]))
except Exception as error:  # The class is what tests are about.
    answer = {"error": type(error).__name__}
print(json.dumps(answer))
