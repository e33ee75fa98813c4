/// `chronik topic`: create, list, describe, alter and delete topics.
@NullMarked
package io.chronik.cli.topic;

import org.jspecify.annotations.NullMarked;
