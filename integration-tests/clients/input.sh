#!/bin/bash
# input.sh DIR: real text and binary files of the JDK, at least 50 MB, and DIR/index.tsv that lists them.
set -euo pipefail
dir=$1; jdk=${JAVA_HOME:?}
mkdir -p "$dir/files"
take() { cp -L "$1" "$dir/files/$2"; }
n=0
for f in "$jdk"/lib/*.so "$jdk"/lib/server/libjvm.so; do take "$f" "$(basename "$f")"; done
take "$jdk/lib/classlist" classlist.txt 2>/dev/null || true
for f in "$jdk"/legal/*/*; do [ -f "$f" ] && { n=$((n + 1)); take "$f" "legal-$n.txt"; }; done
if [ -f "$jdk/lib/src.zip" ]; then
  unzip -qo "$jdk/lib/src.zip" 'java.base/java/util/*' -d "$dir/src"
  find "$dir/src" -name '*.java' -size +90k | while read -r f; do
    take "$f" "src-$(basename "$(dirname "$f")")-$(basename "$f")"
  done
  rm -rf "$dir/src"
fi
have=$(du -sb "$dir/files" | cut -f1); want=$((52 * 1024 * 1024))
if [ "$have" -lt "$want" ]; then head -c $((want - have)) "$jdk/lib/modules" > "$dir/files/modules-head.bin"; fi
codecs=(none gzip snappy lz4 zstd); i=0
: > "$dir/index.tsv"
for f in $(cd "$dir/files" && ls | sort); do
  case $f in *.txt | *.java) chunk=$((700 + i % 7 * 300)) ;; *) chunk=$((200000 + i % 5 * 100000)) ;; esac
  printf '%s\t%s\t%d\t%s\t%d\n' "$f" "$dir/files/$f" $((i % 3)) "${codecs[i % 5]}" "$chunk" >> "$dir/index.tsv"
  i=$((i + 1))
done
(cd "$dir/files" && sha256sum -- * | sort -k2) > "$dir/expected.txt"
echo "input: $i files, $(du -sb "$dir/files" | cut -f1) bytes"
