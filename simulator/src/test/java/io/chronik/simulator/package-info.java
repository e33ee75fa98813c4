/// A cluster in one thread: real partition replicas on real logs, on disks, a network and a clock that a seed decides
/// about. Start with [Simulation].
@org.jspecify.annotations.NullMarked
package io.chronik.simulator;
