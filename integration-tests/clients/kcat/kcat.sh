#!/bin/bash
# kcat as a sender and receiver of files; see ../README.md. kcat sends each file that it is given as one record, so
# chunks are cut beforehand; it gives all records of a call the same headers, so there is no number in them.
set -euo pipefail
case $1 in
  send)
    bootstrap=$2 topic=$3 index=$4 work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    while IFS=$'\t' read -r name path partition codec chunk; do
      split -b "$chunk" -a 5 "$path" "$work/c."
      kcat -P -b "$bootstrap" -t "$topic" -p "$partition" -k "$name" -H "client=kcat" -z "$codec" \
        -X acks=all -X linger.ms=1 -X max.in.flight=1 "$work"/c.*
      rm -f "$work"/c.*
    done < "$index"
    ;;
  receive)
    kcat -C -q -b "$2" -t "$3" -o beginning -e -X check.crcs=true -f '%k\n%S\n%s\n' | python3 "$(dirname "$0")/hash.py"
    ;;
esac
