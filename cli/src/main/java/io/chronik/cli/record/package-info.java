/// `chronik produce` and `chronik consume`: records between the terminal and a topic.
@NullMarked
package io.chronik.cli.record;

import org.jspecify.annotations.NullMarked;
