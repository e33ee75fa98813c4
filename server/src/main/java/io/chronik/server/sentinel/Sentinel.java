package io.chronik.server.sentinel;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// The process beside a node. It asks the node again and again whether it runs; when no answer has come for the limit,
/// it ends the connections of the node's clients, and new ones as they come, until the node answers.
///
/// Between the two, on the standard streams (the node's side is [SentinelProcess]):
///
///     sentinel                      node
///     ?                     -->           a question; the next one after the answer and a pause
///                           <--     !     the answer
///     watching              -->           after the first answer: it may do what it is for
///     forbidden REASON      -->           it may not, and ends
///     silent MS ENDED       -->           the node answers again, after so long; so many connections were ended
///
/// The end of its input is the end of the node, and so its own.
final class Sentinel {
    static final String QUESTION = "?";
    static final char ANSWER = '!';
    static final String WATCHING = "watching";
    static final String FORBIDDEN = "forbidden ";
    static final String SILENT = "silent ";

    /// Between two looks for connections that came to be in spite of all.
    private static final long LOOK_AGAIN_MS = 1_000;

    private static final int INPUT = 0;

    private final SocketCalls calls;
    private final ClientSockets clients;
    private final long pauseMs;
    private final Silence silence;
    private final InputStream in = new FileInputStream(FileDescriptor.in);
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);

    private boolean asked;
    private boolean watching;
    private long nextQuestionMs;
    private long nextLookMs;
    private boolean acting;
    private long ended;

    private Sentinel(SocketCalls calls, ClientSockets clients, long limitMs) {
        this.calls = calls;
        this.clients = clients;
        this.pauseMs = Math.max(1, limitMs / 5);
        this.silence = new Silence(limitMs, 2 * pauseMs, nowMs());
    }

    /// The node's process id, the limit in milliseconds, and the ports of its clients, separated by commas.
    public static void main(String[] arguments) throws IOException {
        long pid = Long.parseLong(arguments[0]);
        long limitMs = Long.parseLong(arguments[1]);
        Set<Integer> ports = new TreeSet<>();
        for (String port : arguments[2].split(",", -1)) ports.add(Integer.parseInt(port));
        SocketCalls calls = new SocketCalls();
        calls.leaveTerminal();
        new Sentinel(calls, new ClientSockets(calls, pid, ports), limitMs).watch();
    }

    /// Returns when the node has ended, or when there is nothing that it may do.
    private void watch() throws IOException {
        while (true) {
            if (!asked && nowMs() >= nextQuestionMs) ask();
            boolean[] readable = calls.awaitReadable(awaited(), waitMs());
            silence.pass(nowMs());
            if (readable[0]) {
                if (in.read() < 0) return;
                onAnswer();
                if (!watching && !mayWatch()) return;
            } else if (watching && silence.isTooLong()) {
                act(readable);
            }
        }
    }

    private void ask() throws IOException {
        asked = true;
        say(QUESTION);
    }

    private List<Integer> awaited() {
        List<Integer> awaited = new ArrayList<>(List.of(INPUT));
        awaited.addAll(clients.listeners());
        return awaited;
    }

    /// Never longer than a pause while the node is not silent: what is longer counts as time in which this stood still.
    private long waitMs() {
        long nowMs = nowMs();
        if (acting) return Math.max(0, Math.min(pauseMs, nextLookMs - nowMs));
        if (!asked) return Math.max(0, nextQuestionMs - nowMs);
        return Math.min(pauseMs, Math.max(1, silence.leftMs()));
    }

    private void onAnswer() throws IOException {
        asked = false;
        long nowMs = nowMs();
        nextQuestionMs = nowMs + pauseMs;
        if (acting) {
            clients.release();
            say(SILENT + silence.silentMs() + " " + ended);
        }
        acting = false;
        ended = 0;
        silence.onAnswer(nowMs);
    }

    /// The node has answered, so it has given the right to this process by now.
    private boolean mayWatch() throws IOException {
        try {
            clients.tryOut();
        } catch (IOException forbidden) {
            say(FORBIDDEN + forbidden.getMessage());
            return false;
        }
        watching = true;
        say(WATCHING);
        return true;
    }

    private void act(boolean[] readable) throws IOException {
        if (!acting || nowMs() >= nextLookMs) {
            ended += clients.end();
            acting = true;
            nextLookMs = nowMs() + LOOK_AGAIN_MS;
            return;
        }
        boolean waiting = false;
        for (boolean each : readable) waiting |= each;
        if (!waiting) return;
        int refused = clients.refuse();
        ended += refused;
        // Readable, and nothing there: until the next look nobody asks again.
        if (refused == 0) clients.release();
    }

    private void say(String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
