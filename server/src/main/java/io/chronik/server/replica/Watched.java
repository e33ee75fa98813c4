package io.chronik.server.replica;

import io.chronik.replication.FollowerCheck;
import io.chronik.replication.HighWatermarkListener;
import io.chronik.replication.LogEndListener;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionView;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A partition of which a follower's session is told what changes. On the partition's lane, but for what says
/// otherwise.
final class Watched implements HighWatermarkListener, LogEndListener {
    private final ReplicaKey key;
    private final Partition partition;
    private final BiConsumer<Question, PartitionView> session;

    /// The question that the partition knows of. Set here, cleared by the session when it is answered: what happens in
    /// between finds no question, and the next one finds what has happened.
    private volatile @Nullable Question open;

    private @Nullable Question toldDue;
    private @Nullable Question toldNews;
    private boolean listening;

    /// The question that the session waits with. Belongs to the session's lane.
    @Nullable
    Question current;

    /// `session` is told, on this lane, when there is something for the open question.
    Watched(ReplicaKey key, Partition partition, BiConsumer<Question, PartitionView> session) {
        this.key = key;
        this.partition = partition;
        this.session = session;
    }

    /// Any thread.
    ReplicaKey key() {
        return key;
    }

    /// Any thread.
    Partition partition() {
        return partition;
    }

    FollowerCheck check(Question question) {
        FollowerCheck check = partition.onFollowerFetch(question.position);
        if (!listening) {
            listening = true;
            partition.addListener(this);
            partition.addEndListener(this);
        }
        open = check instanceof FollowerCheck.Serve ? question : null;
        return check;
    }

    /// The follower still waits for the same.
    void refresh() {
        Question question = open;
        if (question != null) partition.onFollowerFetch(question.position);
    }

    /// Any thread.
    void onAnswered() {
        open = null;
    }

    void stop() {
        open = null;
        partition.removeListener(this);
        partition.removeEndListener(this);
        listening = false;
    }

    @Override
    public void onChange(PartitionView view) {
        onLogEnd(view);
    }

    /// Once per question and kind of news, however often there is some.
    @Override
    public void onLogEnd(PartitionView view) {
        Question question = open;
        if (question == null || question == toldDue) return;
        if (question.isDue(view)) {
            toldDue = question;
            session.accept(question, view);
        } else if (question != toldNews && question.hasNews(view)) {
            toldNews = question;
            session.accept(question, view);
        }
    }
}
