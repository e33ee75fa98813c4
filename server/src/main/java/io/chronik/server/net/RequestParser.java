package io.chronik.server.net;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestHeader;

/// From a frame to a request, with the classes of kafka-clients. Whatever is wrong with it becomes a [BadRequest].
final class RequestParser {
    private RequestParser() {}

    /// The connection ends; the text is for the log and holds nothing that the peer chose but numbers.
    static final class BadRequest extends Exception {
        private static final long serialVersionUID = 1L;

        BadRequest(String message) {
            super(message, null, false, false);
        }
    }

    static RequestHeader header(ByteBuffer frame) throws BadRequest {
        try {
            return RequestHeader.parse(frame);
        } catch (RuntimeException e) {
            throw new BadRequest("malformed request header");
        }
    }

    /// An ApiVersions of an unknown version is not parsed: it is answered with an error in v0 (KIP-511).
    static AbstractRequest body(RequestHeader header, ByteBuffer rest, RequestHandler handler) throws BadRequest {
        ApiKeys api = header.apiKey();
        short version = header.apiVersion();
        if (api == ApiKeys.API_VERSIONS && !header.isApiVersionSupported())
            return new ApiVersionsRequest(new ApiVersionsRequestData(), (short) 0, version);
        if (!handler.serves(api, version)) throw new BadRequest("request of an unsupported kind or version");
        try {
            return AbstractRequest.parseRequest(api, version, new ByteBufferAccessor(rest)).request;
        } catch (RuntimeException | StackOverflowError e) {
            throw new BadRequest("malformed request body");
        }
    }
}
