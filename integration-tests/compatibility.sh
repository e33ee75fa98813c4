#!/usr/bin/env bash
# Rewrites docs/compatibility.md from what ApiMatrixTest has seen (target/api-matrix.tsv, written by the stage `node`).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
matrix=${1:-target/api-matrix.tsv}
{
  cat <<'HEAD'
# Compatibility

Every API key and version below is served, and no other is advertised. Made by `integration-tests/compatibility.sh` from what
`ApiMatrixTest` (package `io.chronik.it.api`) has shown: each version of each API, as raw bytes on a socket against a running
node, once to success and, where that version has a field that can be wrong, once to a refusal. `TrapsTest` covers the twelve traps of the protocol.

Clients whose ordinary packages are run against it (`RealFilesTest`): kcat (librdkafka), the Java clients, kafkajs, Python
(confluent-kafka, kafka-python) and Go (franz-go, which uses KIP-848 by itself); and Kafka's own command-line tools (`KafkaToolsTest`).

Messages are those of Kafka 4.4. Not served yet: transactions (24-28, 65, 66), SASL (17, 36), ACLs, quotas and delegation tokens
(29-31, 38-41, 48-51), replica and Raft administration (34, 43, 45, 46, 55, 57, 64, 80, 81), telemetry (71, 72), share and
streams groups (76-79, 88-93). Produce is advertised from version 0 because old clients look for it; versions 0-2 are answered
UNSUPPORTED_VERSION, as Kafka does.

| key | API | versions | shown to succeed | shown to refuse |
|---|---|---|---|---|
HEAD
  awk -F'\t' '
    { key = $1 + 0; name[key] = $2; v = $3 + 0
      if (!(key in low) || v < low[key]) low[key] = v
      if (!(key in high) || v > high[key]) high[key] = v
      if ($4 == "success") good[key] = $5; else bad[key] = $5 }
    END { for (k = 0; k < 200; k++) if (k in name)
      printf "| %d | %s | %d-%d | %s | %s |\n", k, name[k], low[k], high[k], good[k], bad[k] }' "$matrix"
} >../docs/compatibility.md
