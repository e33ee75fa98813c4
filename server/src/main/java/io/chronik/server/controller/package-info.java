/// How a node gets on with the controller: registration, heartbeats, forwarded requests.
@NullMarked
package io.chronik.server.controller;

import org.jspecify.annotations.NullMarked;
