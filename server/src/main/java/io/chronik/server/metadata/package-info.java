/// The metadata quorum on this node: how it comes to a cluster, the Raft host, the image, and the controller's I/O
/// side.
///
/// Start reading at [MetadataQuorum][io.chronik.server.metadata.MetadataQuorum], which puts it together, then
/// [RaftHost][io.chronik.server.metadata.RaftHost] and
/// [ControllerService][io.chronik.server.metadata.ControllerService]. Forming begins at
/// [Formation][io.chronik.server.metadata.Formation].
@NullMarked
package io.chronik.server.metadata;

import org.jspecify.annotations.NullMarked;
