/// Real files through real clients of several languages, and Kafka's own tools.
@NullMarked
package io.chronik.it.files;

import org.jspecify.annotations.NullMarked;
