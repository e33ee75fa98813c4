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
(29-31, 38-41, 48-51), moving replicas between disks (34), telemetry (71, 72), share and streams groups (76-79, 88-93). Produce is
advertised from version 0 because old clients look for it; versions 0-2 are answered UNSUPPORTED_VERSION, as Kafka does.

## Different from Kafka in a cluster

Every node takes every request, those for the controller too (43, 45, 46, 55, 57, 64, 80, 81 below): it sends them on as they came and
answers when it shows the change itself. So a client that creates a topic finds it on the node that answered; Kafka's may not.

| what | Kafka | here | why |
|---|---|---|---|
| `acks=1`, `acks=all` | written | fsynced, by the leader or by every replica in sync | what is acknowledged survives power loss |
| `min.insync.replicas` where nobody set it | 1 | 2 from three replicas on; shown as DYNAMIC_DEFAULT_BROKER_CONFIG | one node may die without loss |
| replicas where nobody says | 1 | `min(3, nodes)` | the same |
| in-sync set | a follower that has *fetched* counts | one that has fsynced counts: its fetch offset is durable | the same |
| too few in sync while an acknowledgement waits | waits for the request's time-out | NOT_ENOUGH_REPLICAS_AFTER_APPEND at once | the client can act |
| a node that hears no controller | goes on serving | closes its clients' connections until it does | they would wait there for nothing |
| time-outs (`broker.session.timeout.ms`, `controller.quorum.*`, `replica.lag.time.max.ms`) | 9 s, 2 s, 30 s | 2 s, 1 s, 10 s; a dead process is noticed by its closed connections | fail-over below a second |
| AddRaftVoter without an address | refused | the one that the node has registered | fewer arguments |
| UnregisterBroker (64) | always | refused while the node lives, or while a topic needs it (INVALID_REQUEST names them) | nobody loses a replica by accident |
| draining a node | no such thing | node setting `chronik.node.drain` | any tool can set and see it |
| UpdateFeatures (57) | `metadata.version` and others | `group.version`; `chronik.metadata.version`, which is raised after an upgrade and never lowered; `kraft.version` and `metadata.version` for tools that show them | Chronik's metadata is its own |
| AlterReplicaLogDirs (34) | moves between disks | not served | one directory per node |
| rack-aware reads | only with `replica.selector.class` | whenever the client and the nodes say their racks; `…LeaderSelector` turns it off | nothing to set |
| replication throttles | what in-sync replicas copy of a listed partition counts, and is not held | only what replicas copy that are not in sync | a rate below that of the producers does not stop a move for good |
| a directory that is lost or damaged | an empty replica may lead | the replica leaves the in-sync set before its node serves, and is filled again | nothing acknowledged is lost |

## Between nodes

On the internal listener only, never taken or advertised on a client's: Kafka's own messages, but nodes of Kafka and of Chronik
can't be mixed. Metadata quorum: FETCH 1 (of `__cluster_metadata`), VOTE 52, BEGIN_QUORUM_EPOCH 53, END_QUORUM_EPOCH 54,
DESCRIBE_QUORUM 55, FETCH_SNAPSHOT 59, ADD_RAFT_VOTER 80, REMOVE_RAFT_VOTER 81, UPDATE_RAFT_VOTER 82. Node and controller:
ALTER_PARTITION 56, BROKER_REGISTRATION 62, BROKER_HEARTBEAT 63, ALLOCATE_PRODUCER_IDS 67, ASSIGN_REPLICAS_TO_DIRS 73 (only to
say that replicas are lost). Replication: FETCH 1, with sessions that differ from Kafka's in what is sent again (ADR 0028). Sent on
for clients: 19, 20, 33, 37, 43, 44, 45, 46, 57, 64, 80, 81. Besides API_VERSIONS 18 and DESCRIBE_CLUSTER 60, by which nodes find
each other. Not used: ENVELOPE 58, CONTROLLER_REGISTRATION 70.

In BrokerRegistration `previousBrokerEpoch` is the end of the metadata that was found on the disk.

## Every API and version

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
