package io.chronik.cli.client;

import io.chronik.cli.output.Failure;
import io.chronik.cli.output.Output;
import io.chronik.cli.output.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.common.protocol.Errors;

/// What became of each item of a command that works on several: printed as `TOPIC  STATUS`, and any failed item makes
/// the command fail.
public final class ItemResults {
    /// One item. `status` is `ok` (or what a dry run would do); a failed item has the protocol's `error` name too.
    public record Item(String name, String status, Optional<String> error, Optional<String> message) {}

    private final String noun;
    private final List<Item> items = new ArrayList<>();

    /// `noun` is what the items are, in the singular and lower case.
    public ItemResults(String noun) {
        this.noun = noun;
    }

    public void ok(String name, String status) {
        items.add(new Item(name, status, Optional.empty(), Optional.empty()));
    }

    public void failed(String name, String error, String message) {
        items.add(new Item(name, "failed", Optional.of(error), Optional.of(message)));
    }

    /// Waits for the answer about `name`; gives whether it was a success.
    public boolean await(String name, Future<?> answer, String statusWhenOk) {
        try {
            answer.get();
            ok(name, statusWhenOk);
            return true;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            failed(name, Errors.forException(cause).name(), String.valueOf(cause.getMessage()));
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        }
    }

    /// Waits for the answer about `name`; records it only when it is a failure.
    public boolean succeeds(String name, Future<?> answer) {
        boolean success = await(name, answer, "");
        if (success) {
            items.removeLast();
        }
        return success;
    }

    /// Items that failed with `error` count as done, with `status`.
    public void forgive(String error, String status) {
        items.replaceAll(item -> item.error().filter(error::equals).isPresent()
                ? new Item(item.name(), status, Optional.empty(), Optional.empty())
                : item);
    }

    /// Waits for all, in the order of `names`.
    public void awaitAll(Collection<String> names, Map<String, ? extends Future<?>> answers, String statusWhenOk) {
        for (String name : names) {
            Future<?> answer = answers.get(name);
            if (answer != null) {
                await(name, answer, statusWhenOk);
            }
        }
    }

    /// Prints all items and gives the exit code.
    public int show(Output output) {
        List<Map<String, Object>> rows = new ArrayList<>();
        Table table = new Table(noun.toUpperCase(Locale.ROOT), "STATUS");
        for (Item item : items) {
            Map<String, Object> row = new java.util.LinkedHashMap<>();
            row.put(noun, item.name());
            row.put("status", item.status());
            row.put("error", item.error());
            row.put("message", item.message());
            rows.add(row);
            table.row(
                    item.name(),
                    item.error().map(e -> e + ": " + item.message().orElse("")).orElse(item.status()));
        }
        output.show(rows, table::print);
        return items.stream().anyMatch(item -> item.error().isPresent()) ? 1 : 0;
    }
}
