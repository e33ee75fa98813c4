/// `chronik group`: list, describe, reset and delete consumer groups.
@NullMarked
package io.chronik.cli.group;

import org.jspecify.annotations.NullMarked;
