/// Replication between nodes: a follower's fetches ([ReplicaFetchers]), a leader's answers
/// ([ReplicaFetchHandler][io.chronik.server.replica.ReplicaFetchHandler]), and what leaders ask the controller for
/// ([IsrProposals][io.chronik.server.replica.IsrProposals]).
///
/// On the wire it is Fetch with sessions (KIP-227), and with three rules that hold between our nodes only:
///
/// - A session is a set of open questions. A partition that a request names is answered once: with records, with an
///   error, or with news of its high watermark. It is not sent again until a request names it again, and then its fetch
///   offset says what is durable at the follower.
/// - A newer request of a session ends the one that waits, which is answered empty. So an acknowledgement counts when
///   it arrives, although answers leave in order. At most two requests of a session are under way.
/// - An answer with OFFSET_OUT_OF_RANGE has the leader's log start and, as the last stable offset, its log's end.
@NullMarked
package io.chronik.server.replica;

import org.jspecify.annotations.NullMarked;
