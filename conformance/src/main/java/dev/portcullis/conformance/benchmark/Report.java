package dev.portcullis.conformance.benchmark;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

/** Prints Markdown that can go into a document as it is. */
final class Report {
    private final PrintWriter out;
    private final String loadBefore = Machine.loadAverage();

    Report(PrintWriter out) {
        this.out = out;
    }

    /** Prints a paragraph. */
    void say(String text) {
        out.println(text);
        out.println();
        out.flush();
    }

    /** Prints a table; each row has as many cells as there are titles. */
    void table(List<String> titles, List<List<String>> rows) {
        out.println("| " + String.join(" | ", titles) + " |");
        out.println("|---".repeat(titles.size()) + "|");
        rows.forEach(row -> out.println("| " + String.join(" | ", row) + " |"));
        out.println();
        out.flush();
    }

    /** Prints what is needed to judge and to repeat a measurement. */
    void origin(String command) {
        say(
                "Machine: %s; load average before: %s  %nCommand: `%s`"
                        .formatted(Machine.here().describe(), loadBefore, command));
    }

    static String milliseconds(Duration duration) {
        return "%.2f ms".formatted(duration.toNanos() / 1e6);
    }

    static String seconds(Duration duration) {
        return "%.2f s".formatted(duration.toNanos() / 1e9);
    }
}
