package io.chronik.server.replica;

import io.chronik.replication.FetchPoint;
import io.chronik.replication.Partition;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Predicate;

/// The follower's end of a fetch session: what its partitions have asked, what of it the leader has heard, and which
/// question an answer is to. Pure, owned by its fetcher's lane.
///
/// Answers come in the order of the requests, and each is made of what the leader had heard up to that request. So what
/// a request says counts for the answers from its own on, and for none before.
final class OpenQuestions {
    record Question(Partition partition, FetchPoint point) {
        ReplicaKey key() {
            return ReplicaKey.of(partition.id());
        }
    }

    /// What one request says.
    record Sent(List<Question> asked, List<ReplicaKey> forgotten) {}

    /// The newest question of each partition, until it is answered.
    private final Map<ReplicaKey, Question> newest = new LinkedHashMap<>();

    private final Map<ReplicaKey, Question> unsent = new LinkedHashMap<>();
    /// Of the newest: those that the leader is not to hear yet.
    private final Map<ReplicaKey, Question> held = new LinkedHashMap<>();

    private final Set<ReplicaKey> unforgotten = new LinkedHashSet<>();
    private final Queue<Sent> underWay = new ArrayDeque<>();

    /// What the leader had heard, and not answered, when it made the last answer.
    private final Map<ReplicaKey, Question> heard = new HashMap<>();

    void ask(Question question) {
        ReplicaKey key = question.key();
        newest.put(key, question);
        unsent.put(key, question);
        unforgotten.remove(key);
        held.remove(key);
    }

    /// Keeps the question back until it is released; the leader forgets what it has heard of the partition. An answer
    /// that is on its way already counts.
    void hold(Question question) {
        ReplicaKey key = question.key();
        boolean asked = newest.put(key, question) != null && unsent.remove(key) == null && !held.containsKey(key);
        if (asked) unforgotten.add(key);
        held.put(key, question);
    }

    /// Keeps back what is asked now, as far as it is to be held.
    void holdAsked(Predicate<Question> toBeHeld) {
        for (Question question : List.copyOf(newest.values())) {
            if (!held.containsKey(question.key()) && toBeHeld.test(question)) hold(question);
        }
    }

    /// Asks what is kept back, in its order, but for what is still to be held.
    void releaseHeld(Predicate<Question> toBeHeld) {
        for (Question question : List.copyOf(held.values())) {
            if (!toBeHeld.test(question)) ask(question);
        }
    }

    boolean hasHeld() {
        return !held.isEmpty();
    }

    /// The partition does not wait any more.
    void stop(ReplicaKey key) {
        held.remove(key);
        unsent.remove(key);
        if (newest.remove(key) != null) unforgotten.add(key);
    }

    /// Nothing is asked.
    boolean isEmpty() {
        return newest.size() == held.size();
    }

    boolean hasNews() {
        return !unsent.isEmpty() || !unforgotten.isEmpty();
    }

    int underWay() {
        return underWay.size();
    }

    /// All news, as the next request says it.
    Sent send() {
        Sent sent = new Sent(List.copyOf(unsent.values()), List.copyOf(unforgotten));
        unsent.clear();
        unforgotten.clear();
        underWay.add(sent);
        return sent;
    }

    /// The answer to the oldest request under way has come; its partitions follow.
    void onAnswer() {
        Sent answered = underWay.remove();
        answered.forgotten.forEach(heard::remove);
        for (Question question : answered.asked) heard.put(question.key(), question);
    }

    /// What an answer about `key` is to: empty when nobody waits for it any more.
    Optional<Question> answered(ReplicaKey key) {
        Question question = heard.remove(key);
        if (question == null || !newest.remove(key, question)) return Optional.empty();
        held.remove(key);
        return Optional.of(question);
    }

    /// The session is gone: all that is not answered, and not held, is asked again.
    void restart() {
        underWay.clear();
        heard.clear();
        unforgotten.clear();
        unsent.clear();
        unsent.putAll(newest);
        unsent.keySet().removeAll(held.keySet());
    }
}
