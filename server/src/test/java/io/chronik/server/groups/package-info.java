@NullMarked
package io.chronik.server.groups;

import org.jspecify.annotations.NullMarked;
