package io.chronik.server.replica;

import io.chronik.log.LogDamaged;
import io.chronik.log.LogFailure;
import io.chronik.log.LogSlice;
import io.chronik.log.LogView;
import io.chronik.log.OffsetOutOfRange;
import io.chronik.replication.PartitionView;
import io.chronik.server.api.ErrorMapping;
import io.chronik.server.net.SliceRecords;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;

/// The questions of a session that can be answered, in the order in which they became so: whoever was answered comes
/// back at the end. Belongs to the session's lane.
final class ReadyAnswers {
    /// Of an answer's bytes, when both kinds wait: one fourth for partitions whose follower is not in sync.
    private static final int CATCH_UP_SHARE = 4;

    /// Refusals, and whatever else needs no reading.
    private final Map<ReplicaKey, PartitionData> decided = new LinkedHashMap<>();

    private final Deque<Question> inSync = new ArrayDeque<>();
    private final Deque<Question> catchingUp = new ArrayDeque<>();
    /// Of followers that are not in sync, while the throttle has nothing left.
    private final Deque<Question> held = new ArrayDeque<>();

    private final Set<Question> queued = new LinkedHashSet<>();

    /// Have news that is not worth an answer of its own.
    private final Set<Question> news = new LinkedHashSet<>();

    private final ReplicationThrottle throttle;

    ReadyAnswers(ReplicationThrottle throttle) {
        this.throttle = throttle;
    }

    void decide(ReplicaKey key, PartitionData data) {
        decided.put(key, data);
    }

    /// Another question takes the place of the one that was decided: the answer to that would be taken for one to this.
    void forget(ReplicaKey key) {
        decided.remove(key);
    }

    void addDue(Question question, boolean catchesUp, long nowMs) {
        if (!queued.add(question)) return;
        news.remove(question);
        if (!catchesUp) inSync.add(question);
        else if (throttle.holds(question.watched.key(), nowMs)) held.add(question);
        else catchingUp.add(question);
    }

    boolean hasHeld() {
        return !held.isEmpty();
    }

    /// What the throttle has held, which is to be added again.
    List<Question> takeHeld() {
        List<Question> taken = List.copyOf(held);
        held.clear();
        taken.forEach(queued::remove);
        return taken;
    }

    void addNews(Question question) {
        if (!queued.contains(question)) news.add(question);
    }

    /// Something that should not wait.
    boolean hasDue() {
        return !decided.isEmpty() || !inSync.isEmpty() || !catchingUp.isEmpty();
    }

    boolean hasNews() {
        return !news.isEmpty();
    }

    /// Takes what one answer can hold. At least one batch, however large, when there is any.
    List<FetchableTopicResponse> take(int maxBytes, long nowMs) {
        Gathering gathering = new Gathering(nowMs);
        decided.forEach(gathering::add);
        decided.clear();
        int reserved = catchingUp.isEmpty() ? 0 : maxBytes / CATCH_UP_SHARE;
        gathering.readFrom(inSync, maxBytes - reserved, false);
        gathering.readFrom(catchingUp, maxBytes, true);
        for (Question question : news) {
            if (isCurrent(question))
                gathering.answer(
                        question, question.from(question.watched.partition().view()));
        }
        news.clear();
        return gathering.topics();
    }

    private static boolean isCurrent(Question question) {
        return question.watched.current == question;
    }

    private final class Gathering {
        private final Map<Uuid, FetchableTopicResponse> topics = new LinkedHashMap<>();
        private final long nowMs;
        private int bytes;

        Gathering(long nowMs) {
            this.nowMs = nowMs;
        }

        void readFrom(Deque<Question> ready, int endBytes, boolean throttled) {
            while (!ready.isEmpty() && (bytes < endBytes || bytes == 0)) {
                Question question = ready.peek();
                ReplicaKey key = question.watched.key();
                if (throttled && throttle.holds(key, nowMs)) {
                    held.add(ready.remove());
                    continue;
                }
                if (isCurrent(question)) {
                    PartitionData data = read(question, Math.max(0, endBytes - bytes), bytes == 0);
                    int size = data.records() == null ? 0 : data.records().sizeInBytes();
                    boolean noRoom = size == 0 && bytes > 0 && isAnswerWithout(data, question);
                    if (noRoom) return;
                    bytes += size;
                    if (throttled) throttle.onCopied(key, size, nowMs);
                    answer(question, data);
                }
                ready.remove();
                queued.remove(question);
            }
        }

        /// Records are there, and were not given.
        private boolean isAnswerWithout(PartitionData data, Question question) {
            return data.errorCode() == Errors.NONE.code()
                    && question.isDue(question.watched.partition().view());
        }

        void answer(Question question, PartitionData data) {
            question.watched.current = null;
            question.watched.onAnswered();
            add(question.watched.key(), data);
        }

        void add(ReplicaKey key, PartitionData data) {
            topics.computeIfAbsent(key.topicId(), id -> new FetchableTopicResponse().setTopicId(id))
                    .partitions()
                    .add(data);
        }

        List<FetchableTopicResponse> topics() {
            return new ArrayList<>(topics.values());
        }
    }

    private static PartitionData read(Question question, int leftBytes, boolean atLeastOne) {
        PartitionView view = question.watched.partition().view();
        if (!view.leading()) return question.failed(Errors.NOT_LEADER_OR_FOLLOWER);
        if (view.leaderEpoch() != question.position.leaderEpoch()) return question.failed(Errors.FENCED_LEADER_EPOCH);
        LogView log = view.log();
        PartitionData data = question.from(view);
        try {
            LogSlice slice = log.read(
                    question.position.fetchOffset(),
                    log.endOffset(),
                    Math.min(leftBytes, question.maxBytes()),
                    atLeastOne);
            if (slice.sizeBytes() > 0) return data.setRecords(new SliceRecords(slice));
            slice.close();
            return data;
        } catch (OffsetOutOfRange outside) {
            return question.failed(Errors.OFFSET_OUT_OF_RANGE)
                    .setLogStartOffset(log.startOffset())
                    .setLastStableOffset(log.endOffset());
        } catch (LogDamaged | LogFailure failure) {
            return question.failed(ErrorMapping.of(failure));
        }
    }
}
