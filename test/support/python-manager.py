"""The registry's part of a Python model manager, as the module map of model_manager.py describes it: the whole file is read once, kept
in memory, and written in place as a whole at each change. Written for the tests; knows nothing of what others write meanwhile.

    python3 python-manager.py BASE        reads commands from standard input, one JSON a line, and answers each with a line
"""

import hashlib
import json
import os
import sys
import time
from pathlib import Path


class ModelManager:
    def __init__(self, base):
        self.base = Path(base)
        self.registry_path = self.base / "cache_registry.json"
        for folder in ("checkpoints", "loras", "embeddings"):
            (self.base / folder).mkdir(parents=True, exist_ok=True)
        self.cache_registry = self.load_cache_registry()

    def load_cache_registry(self):
        empty = {"checkpoints": {}, "loras": {}, "embeddings": {}, "last_updated": time.time()}
        if not self.registry_path.exists():
            return empty
        try:
            with open(self.registry_path, "r") as f:
                return json.load(f)
        except (OSError, ValueError):
            return empty

    def save_cache_registry(self):
        self.cache_registry["last_updated"] = time.time()
        with open(self.registry_path, "w") as f:
            json.dump(self.cache_registry, f, indent=2)

    def calculate_file_hash(self, path):
        digest = hashlib.sha256()
        with open(path, "rb") as f:
            for chunk in iter(lambda: f.read(4096), b""):
                digest.update(chunk)
        return digest.hexdigest()

    def add(self, section, name, text):
        path = self.base / section / (name + ".safetensors")
        path.write_bytes(text.encode())
        now = time.time()
        self.cache_registry[section][name] = {
            "url": "https://models.example.org/" + name,
            "path": str(path),
            "hash": self.calculate_file_hash(path),
            "downloaded_at": now,
            "last_used": now,
            "usage_count": 1,
            "file_size": os.path.getsize(path),
        }
        self.save_cache_registry()
        return str(path)

    def use(self, section, name):
        info = self.cache_registry[section].get(name)
        if info is None or not os.path.exists(info["path"]):
            return None
        if info["hash"] and self.calculate_file_hash(info["path"]) != info["hash"]:
            return None
        info["last_used"] = time.time()
        info["usage_count"] += 1
        self.save_cache_registry()
        return info["path"]

    def known(self, section):
        return sorted(self.cache_registry[section])

    def reload(self):
        self.cache_registry = self.load_cache_registry()
        return True

    def hammer(self, section, prefix, count):
        """Adds many, one write after the other."""
        for index in range(count):
            self.add(section, "%s%d" % (prefix, index), "%s %d" % (prefix, index))
        return count


manager = ModelManager(sys.argv[1])
for line in sys.stdin:
    command, *arguments = json.loads(line)
    print(json.dumps(getattr(manager, command)(*arguments)), flush=True)
