package io.chronik.log;

/// A read below the start or above the end of a log. No stack trace: clients cause it.
public final class OffsetOutOfRange extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OffsetOutOfRange(long offset, long startOffset, long endOffset) {
        super("offset " + offset + " outside [" + startOffset + ", " + endOffset + "]", null, false, false);
    }
}
