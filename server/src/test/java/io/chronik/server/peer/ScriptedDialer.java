package io.chronik.server.peer;

import io.chronik.base.Lane;
import io.chronik.server.config.HostPort;
import io.chronik.server.net.Dialer;
import io.chronik.server.net.Wire;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/// Connections whose other end is the test.
final class ScriptedDialer implements Dialer {
    private final Lane lane;
    final List<ScriptedWire> opened = new ArrayList<>();
    final List<HostPort> dialled = new ArrayList<>();

    ScriptedDialer(Lane lane) {
        this.lane = lane;
    }

    @Override
    public Wire open(HostPort address, int maxFrameBytes, Wire.Events events) {
        ScriptedWire wire = new ScriptedWire(events);
        opened.add(wire);
        dialled.add(address);
        return wire;
    }

    @Override
    public void execute(Runnable event) {
        lane.execute(event);
    }

    @Override
    public Timer after(long delayMs, Runnable event) {
        return lane.after(delayMs, event);
    }

    @Override
    public long nowMs() {
        return lane.nowMs();
    }

    /// One connection, from both ends.
    final class ScriptedWire implements Wire {
        private final Events events;
        final List<RequestHeader> asked = new ArrayList<>();
        boolean closed;
        int released;

        ScriptedWire(Events events) {
            this.events = events;
        }

        @Override
        public void send(ByteBuffer frame) {
            asked.add(RequestHeader.parse(frame));
        }

        @Override
        public void close() {
            closed = true;
        }

        void accept() {
            lane.execute(events::onOpen);
        }

        /// Opens, and takes the ranges of `apis` at all their versions.
        void acceptWith(ApiKeys... apis) {
            events.onOpen();
            ApiVersionsResponseData data = new ApiVersionsResponseData();
            for (ApiKeys api : apis)
                data.apiKeys()
                        .add(new ApiVersion()
                                .setApiKey(api.id)
                                .setMinVersion(api.oldestVersion())
                                .setMaxVersion(api.latestVersion(false)));
            answer(asked.removeLast(), new ApiVersionsResponse(data));
        }

        void answer(RequestHeader request, AbstractResponse response) {
            events.onFrame(frame(request, response), () -> released++);
        }

        void answerNext(AbstractResponse response) {
            answer(asked.removeFirst(), response);
        }

        void end(@Nullable Throwable failure) {
            events.onClosed(failure);
        }

        private static ByteBuffer frame(RequestHeader request, AbstractResponse response) {
            Message header = request.toResponseHeader().data();
            short headerVersion = request.toResponseHeader().headerVersion();
            ObjectSerializationCache cache = new ObjectSerializationCache();
            int bytes = header.size(cache, headerVersion) + response.data().size(cache, request.apiVersion());
            ByteBuffer frame = ByteBuffer.allocate(bytes);
            ByteBufferAccessor writable = new ByteBufferAccessor(frame);
            header.write(writable, cache, headerVersion);
            response.data().write(writable, cache, request.apiVersion());
            return frame.flip();
        }
    }
}
