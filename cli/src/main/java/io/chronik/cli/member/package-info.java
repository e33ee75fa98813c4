/// `chronik node`: the nodes of a cluster, their replicas, and their part in the metadata quorum.
@NullMarked
package io.chronik.cli.member;

import org.jspecify.annotations.NullMarked;
