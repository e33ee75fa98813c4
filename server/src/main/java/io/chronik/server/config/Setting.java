package io.chronik.server.config;

/// One thing that the operator set. `origin` names the place for messages: a file, a variable, a flag.
record Setting(String name, String value, String origin) {}
