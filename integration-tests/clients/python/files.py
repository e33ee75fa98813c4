"""What both Python clients share: reading the index, cutting chunks, hashing what comes."""
import hashlib
import sys


def chunks(index):
    """Yields (name, partition, codec, [chunk...]) for every file of the index."""
    with open(index, encoding="utf-8") as lines:
        for line in lines:
            name, path, partition, codec, size = line.rstrip("\n").split("\t")
            with open(path, "rb") as file:
                data = file.read()
            step = int(size)
            yield name, int(partition), codec, [data[at : at + step] for at in range(0, len(data), step)]


class Hashes:
    """The hash of each key's values, in the order of their numbers."""

    def __init__(self):
        self.hashes = {}
        self.next = {}

    def add(self, key, value, headers):
        name = key.decode()
        expected = self.next.get(name, 0)
        seq = dict(headers or []).get("seq")
        if seq is not None and int(seq) != expected:
            sys.exit(f"{name}: chunk {int(seq)} instead of {expected}")
        self.next[name] = expected + 1
        self.hashes.setdefault(name, hashlib.sha256()).update(value)

    def print(self):
        for name in sorted(self.hashes):
            print(f"{self.hashes[name].hexdigest()}  {name}")
