package io.chronik.server.net;

/// What all connections of a process share.
record NetShared(NetSettings settings, NetListener metrics, MemoryBudget budget, ConnectionLimits limits) {}
