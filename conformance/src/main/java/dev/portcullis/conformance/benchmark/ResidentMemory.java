package dev.portcullis.conformance.benchmark;

import dev.portcullis.conformance.process.GatewayProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How much memory a process has in RAM, in bytes, as the kernel counts it ({@code proc(5)}).
 *
 * @param now {@code VmRSS}
 * @param peak {@code VmHWM}, the most it ever was
 */
record ResidentMemory(long now, long peak) {
    private static final long KIBIBYTE = 1024;
    private static final double MEBIBYTE = 1024 * 1024;

    /**
     * Reads it from {@code /proc}, which only Linux has.
     *
     * @throws BenchmarkException when it can not be read, for example since the process has ended
     */
    static ResidentMemory of(long pid) {
        var status = Path.of("/proc", Long.toString(pid), "status");
        try {
            var lines = Files.readAllLines(status, StandardCharsets.UTF_8);
            return new ResidentMemory(bytes(lines, "VmRSS:"), bytes(lines, "VmHWM:"));
        } catch (IOException failure) {
            throw new BenchmarkException("can not read the memory of process " + pid, failure);
        }
    }

    /**
     * What a gateway has in RAM, with whatever processes it started.
     *
     * @throws BenchmarkException when it has ended
     */
    static ResidentMemory of(GatewayProcess gateway) {
        if (!gateway.running()) {
            throw new BenchmarkException(gateway.lastWords());
        }
        return ProcessHandle.of(gateway.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .map(child -> of(child.pid()))
                .reduce(of(gateway.pid()), ResidentMemory::plus);
    }

    /** The memory of two processes together; pages that they share count twice. */
    ResidentMemory plus(ResidentMemory other) {
        return new ResidentMemory(now + other.now, peak + other.peak);
    }

    /** What it is now, in mebibytes. */
    String nowInMebibytes() {
        return "%.0f MiB".formatted(now / MEBIBYTE);
    }

    /** The most it ever was, in mebibytes. */
    String peakInMebibytes() {
        return "%.0f MiB".formatted(peak / MEBIBYTE);
    }

    private static long bytes(List<String> lines, String label) {
        return lines.stream()
                .filter(line -> line.startsWith(label))
                .map(line -> line.substring(label.length()).replace("kB", "").strip())
                .mapToLong(kibibytes -> Long.parseLong(kibibytes) * KIBIBYTE)
                .findFirst()
                .orElseThrow(() -> new BenchmarkException("the kernel tells no " + label));
    }
}
