#!/bin/bash
# The two Python clients from PyPI, in a virtual environment in the cache.
set -euo pipefail
cache=${CHRONIK_CACHE:-$HOME/.cache/chronik}/python
here=$(cd "$(dirname "$0")" && pwd)
cmp -s "$here/requirements.txt" "$cache/requirements.txt" && [ -x "$cache/venv/bin/python" ] && exit 0
mkdir -p "$cache"
python3 -m venv "$cache/venv" 2> /dev/null || { apt-get update -qq && apt-get install -y -qq python3-venv > /dev/null && /usr/bin/python3 -m venv "$cache/venv"; }
"$cache/venv/bin/pip" -q install -r "$here/requirements.txt"
cp "$here/requirements.txt" "$cache/"
