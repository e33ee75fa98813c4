/// What this node asks of the cluster's controller.
@NullMarked
package io.chronik.server.controller;

import org.jspecify.annotations.NullMarked;
