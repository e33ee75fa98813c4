/// `chronik cluster status` and `chronik health`: is the cluster well?
@NullMarked
package io.chronik.cli.cluster;

import org.jspecify.annotations.NullMarked;
