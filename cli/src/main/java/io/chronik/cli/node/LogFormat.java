package io.chronik.cli.node;

/// How a node's log looks; the names are what people type.
enum LogFormat {
    text,
    json
}
