/// What every owner stands on: a [Lane][io.chronik.base.Lane] to run on, invariants that stay on in production.
/// No threads, sockets, files, system clock or randomness in here.
@NullMarked
package io.chronik.base;

import org.jspecify.annotations.NullMarked;
