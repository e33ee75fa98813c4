#!/usr/bin/env bash
# ./chronik bench: builds the bench of this checkout when sources have changed, assembles the peer (Apache Kafka, from
# Maven Central) once, and runs it. `./chronik bench --help` tells more.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
home=$PWD
JAVA_HOME=$(./chronik --java-home)
export JAVA_HOME
built=.cache/bench/built
mkdir -p .cache/bench
distribution() { ls cli/target/chronik-*.tar.gz 2>/dev/null | head -n 1; }
if [ ! -f "$built" ] || [ ! -f bench/target/bench.classpath ] || [ -z "$(distribution)" ] ||
  [ -n "$(find chronik conf pom.xml ./*/pom.xml ./*/src/main -newer "$built" -print -quit)" ]; then
  echo "bench: building ..." >&2
  touch "$built.new"
  # cli: what is measured is the distribution.
  mvn -B -ntp -DskipTests -Dspotless.check.skip=true -pl bench,cli -am verify >.cache/bench/build.log 2>&1 || {
    grep -E '^\[ERROR\]|^\[WARNING\].*\.java' .cache/bench/build.log | head -n 30 >&2
    echo "bench: the build failed; all of its output is in .cache/bench/build.log" >&2
    exit 1
  }
  mv "$built.new" "$built"
fi

peer=${CHRONIK_CACHE:-$HOME/.cache/chronik}/kafka-peer
mkdir -p "$peer"
if ! { cmp -s bench/kafka/pom.xml "$peer/pom.xml" && [ -s "$peer/classpath" ]; }; then
  echo "bench: fetching Apache Kafka from Maven Central ..." >&2
  mvn -q -B -f bench/kafka/pom.xml org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath \
    -Dmdep.outputFile="$peer/classpath" >"$peer/install.log" 2>&1 || { cat "$peer/install.log" >&2; exit 1; }
  cp bench/kafka/pom.xml "$peer/"
fi

# The clients' heap is touched before anything is measured: a page's first use costs much on a virtual machine.
heap=(-Xmx2g)
case ${1:-} in
  compare | run) heap=(-Xms2g -Xmx2g -XX:+AlwaysPreTouch) ;;
esac

exec "$JAVA_HOME/bin/java" "${heap[@]}" -XX:+UseParallelGC --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow \
  -Dlogback.configurationFile=logback.xml -Dbench.home="$home" -Dbench.commit="$(git rev-parse --short HEAD 2>/dev/null || echo unknown)" \
  -Dbench.distribution="$home/$(distribution)" -Dbench.kafka.classpath="$peer/classpath" \
  -cp "bench/target/classes:$(cat bench/target/bench.classpath)" io.chronik.bench.Bench "$@"
