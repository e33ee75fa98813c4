package io.chronik.server.metadata;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.ImageDelta;
import io.chronik.server.metadata.MetadataService.ImageListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/// The image of what is committed, and those who want to know when it changes. Changed by the Raft thread alone;
/// [current][#current] may be read by any thread.
///
/// Listeners are told by the *publisher*, which runs one task at a time and never on the thread that hands it over:
/// Raft must not wait for what a listener does. They are told a little later than `current` shows it, each change
/// once and in order; [published][#published] is the way to wait for that.
public final class AppliedImage {
    private final Executor publisher;
    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();
    /// Of the publisher.
    private final List<ImageListener> listeners = new ArrayList<>();
    /// Of the publisher: who waits for a state.
    private final List<Awaited> awaited = new ArrayList<>();
    /// Of the publisher: what the listeners know.
    private ClusterImage told = ClusterImage.EMPTY;

    private volatile ClusterImage current = ClusterImage.EMPTY;

    private record Awaited(Predicate<ClusterImage> state, CompletableFuture<Void> reached) {
        boolean isReached(ClusterImage told) {
            return state.test(told) && reached.complete(null);
        }
    }

    /// `publisher` runs tasks one at a time, on no thread that calls it.
    public AppliedImage(Executor publisher) {
        this.publisher = publisher;
    }

    public ClusterImage current() {
        return current;
    }

    /// `listener` is told the state that it begins with, from an empty one, and every later change.
    public void addListener(ImageListener listener) {
        publish(() -> {
            listeners.add(listener);
            listener.onImage(ImageDelta.whole(ClusterImage.EMPTY, told));
        });
    }

    /// Completes, on the publisher, when the listeners have been told everything that `current` shows now.
    public CompletableFuture<Void> published() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        publish(() -> done.complete(null));
        return done;
    }

    /// Completes, on the publisher, when the listeners have been told a state such as this: perhaps that is so already.
    public CompletableFuture<Void> published(Predicate<ClusterImage> state) {
        Awaited one = new Awaited(state, new CompletableFuture<>());
        publish(() -> {
            if (!one.isReached(told)) awaited.add(one);
        });
        return one.reached;
    }

    /// The entries up to `lastIndex` are committed; `commands` are those among them that are ours.
    public void apply(long lastIndex, List<Command> commands) {
        ImageDelta.Builder changes = new ImageDelta.Builder(current);
        commands.forEach(changes::apply);
        change(changes.at(lastIndex));
    }

    /// The state up to `lastIndex` comes as a whole, in place of what was here.
    public void load(long lastIndex, Iterable<Command> snapshot) {
        ClusterImage loaded = ClusterImage.EMPTY;
        for (Command command : snapshot) loaded = loaded.apply(command);
        change(ImageDelta.whole(current, loaded.at(lastIndex)));
    }

    /// In one step with the news of it, so that who has seen `current` can't overtake the news.
    private synchronized void change(ImageDelta delta) {
        current = delta.after();
        publish(() -> {
            told = delta.after();
            for (ImageListener listener : listeners) listener.onImage(delta);
            awaited.removeIf(one -> one.isReached(told));
        });
    }

    /// The queue, not the publisher, makes the order: two threads may hand over at the same time.
    private synchronized void publish(Runnable event) {
        news.add(event);
        publisher.execute(() -> news.remove().run());
    }
}
