/// What is not public in Kafka's group coordinator, for [LaneGroups][io.chronik.coordinators.LaneGroups].
@NullMarked
package org.apache.kafka.coordinator.group;

import org.jspecify.annotations.NullMarked;
