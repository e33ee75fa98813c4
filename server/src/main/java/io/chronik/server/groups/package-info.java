/// The group APIs: from requests to [Groups][io.chronik.coordinators.Groups] and back.
///
/// Start reading at [GroupApis][io.chronik.server.groups.GroupApis]. A handler checks what Kafka's broker checks
/// before its coordinator (topics, ids, versions), hands the rest over, and answers when the future completes.
@NullMarked
package io.chronik.server.groups;

import org.jspecify.annotations.NullMarked;
