package dev.portcullis.host.rego.builtin;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Every builtin that this host has, by its name in Rego: those that OPA's compiler leaves to the
 * host, and some that older compilers left to it. Missing on purpose are those that would let a
 * policy reach the network ({@code http.send}, {@code net.lookup_ip_addr}).
 */
public final class Builtins {
    private static final Map<String, Builtin> ALL = all();

    private Builtins() {}

    private static Map<String, Builtin> all() {
        var all = new TreeMap<String, Builtin>();
        all.putAll(TextBuiltins.ALL);
        all.putAll(RegexBuiltins.ALL);
        all.putAll(EncodingBuiltins.ALL);
        all.putAll(CryptoBuiltins.ALL);
        all.putAll(TimeBuiltins.ALL);
        all.putAll(NumberBuiltins.ALL);
        all.putAll(NetBuiltins.ALL);
        all.putAll(ValueBuiltins.ALL);
        return Map.copyOf(all);
    }

    /** The builtin of this name; empty when the host has none. */
    public static Optional<Builtin> named(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    /** The names of all builtins, in alphabetical order. */
    public static SortedSet<String> names() {
        return new TreeSet<>(ALL.keySet());
    }
}
