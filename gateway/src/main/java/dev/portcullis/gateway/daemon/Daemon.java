package dev.portcullis.gateway.daemon;

import dev.portcullis.gateway.option.DaemonOptions;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes to the background.
 *
 * <p>A JVM cannot fork: its threads would be gone. Instead the process that was started checks what
 * it can, starts itself a second time with the same flags, writes that process's id down and ends.
 * The second one leaves the terminal's session and serves. What it has to say goes to the files of
 * the options.
 */
public final class Daemon {
    private static final String MARK = "dev.portcullis.background";

    /** Held as long as the process lives: a file that nobody refers to is closed. */
    @SuppressWarnings("UnusedVariable")
    private static volatile @Nullable FileLock lock;

    private Daemon() {}

    /** Whether this process is already the one in the background. */
    public static boolean isInBackground() {
        return Boolean.getBoolean(MARK);
    }

    /**
     * Starts this program once more, in the background.
     *
     * @param main the class that was started
     * @param arguments what it was started with
     * @return the id of the new process
     */
    public static long start(Class<?> main, List<String> arguments, DaemonOptions options)
            throws DaemonException {
        Path pidFile = options.pidFile().toAbsolutePath();
        try (FileChannel file = open(pidFile)) {
            if (tryLock(file) == null) {
                throw taken(pidFile);
            }
        } catch (IOException e) {
            throw unusable(pidFile, e);
        }
        Process process;
        try {
            process = builder(main, arguments, options).start();
        } catch (IOException e) {
            throw new DaemonException(
                    "the background process cannot be started: " + e.getMessage(), e);
        }
        try {
            Files.writeString(pidFile, process.pid() + "\n");
        } catch (IOException e) {
            process.destroy();
            throw unusable(pidFile, e);
        }
        return process.pid();
    }

    /**
     * Settles in the background: leaves the session of whoever started it, and keeps others from
     * using the same file for their process id.
     */
    public static void settle(DaemonOptions options) throws DaemonException {
        leaveSession();
        Path pidFile = options.pidFile().toAbsolutePath();
        try {
            FileLock mine = tryLock(open(pidFile));
            if (mine == null) {
                throw taken(pidFile);
            }
            lock = mine;
        } catch (IOException e) {
            throw unusable(pidFile, e);
        }
    }

    private static ProcessBuilder builder(
            Class<?> main, List<String> arguments, DaemonOptions options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-D" + MARK + "=true");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectInput(Redirect.from(new File("/dev/null")))
                        .redirectOutput(redirect(options.output()));
        return options.errors() != null && options.errors().equals(options.output())
                ? builder.redirectErrorStream(true)
                : builder.redirectError(redirect(options.errors()));
    }

    private static Redirect redirect(@Nullable Path file) {
        return file == null ? Redirect.DISCARD : Redirect.to(file.toFile());
    }

    /** Else the terminal's end would be the gateway's. */
    @SuppressWarnings("restricted") // setsid takes no memory and cannot break the JVM
    private static void leaveSession() throws DaemonException {
        try {
            Linker linker = Linker.nativeLinker();
            MethodHandle setsid =
                    linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("setsid"),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT));
            int session = (int) setsid.invokeExact();
            if (session < 0) {
                throw new DaemonException("the session cannot be left: setsid failed");
            }
        } catch (DaemonException e) {
            throw e;
        } catch (Throwable e) {
            throw new DaemonException("this system has no setsid: " + e.getMessage(), e);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static DaemonException taken(Path pidFile) {
        return new DaemonException(
                "another gateway runs in the background with the process id file " + pidFile);
    }

    private static DaemonException unusable(Path pidFile, IOException cause) {
        return new DaemonException(
                "the process id file " + pidFile + " cannot be used: " + cause.getMessage(), cause);
    }
}
