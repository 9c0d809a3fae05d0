package dev.portcullis.gateway.tls;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that only make sense together, and what they say. Used by one thread at a time.
 *
 * <p>The contents are compared, not times or inodes: that sees a file which was written in place, a
 * file which was replaced, and a mounted Secret, whose symbolic links lead to another folder after
 * an update. Whoever replaces two files does so one after the other, so contents that cannot be
 * used count as a mistake, and are logged, only once they were seen twice.
 */
final class WatchedFiles<T> {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);
    private static final int LARGEST = 1 << 20;

    /** Makes sense of the contents, in the order of the files. */
    @FunctionalInterface
    interface Reader<T> {
        T read(List<Path> files, List<Buffer> contents) throws TlsException;
    }

    private final List<Path> files;
    private final Reader<T> reader;
    private volatile T current;
    private List<Buffer> used;
    private @Nullable List<Buffer> refused;
    private @Nullable TlsException refusal;
    private @Nullable String problem;
    private boolean reported;

    /** Reads the files for the first time. */
    WatchedFiles(List<Path> files, Reader<T> reader) throws TlsException {
        this.files = List.copyOf(files);
        this.reader = reader;
        used = contents();
        current = reader.read(this.files, used);
    }

    /** What the files said when they could last be used. */
    T current() {
        return current;
    }

    /** Reads the files again; whether {@link #current} is something else now. Blocks. */
    boolean look() {
        try {
            List<Buffer> contents = contents();
            if (contents.equals(used)) {
                problem = null;
                return false;
            }
            use(contents);
            problem = null;
            return true;
        } catch (TlsException e) {
            complain(String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void use(List<Buffer> contents) throws TlsException {
        if (refusal != null && contents.equals(refused)) {
            throw refusal;
        }
        try {
            current = reader.read(files, contents);
            used = contents;
        } catch (TlsException e) {
            refused = contents;
            refusal = e;
            throw e;
        }
    }

    private void complain(String message) {
        if (!message.equals(problem)) {
            problem = message;
            reported = false;
        } else if (!reported) {
            reported = true;
            LOG.error("TLS files changed but cannot be used, the old ones stay: {}", message);
        }
    }

    private List<Buffer> contents() throws TlsException {
        List<Buffer> contents = new ArrayList<>();
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(LARGEST + 1);
                if (bytes.length > LARGEST) {
                    throw new TlsException(file + " is larger than 1 MiB");
                }
                contents.add(Buffer.buffer(bytes));
            } catch (NoSuchFileException e) {
                throw new TlsException("There is no file " + file, e);
            } catch (IOException e) {
                throw new TlsException(file + " cannot be read: " + e.getMessage(), e);
            }
        }
        return contents;
    }
}
