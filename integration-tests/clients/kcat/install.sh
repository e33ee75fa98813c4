#!/bin/bash
# kcat from Debian.
set -euo pipefail
command -v kcat > /dev/null && exit 0
apt-get update -qq && apt-get install -y -qq kcat > /dev/null
