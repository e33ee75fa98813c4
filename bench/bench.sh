#!/usr/bin/env bash
# Produces and consumes 1 GiB through a running node with Kafka's own perf tools, and says how fast, with which
# latency, and for how many CPU seconds of the node.
#
#   bench/bench.sh [--mib N=1024] [--record-bytes N=1024] [--partitions N=6] [--acks all] [--name TEXT]
#   bench/bench.sh --bootstrap HOST:PORT --pid PID     against a node (or a Kafka) that already runs
#
# Writes bench/results/<time>-<name>.json and the table in bench/README.md. Needs Maven for the tools (kafka-tools).
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
mib=1024 record=1024 partitions=6 acks=all name=chronik bootstrap= pid=
while [ $# -gt 0 ]; do
  case $1 in
    --mib) mib=$2 ;;
    --record-bytes) record=$2 ;;
    --partitions) partitions=$2 ;;
    --acks) acks=$2 ;;
    --name) name=$2 ;;
    --bootstrap) bootstrap=$2 ;;
    --pid) pid=$2 ;;
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "bench: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done

java=$(./chronik --java-home)/bin/java
tools=$(cat "$(JAVA_HOME=${java%/bin/java} integration-tests/tools/install.sh)")
work=$(mktemp -d)
own=
finish() {
  if [ -n "$own" ]; then
    kill "$own" 2>/dev/null || true
    wait "$own" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT

free_port() {
  local port
  while :; do
    port=$((20500 + RANDOM % 12000))
    if ! { : <"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then echo "$port" && return; fi
  done
}

if [ -z "$bootstrap" ]; then
  port=$(free_port)
  bootstrap=127.0.0.1:$port
  mkfifo "$work/out"
  ./chronik start --data-dir "$work/data" --listen "$bootstrap" --internal "127.0.0.1:$((port + 1))" --http off \
    >"$work/out" 2>"$work/err" &
  own=$!
  exec 8<"$work/out"
  while read -r line <&8; do
    case $line in *' ready'*) break ;; esac
  done
  kill -0 "$own" 2>/dev/null || { cat "$work/err" >&2; exit 1; }
  cat <&8 >/dev/null &
  pid=$own
fi
# The launcher may have started java as its child.
if [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm")" != java ]; then pid=$(pgrep -P "$pid" -x java | head -n 1); fi

# User and system time of the node, in hundredths of a second.
cpu() { sed 's/.*) //' "/proc/$pid/stat" | awk '{ print $12 + $13 }'; }
tool() {
  local class=$1
  shift
  "$java" -Xmx512m -Dorg.slf4j.simpleLogger.defaultLogLevel=error --enable-native-access=ALL-UNNAMED -cp "$tools" "$class" "$@"
}

topic=bench-$RANDOM
records=$((mib * 1024 * 1024 / record))
tool org.apache.kafka.tools.TopicCommand --bootstrap-server "$bootstrap" --create --topic "$topic" \
  --partitions "$partitions" >/dev/null

before=$(cpu)
tool org.apache.kafka.tools.ProducerPerformance --bootstrap-server "$bootstrap" --topic "$topic" --num-records "$records" \
  --record-size "$record" --throughput -1 --command-property "acks=$acks" --command-property batch.size=65536 \
  --command-property linger.ms=5 >"$work/produce"
after=$(cpu)
produce_cpu=$(awk "BEGIN { printf \"%.2f\", ($after - $before) / 100 }")
last=$(tail -n 1 "$work/produce")
produce_mb=$(sed -E 's/.*\(([0-9.]+) MB\/sec\).*/\1/' <<<"$last")
p50=$(sed -E 's/.* ([0-9]+) ms 50th.*/\1/' <<<"$last")
p99=$(sed -E 's/.* ([0-9]+) ms 99th.*/\1/' <<<"$last")

before=$(cpu)
tool org.apache.kafka.tools.ConsumerPerformance --bootstrap-server "$bootstrap" --topic "$topic" \
  --num-records "$records" --timeout 60000 >"$work/consume"
after=$(cpu)
consume_cpu=$(awk "BEGIN { printf \"%.2f\", ($after - $before) / 100 }")
consumed=$(tail -n 1 "$work/consume")
read_mib=$(awk -F', ' '{ print $3 }' <<<"$consumed")
consume_mb=$(awk -F', ' '{ print $4 }' <<<"$consumed")
awk "BEGIN { exit !($read_mib >= $mib * 0.999) }" || { echo "bench: only $read_mib MiB came back" >&2; exit 1; }

processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
machine="$(nproc) x ${processor:-unknown}, $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), $(uname -sr)"
load=$(cut -d' ' -f1 /proc/loadavg)
at=$(date -u +%Y%m%dT%H%M%SZ)
mkdir -p bench/results
json=bench/results/$at-$name.json
cat >"$json" <<JSON
{
  "at": "$at",
  "name": "$name",
  "commit": "$(git rev-parse --short HEAD 2>/dev/null || echo unknown)",
  "machine": "$machine",
  "load": $load,
  "mib": $mib,
  "recordBytes": $record,
  "partitions": $partitions,
  "acks": "$acks",
  "produce": { "mibPerSecond": $produce_mb, "p50Ms": $p50, "p99Ms": $p99, "nodeCpuSeconds": $produce_cpu },
  "consume": { "mibPerSecond": $consume_mb, "nodeCpuSeconds": $consume_cpu }
}
JSON

field() { sed -n "s/.*\"$2\": \"\{0,1\}\([^\",}]*\)\"\{0,1\}.*/\1/p" "$1" | head -n 1 | tr -d ' '; }
part() { sed -n "s/.*\"$2\": {.*\"$3\": \([0-9.]*\).*/\1/p" "$1"; }
{
  sed '/^<!-- table -->$/q' bench/README.md
  echo '| when | what | commit | load | produce MiB/s | p50 ms | p99 ms | CPU s | consume MiB/s | CPU s |'
  echo '|---|---|---|---|---|---|---|---|---|---|'
  for f in bench/results/*.json; do
    echo "| $(field "$f" at) | $(field "$f" name) | $(field "$f" commit) | $(sed -n 's/.*"load": \([0-9.]*\).*/\1/p' "$f") |" \
      "$(part "$f" produce mibPerSecond) | $(part "$f" produce p50Ms) | $(part "$f" produce p99Ms) |" \
      "$(part "$f" produce nodeCpuSeconds) | $(part "$f" consume mibPerSecond) | $(part "$f" consume nodeCpuSeconds) |"
  done
} >"$work/readme"
cp "$work/readme" bench/README.md

echo "machine: $machine (load $load)"
echo "produce: $produce_mb MiB/s, p50 $p50 ms, p99 $p99 ms, node CPU $produce_cpu s (acks=$acks, $mib MiB of $record-byte records, $partitions partitions)"
echo "consume: $consume_mb MiB/s, node CPU $consume_cpu s"
echo "written: $json"
