package dev.portcullis.conformance.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a measurement ran on: without it a number says nothing. */
record Machine(String processor, int cores, String memory, String system, String jdk) {
    private static final long KIBIBYTES_IN_GIBIBYTE = 1024 * 1024;

    /** The machine that this JVM runs on. */
    static Machine here() {
        return new Machine(
                line("/proc/cpuinfo", "model name", System.getProperty("os.arch", "unknown")),
                Runtime.getRuntime().availableProcessors(),
                memoryOf(line("/proc/meminfo", "MemTotal", "")),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vendor") + " " + Runtime.version());
    }

    /** One line of Markdown. */
    String describe() {
        return "%s, %d cores, %s RAM, %s, JDK %s".formatted(processor, cores, memory, system, jdk);
    }

    /**
     * How many threads wanted a core during the last minute, or "unknown". Above zero before a
     * measurement means that it shares the machine.
     */
    static String loadAverage() {
        double average = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return average < 0 ? "unknown" : "%.1f".formatted(average);
    }

    private static String memoryOf(String kibibytes) {
        var digits = kibibytes.replace("kB", "").strip();
        return digits.isEmpty()
                ? "unknown"
                : Long.parseLong(digits) / KIBIBYTES_IN_GIBIBYTE + " GiB";
    }

    private static String line(String file, String label, String otherwise) {
        try (var lines = Files.lines(Path.of(file), StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.startsWith(label) && line.contains(":"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(otherwise);
        } catch (IOException _) {
            return otherwise;
        }
    }
}
