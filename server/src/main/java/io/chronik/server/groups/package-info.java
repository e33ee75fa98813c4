/// Group APIs: from requests to the coordinators module, and its log on `__consumer_offsets`.
@NullMarked
package io.chronik.server.groups;

import org.jspecify.annotations.NullMarked;
