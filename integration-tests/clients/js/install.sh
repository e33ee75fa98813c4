#!/bin/bash
# kafkajs and pure JavaScript codecs from npm, into the cache.
set -euo pipefail
cache=${CHRONIK_CACHE:-$HOME/.cache/chronik}/js
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$cache"
cmp -s "$here/package.json" "$cache/package.json" && [ -f "$cache/.installed" ] && exit 0
cp "$here/package.json" "$cache/"
(cd "$cache" && npm install --ignore-scripts --no-audit --no-fund --silent)
touch "$cache/.installed"
