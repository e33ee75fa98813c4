/// `chronik cluster status`, and `chronik cluster health`, which `chronik health` is too: is the cluster well?
@NullMarked
package io.chronik.cli.cluster;

import org.jspecify.annotations.NullMarked;
