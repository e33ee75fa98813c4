package io.chronik.server.net;

/// What arrived is not a frame that this listener takes; the connection ends. The message is constant text for the log.
final class BadFrame extends Exception {
    private static final long serialVersionUID = 1L;

    private final int declaredBytes;

    BadFrame(String message, int declaredBytes) {
        super(message, null, false, false);
        this.declaredBytes = declaredBytes;
    }

    int declaredBytes() {
        return declaredBytes;
    }

    /// A first word that is text or a TLS record has its own name: the usual cause is a wrong port or protocol.
    static BadFrame size(int declaredBytes) {
        if ((declaredBytes >>> 24) == 0x16 && (declaredBytes >>> 16 & 0xff) == 0x03)
            return new BadFrame("TLS hello on a plain listener", declaredBytes);
        return switch (declaredBytes) {
            case 0x47455420, 0x48454144, 0x504f5354, 0x50555420, 0x44454c45, 0x4f505449, 0x50524920, 0x434f4e4e ->
                new BadFrame("HTTP on a Kafka listener", declaredBytes);
            default -> new BadFrame("frame size out of range", declaredBytes);
        };
    }
}
