package io.chronik.server.replica;

import io.chronik.base.Lane;
import io.chronik.replication.FollowerCheck;
import io.chronik.replication.PartitionView;
import io.chronik.server.api.PartitionLookup;
import io.chronik.server.net.ClientRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.jspecify.annotations.Nullable;

/// A leader's end of one follower's session: what the follower waits for, and the request that waits for it. One owner
/// on its lane; partitions only post to it, so a partition where nothing happens costs nothing.
final class ReplicaSession {
    /// News of a high watermark goes with the next records, or alone after this time.
    private static final int NEWS_DELAY_MS = 25;

    private final int id;
    private final int replica;
    private final long nodeEpoch;
    private final ReplicaLookup lookup;
    private final Lane lane;

    /// How often a follower that has everything says so again to its partitions: it counts as caught up since.
    private final long refreshMs;

    private final Map<ReplicaKey, Watched> watched = new HashMap<>();
    private final ReplicationThrottle throttle;
    private final ReadyAnswers ready;
    private int nextEpoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);
    private @Nullable Waiting waiting;
    private boolean answerPosted;
    private boolean timerSet;
    private boolean newsTimerSet;
    private boolean newsDue;
    private boolean releaseTimerSet;
    private long refreshedMs;
    private boolean closed;

    /// A request that is not answered. `atOnce`: the follower needs the session's id to go on.
    private record Waiting(ClientRequest request, long deadlineMs, int maxBytes, boolean atOnce) {}

    ReplicaSession(
            int id,
            int replica,
            long nodeEpoch,
            ReplicaLookup lookup,
            Lane lane,
            long refreshMs,
            ReplicationThrottle throttle) {
        this.id = id;
        this.replica = replica;
        this.nodeEpoch = nodeEpoch;
        this.lookup = lookup;
        this.lane = lane;
        this.refreshMs = refreshMs;
        this.throttle = throttle;
        this.ready = new ReadyAnswers(throttle);
        this.refreshedMs = lane.nowMs();
    }

    int id() {
        return id;
    }

    long nodeEpoch() {
        return nodeEpoch;
    }

    /// The request that opens the session, or one of those after it. Any thread, in the order of their arrival.
    void onRequest(ClientRequest request, FetchRequestData data) {
        lane.execute(() -> take(request, data));
    }

    /// The session is replaced, or its connection has closed. Any thread.
    void close() {
        lane.execute(() -> {
            if (closed) return;
            closed = true;
            if (waiting != null) refuse(waiting.request, Errors.FETCH_SESSION_ID_NOT_FOUND);
            waiting = null;
            watched.values().forEach(ReplicaSession::unwatch);
            watched.clear();
        });
    }

    private static void unwatch(Watched entry) {
        entry.current = null;
        entry.partition().lane().execute(entry::stop);
    }

    static void refuse(ClientRequest request, Errors error) {
        request.reply(FetchResponse.of(new FetchResponseData().setErrorCode(error.code())));
    }

    private void take(ClientRequest request, FetchRequestData data) {
        if (closed) {
            refuse(request, Errors.FETCH_SESSION_ID_NOT_FOUND);
            return;
        }
        boolean opens = data.sessionEpoch() == FetchMetadata.INITIAL_EPOCH;
        // What was asked before is answered before: an answer never speaks of a later question.
        if (waiting != null) reply(waiting.request, List.of());
        waiting = null;
        if (!opens && data.sessionEpoch() != nextEpoch) {
            refuse(request, Errors.INVALID_FETCH_SESSION_EPOCH);
            return;
        }
        if (!opens) nextEpoch = FetchMetadata.nextEpoch(nextEpoch);
        for (ForgottenTopic topic : data.forgottenTopicsData()) {
            for (int partition : topic.partitions()) forget(new ReplicaKey(topic.topicId(), partition));
        }
        for (FetchTopic topic : data.topics()) {
            for (FetchPartition partition : topic.partitions()) ask(topic.topicId(), partition);
        }
        waiting = new Waiting(request, lane.nowMs() + data.maxWaitMs(), data.maxBytes(), opens);
        refreshIdle();
        setTimer();
        postAnswer();
    }

    private void forget(ReplicaKey key) {
        ready.forget(key);
        Watched entry = watched.remove(key);
        if (entry != null) unwatch(entry);
    }

    private void ask(Uuid topicId, FetchPartition asked) {
        ReplicaKey key = new ReplicaKey(topicId, asked.partition());
        ready.forget(key);
        switch (lookup.find(topicId, asked.partition())) {
            case PartitionLookup.Found.Missing(Errors error) -> {
                forget(key);
                ready.decide(key, FetchResponse.partitionResponse(asked.partition(), error));
            }
            case PartitionLookup.Found.Local(var partition) -> {
                Watched entry = watched.get(key);
                if (entry == null || entry.partition() != partition) {
                    forget(key);
                    entry = new Watched(key, partition, this::onSomething);
                    watched.put(key, entry);
                }
                Question question = new Question(entry, replica, nodeEpoch, asked);
                Watched checked = entry;
                checked.current = question;
                partition.lane().execute(() -> {
                    FollowerCheck check = checked.check(question);
                    lane.execute(() -> onChecked(question, check));
                });
            }
        }
    }

    private void onChecked(Question question, FollowerCheck check) {
        if (question.watched.current != question) return;
        if (check instanceof FollowerCheck.Serve(PartitionView view)) {
            onNow(question, view);
            return;
        }
        question.refusal(check).ifPresent(data -> ready.decide(question.watched.key(), data));
        question.watched.current = null;
        postAnswer();
    }

    /// On the partition's lane.
    private void onSomething(Question question, PartitionView view) {
        lane.execute(() -> onNow(question, view));
    }

    private void onNow(Question question, PartitionView view) {
        if (question.watched.current != question) return;
        if (question.isDue(view)) {
            boolean catchesUp = view.leading() && !view.assignment().isr().contains(replica);
            ready.addDue(question, catchesUp, lane.nowMs());
            setReleaseTimer();
            postAnswer();
        } else if (question.hasNews(view)) {
            ready.addNews(question);
            setNewsTimer();
        }
    }

    /// Behind what is already on its way to this lane, which then goes into the same answer.
    private void postAnswer() {
        if (answerPosted) return;
        answerPosted = true;
        lane.execute(() -> {
            answerPosted = false;
            answerIfDue();
        });
    }

    private void answerIfDue() {
        Waiting now = waiting;
        if (now == null) return;
        boolean due = ready.hasDue() || newsDue || now.atOnce || lane.nowMs() >= now.deadlineMs;
        if (!due) return;
        waiting = null;
        newsDue = false;
        reply(now.request, ready.take(now.maxBytes, lane.nowMs()));
        setReleaseTimer();
    }

    /// One timer at a time, while the throttle holds something.
    private void setReleaseTimer() {
        if (releaseTimerSet || !ready.hasHeld()) return;
        releaseTimerSet = true;
        lane.after(throttle.pauseMs(lane.nowMs()), () -> {
            releaseTimerSet = false;
            for (Question question : ready.takeHeld()) {
                onNow(question, question.watched.partition().view());
            }
            setReleaseTimer();
        });
    }

    private void reply(ClientRequest request, List<FetchableTopicResponse> topics) {
        request.reply(FetchResponse.of(new FetchResponseData().setSessionId(id).setResponses(topics)));
    }

    /// One timer at a time: it finds whatever request waits when it is over.
    private void setTimer() {
        Waiting now = waiting;
        if (timerSet || now == null) return;
        timerSet = true;
        lane.after(Math.max(0, now.deadlineMs - lane.nowMs()), () -> {
            timerSet = false;
            answerIfDue();
            setTimer();
        });
    }

    private void setNewsTimer() {
        if (newsTimerSet || newsDue) return;
        newsTimerSet = true;
        lane.after(NEWS_DELAY_MS, () -> {
            newsTimerSet = false;
            newsDue = ready.hasNews();
            answerIfDue();
        });
    }

    private void refreshIdle() {
        long nowMs = lane.nowMs();
        if (nowMs - refreshedMs < refreshMs) return;
        refreshedMs = nowMs;
        for (Watched entry : watched.values()) {
            if (entry.current != null) entry.partition().lane().execute(entry::refresh);
        }
    }

    /// Whether `fetch` comes from the process that opened this session.
    boolean belongsTo(FetchRequest fetch) {
        return fetch.data().sessionId() == id && fetch.replicaEpoch() == nodeEpoch;
    }
}
