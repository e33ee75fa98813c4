/// How a node gets on with the controller: registration and heartbeats
/// ([ControllerSession][io.chronik.server.controller.ControllerSession]), requests sent on
/// ([ForwardingMetadata][io.chronik.server.controller.ForwardingMetadata]), and how the controller tells who lives
/// ([NodeLiveness][io.chronik.server.controller.NodeLiveness]).
@NullMarked
package io.chronik.server.controller;

import org.jspecify.annotations.NullMarked;
