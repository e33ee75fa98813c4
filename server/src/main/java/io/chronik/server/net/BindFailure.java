package io.chronik.server.net;

import java.io.IOException;
import java.net.InetSocketAddress;

/// A listener could not take its address. The message is one line that tells the operator what to do.
public final class BindFailure extends IOException {
    private static final long serialVersionUID = 1L;

    private BindFailure(String message, Throwable cause) {
        super(message, cause);
    }

    public static BindFailure of(String listener, InetSocketAddress address, Throwable cause) {
        String where = address.getHostString() + ":" + address.getPort();
        return new BindFailure(
                "cannot listen on " + where + " (listener " + listener + "): " + advice(address, cause), cause);
    }

    private static String advice(InetSocketAddress address, Throwable cause) {
        String why = String.valueOf(cause.getMessage());
        if (address.isUnresolved()) return "the host name is unknown; use an address of this machine";
        if (why.contains("in use")) return "the port is in use; stop the process that has it or choose another port";
        if (why.contains("assign requested address"))
            return "this machine does not have the address; use one of its own, or 0.0.0.0 for all of them";
        if (why.contains("ermission denied")) return "permission denied; choose a port above 1023";
        return why;
    }
}
