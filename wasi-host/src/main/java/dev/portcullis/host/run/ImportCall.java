package dev.portcullis.host.run;

/**
 * A call of an import while an image is made.
 *
 * @param name the import's name
 * @param firstArgument its first argument, or 0
 * @param active the active functions, outermost first; the last is the import itself
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ImportCall(String name, long firstArgument, int[] active) {
    /** A call with all its arguments. */
    public static ImportCall of(String name, long[] arguments, int[] active) {
        return new ImportCall(name, arguments.length == 0 ? 0 : arguments[0], active);
    }
}
