package io.chronik.server.replica;

import io.chronik.base.Lane;
import io.chronik.replication.FetchPoint;
import io.chronik.replication.Fetched;
import io.chronik.replication.Partition;
import io.chronik.server.peer.PeerConnection;
import io.chronik.server.peer.PeerConnection.PeerAnswer;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fetches from one leader node for all partitions that follow it. One owner on its lane; partitions and the connection
/// only post to it.
///
/// ```
///   Opening ──session id──▶ Fetching (one request waits at the leader, a second brings what is new)
///      ▲                        │ connection lost, session lost, refused
///      └──────── pause ◀────────┘ then all that is not answered is asked again, in a new session
/// ```
final class ReplicaFetcher {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFetcher.class);
    private static final int FIRST_PAUSE_MS = 20;
    private static final int BATCH_LENGTH_END = 12;

    /// On top of the wait at the leader: a connection that is silent for so long is given up.
    private static final int SILENCE_MS = 3_000;

    private final int self;
    private final int leader;
    private final LongSupplier nodeEpoch;
    private final PeerConnection connection;
    private final Lane lane;
    private final ReplicaFetchSettings settings;
    private final ReplicationMeter meter;
    private final ReplicationThrottle throttle;
    private final OpenQuestions questions = new OpenQuestions();
    private int sessionId = FetchMetadata.INVALID_SESSION_ID;
    private int sessionEpoch = FetchMetadata.INITIAL_EPOCH;

    /// Answers to requests of an earlier session are nobody's.
    private int session;

    private int pauseMs = FIRST_PAUSE_MS;
    private boolean newsPosted;
    private boolean paused;
    private boolean closed;
    private boolean releaseTimerSet;

    ReplicaFetcher(
            int self,
            int leader,
            LongSupplier nodeEpoch,
            PeerConnection connection,
            Lane lane,
            ReplicaFetchSettings settings,
            ReplicationMeter meter,
            ReplicationThrottle throttle) {
        this.self = self;
        this.leader = leader;
        this.nodeEpoch = nodeEpoch;
        this.connection = connection;
        this.lane = lane;
        this.settings = settings;
        this.meter = meter;
        this.throttle = throttle;
    }

    /// Any thread, as all that is not private.
    void ask(Partition partition, FetchPoint point) {
        lane.execute(() -> {
            OpenQuestions.Question question = new OpenQuestions.Question(partition, point);
            if (isHeld(question)) questions.hold(question);
            else questions.ask(question);
            setReleaseTimer();
            postNews();
        });
    }

    private boolean isHeld(OpenQuestions.Question question) {
        return throttle.holds(question.key(), lane.nowMs()) && !isInSync(question);
    }

    private boolean isInSync(OpenQuestions.Question question) {
        return question.partition().view().assignment().isr().contains(self);
    }

    /// One timer at a time, while something is held.
    private void setReleaseTimer() {
        if (releaseTimerSet || closed || !questions.hasHeld()) return;
        releaseTimerSet = true;
        lane.after(throttle.pauseMs(lane.nowMs()), () -> {
            releaseTimerSet = false;
            questions.releaseHeld(this::isHeld);
            setReleaseTimer();
            postNews();
        });
    }

    void stop(ReplicaKey key) {
        lane.execute(() -> {
            questions.stop(key);
            meter.onStopped(key);
            postNews();
        });
    }

    void close() {
        lane.execute(() -> {
            closed = true;
            session++;
        });
    }

    /// Behind what is already on its way to this lane, which then goes into the same request.
    private void postNews() {
        if (newsPosted) return;
        newsPosted = true;
        lane.execute(() -> {
            newsPosted = false;
            sendNews();
        });
    }

    private void sendNews() {
        if (closed || paused) return;
        // Until the leader has named the session there can be one request only.
        int bound = sessionId == FetchMetadata.INVALID_SESSION_ID ? 1 : 2;
        if (questions.underWay() >= bound) return;
        boolean nobodyWaitsThere = questions.underWay() == 0 && !questions.isEmpty();
        boolean tells = sessionId == FetchMetadata.INVALID_SESSION_ID ? !questions.isEmpty() : questions.hasNews();
        if (nobodyWaitsThere || tells) send();
    }

    private void send() {
        ReplicaState follower = new ReplicaState().setReplicaId(self).setReplicaEpoch(nodeEpoch.getAsLong());
        ReplicaFetchRequest request =
                ReplicaFetchRequest.of(questions.send(), follower, sessionId, sessionEpoch, settings);
        sessionEpoch = FetchMetadata.nextEpoch(sessionEpoch);
        int sentIn = session;
        var _ = connection
                .send(request, settings.maxWaitMs() + SILENCE_MS)
                .whenComplete((answer, failure) -> lane.execute(() -> onAnswer(sentIn, answer, failure)));
    }

    private void onAnswer(int sentIn, @Nullable PeerAnswer answer, @Nullable Throwable failure) {
        if (answer == null) {
            if (sentIn == session) restart(String.valueOf(failure));
            return;
        }
        SharedFrame frame = new SharedFrame(answer.release());
        if (sentIn == session) {
            FetchResponse fetch = (FetchResponse) answer.body();
            if (fetch.error() == Errors.NONE) onAnswer(fetch, frame);
            else restart(fetch.error().name());
        }
        frame.letGo();
    }

    private void onAnswer(FetchResponse fetch, SharedFrame frame) {
        pauseMs = FIRST_PAUSE_MS;
        sessionId = fetch.sessionId();
        questions.onAnswer();
        for (FetchableTopicResponse topic : fetch.data().responses()) {
            for (PartitionData partition : topic.partitions()) {
                ReplicaKey key = new ReplicaKey(topic.topicId(), partition.partitionIndex());
                questions.answered(key).ifPresent(question -> pass(question, partition, frame));
            }
        }
        if (throttle.isActive()) questions.holdAsked(this::isHeld);
        setReleaseTimer();
        sendNews();
    }

    /// The partition may append on this thread before this returns, or later: the frame waits for it.
    private void pass(OpenQuestions.Question question, PartitionData data, SharedFrame frame) {
        meter.onFetched(question.key(), data.highWatermark() - question.point().fetchOffset());
        if (!isInSync(question)) {
            int bytes = data.records() == null ? 0 : data.records().sizeInBytes();
            throttle.onCopied(question.key(), bytes, lane.nowMs());
        }
        Fetched fetched = fetched(question.point(), data);
        Partition partition = question.partition();
        frame.hold();
        partition.lane().execute(() -> {
            try {
                partition.onFetched(fetched);
            } finally {
                frame.letGo();
            }
        });
    }

    private static Fetched fetched(FetchPoint point, PartitionData data) {
        long id = point.fetchId();
        Errors error = Errors.forCode(data.errorCode());
        if (error == Errors.OFFSET_OUT_OF_RANGE) {
            return new Fetched.OutOfRange(id, data.logStartOffset(), data.lastStableOffset());
        }
        if (error != Errors.NONE) return new Fetched.Failed(id, error);
        if (FetchResponse.isDivergingEpoch(data)) {
            var end = data.divergingEpoch();
            return new Fetched.Diverged(id, end.epoch(), end.endOffset());
        }
        MemoryRecords records = data.records() instanceof MemoryRecords some ? some : MemoryRecords.EMPTY;
        if (isOfLaterEpoch(records, point.leaderEpoch())) return new Fetched.Failed(id, Errors.NOT_LEADER_OR_FOLLOWER);
        return new Fetched.Records(id, records, data.highWatermark(), data.logStartOffset());
    }

    /// A leader that was deposed while it sent from a file may have sent what a later leader wrote to that file: at
    /// these offsets it is no continuation of what this follower has.
    ///
    /// baseOffset int64 | batchLength int32 | partitionLeaderEpoch int32 | ...
    private static boolean isOfLaterEpoch(MemoryRecords records, int leaderEpoch) {
        ByteBuffer batches = records.buffer();
        int at = batches.position();
        while (batches.limit() - at >= BATCH_LENGTH_END + Integer.BYTES) {
            if (batches.getInt(at + BATCH_LENGTH_END) > leaderEpoch) return true;
            int batchLength = batches.getInt(at + BATCH_LENGTH_END - Integer.BYTES);
            if (batchLength <= 0 || batchLength > batches.limit() - at) return false; // The log refuses it.
            at += BATCH_LENGTH_END + batchLength;
        }
        return false;
    }

    private void restart(String why) {
        session++;
        sessionId = FetchMetadata.INVALID_SESSION_ID;
        sessionEpoch = FetchMetadata.INITIAL_EPOCH;
        questions.restart();
        if (closed) return;
        LOG.atDebug()
                .addKeyValue("leader", leader)
                .addKeyValue("cause", why)
                .addKeyValue("pauseMs", pauseMs)
                .log("fetch session ended; another one is opened");
        paused = true;
        lane.after(pauseMs, () -> {
            paused = false;
            sendNews();
        });
        pauseMs = Math.min(2 * pauseMs, settings.backoffMs());
    }
}
