#!/bin/bash
# Kafka's own tools from Maven Central: writes their class path into the cache and prints the file's name.
set -euo pipefail
cache=${CHRONIK_CACHE:-$HOME/.cache/chronik}/tools
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$cache"
if ! { cmp -s "$here/pom.xml" "$cache/pom.xml" && [ -s "$cache/classpath" ]; }; then
  mvn -q -B -f "$here/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath \
    -Dmdep.outputFile="$cache/classpath" > "$cache/install.log" 2>&1 || { cat "$cache/install.log" >&2; exit 1; }
  cp "$here/pom.xml" "$cache/"
fi
echo "$cache/classpath"
