/// The settings that Kafka's tools know, for topics, groups and nodes: names, types, defaults, what we do with each.
@NullMarked
package io.chronik.metadata.config;

import org.jspecify.annotations.NullMarked;
