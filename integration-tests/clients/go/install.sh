#!/bin/bash
# franz-go through the module proxy; the program is built into the cache.
set -euo pipefail
cache=${CHRONIK_CACHE:-$HOME/.cache/chronik}/go
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$cache"
[ "$cache/franz" -nt "$here/main.go" ] && [ "$cache/franz" -nt "$here/go.mod" ] && exit 0
(cd "$here" && go build -o "$cache/franz" .)
