"""Reads kcat's `key LF size LF value LF` and prints the hash of each key's values."""
import hashlib
import sys

hashes = {}
source = sys.stdin.buffer
while key := source.readline():
    size = int(source.readline())
    value = source.read(size)
    if len(value) != size or source.read(1) != b"\n":
        sys.exit("kcat's output ends in the middle of a record")
    hashes.setdefault(key.rstrip(b"\n").decode(), hashlib.sha256()).update(value)
for name in sorted(hashes):
    print(f"{hashes[name].hexdigest()}  {name}")
