package dev.portcullis.host.rego.builtin;

import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Builtins on addresses and networks. Nothing here asks the network itself. */
final class NetBuiltins {
    static final Map<String, Builtin> ALL =
            Map.of(
                    "net.cidr_is_valid", new Builtin(1, (a, _) -> isValid(a)),
                    "net.cidr_expand", new Builtin(1, (a, _) -> expand(a)),
                    "net.cidr_merge", new Builtin(1, (a, _) -> merge(a)),
                    "net.cidr_contains_matches", new Builtin(2, (a, _) -> containsMatches(a)));

    private static final int IPV4 = 32;
    private static final int IPV6 = 128;
    private static final Pattern DOTTED =
            Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");
    private static final Pattern COLONS = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private NetBuiltins() {}

    /** An address as a number, of 32 or 128 bits. */
    private record Address(BigInteger value, int bits) {
        static @Nullable Address parse(String text) {
            if (!DOTTED.matcher(text).matches() && !COLONS.matcher(text).matches()) {
                return null;
            }
            try {
                byte[] bytes =
                        text.contains(":")
                                ? Inet6Address.ofLiteral(text).getAddress()
                                : InetAddress.ofLiteral(text).getAddress();
                return new Address(new BigInteger(1, bytes), bytes.length * Byte.SIZE);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }

        Address plus(long offset) {
            return new Address(value.add(BigInteger.valueOf(offset)), bits);
        }

        @Override
        public String toString() {
            byte[] padded = new byte[bits / Byte.SIZE];
            byte[] bytes = value.toByteArray();
            int from = Math.max(0, bytes.length - padded.length);
            int length = bytes.length - from;
            System.arraycopy(bytes, from, padded, padded.length - length, length);
            try {
                var shown = InetAddress.getByAddress(padded).getHostAddress();
                return bits == IPV4 ? shown : compressed(shown);
            } catch (UnknownHostException e) {
                throw new IllegalStateException("an address of a wrong length", e);
            }
        }

        /** RFC 5952: the longest run of at least two zero groups gives way to two colons. */
        private static String compressed(String full) {
            var groups = full.split(":");
            int bestFrom = -1;
            int bestLength = 1;
            for (int i = 0; i < groups.length; i++) {
                int length = 0;
                while (i + length < groups.length && groups[i + length].equals("0")) {
                    length++;
                }
                if (length > bestLength) {
                    bestFrom = i;
                    bestLength = length;
                }
            }
            if (bestFrom < 0) {
                return full;
            }
            var list = List.of(groups);
            return String.join(":", list.subList(0, bestFrom))
                    + "::"
                    + String.join(":", list.subList(bestFrom + bestLength, groups.length));
        }
    }

    /**
     * A network.
     *
     * @param given the address as it was written, which may lie inside of the network
     */
    private record Network(Address given, int prefix) {
        static @Nullable Network parse(String text) {
            int slash = text.indexOf('/');
            var address = slash < 0 ? null : Address.parse(text.substring(0, slash));
            if (address == null || !text.substring(slash + 1).matches("[0-9]{1,8}")) {
                return null;
            }
            int prefix = Integer.parseInt(text.substring(slash + 1));
            return prefix > address.bits ? null : new Network(address, prefix);
        }

        BigInteger size() {
            return BigInteger.ONE.shiftLeft(given.bits - prefix);
        }

        Address first() {
            int host = given.bits - prefix;
            return new Address(given.value.shiftRight(host).shiftLeft(host), given.bits);
        }

        Address last() {
            return new Address(first().value.add(size()).subtract(BigInteger.ONE), given.bits);
        }

        boolean contains(Address address) {
            return address.bits == given.bits
                    && address.value.compareTo(first().value) >= 0
                    && address.value.compareTo(last().value) <= 0;
        }

        boolean contains(Network other) {
            return contains(other.first()) && contains(other.last());
        }

        @Override
        public String toString() {
            return given + "/" + prefix;
        }
    }

    private static Network network(String text) throws BuiltinException {
        var network = Network.parse(text);
        if (network == null) {
            throw new BuiltinException("invalid CIDR address: " + text);
        }
        return network;
    }

    private static Term isValid(Arguments arguments) {
        return new Term.Truth(
                arguments.term(0) instanceof Term.Text(var text) && Network.parse(text) != null);
    }

    private static Term expand(Arguments arguments) throws BuiltinException {
        var network = network(arguments.text(0));
        if (network.size().bitLength() > Integer.SIZE - 1) {
            throw new BuiltinException("the network has too many addresses to list");
        }
        Bounds.checkCount(network.size().longValueExact());
        var addresses = new TreeSet<Term>();
        var first = network.first();
        for (long i = 0; i < network.size().longValueExact(); i++) {
            Bounds.checkCount(i);
            addresses.add(new Term.Text(first.plus(i).toString()));
        }
        return new Term.Items(addresses);
    }

    private record Range(Address first, Address last, @Nullable Network whole) {}

    private static Term merge(Arguments arguments) throws BuiltinException {
        var merged = new TreeSet<Term>();
        var ranges = new ArrayList<Range>();
        for (var text : arguments.collection(0)) {
            if (!(text instanceof Term.Text(var value))) {
                throw new BuiltinException("element must be string");
            }
            var network = networkOrAddress(value);
            ranges.add(new Range(network.first(), network.last(), network));
        }
        ranges.sort(
                Comparator.comparingInt((Range range) -> range.first().bits())
                        .thenComparing(range -> range.last().value())
                        .thenComparing(range -> range.first().value()));
        for (int i = ranges.size() - 1; i > 0; i--) {
            Bounds.checkCount(ranges.size());
            var later = ranges.get(i);
            var earlier = ranges.get(i - 1);
            boolean touch =
                    later.first().bits() == earlier.first().bits()
                            && later.first()
                                            .value()
                                            .subtract(BigInteger.ONE)
                                            .compareTo(earlier.last().value())
                                    <= 0;
            if (touch) {
                var first =
                        earlier.first().value().compareTo(later.first().value()) < 0
                                ? earlier.first()
                                : later.first();
                ranges.set(i - 1, new Range(first, later.last(), null));
                ranges.remove(i);
            }
        }
        for (var range : ranges) {
            if (range.whole() != null) {
                merged.add(new Term.Text(range.whole().toString()));
            } else {
                cover(range, merged);
            }
        }
        return new Term.Items(merged);
    }

    /** A single address stands for the network of its class, as OPA has it. */
    private static Network networkOrAddress(String text) throws BuiltinException {
        var address = Address.parse(text);
        if (address == null) {
            return network(text);
        }
        if (address.bits() == IPV6) {
            throw new BuiltinException("IPv6 invalid: needs prefix length");
        }
        int firstByte = address.value().intValue() >>> 24;
        int prefix = firstByte < 128 ? 8 : firstByte < 192 ? 16 : 24;
        if (firstByte >= 224) {
            throw new BuiltinException(text + " belongs to no class of networks");
        }
        return new Network(address, prefix);
    }

    /** The fewest networks that make up a range. */
    private static void cover(Range range, Set<Term> networks) throws BuiltinException {
        int bits = range.first().bits();
        var at = range.first().value();
        var last = range.last().value();
        while (at.compareTo(last) <= 0) {
            Bounds.checkCount(networks.size());
            int host = at.signum() == 0 ? bits : Math.min(bits, at.getLowestSetBit());
            while (at.add(BigInteger.ONE.shiftLeft(host)).subtract(BigInteger.ONE).compareTo(last)
                    > 0) {
                host--;
            }
            networks.add(new Term.Text(new Network(new Address(at, bits), bits - host).toString()));
            at = at.add(BigInteger.ONE.shiftLeft(host));
        }
    }

    /** A network or address of an operand, with what it is called in the result. */
    private record Named(String text, Term name) {}

    private static Term containsMatches(Arguments arguments) throws BuiltinException {
        var found = new TreeSet<Term>();
        var candidates = named(arguments.term(1), 1);
        for (var outer : named(arguments.term(0), 0)) {
            for (var inner : candidates) {
                Bounds.checkCount(found.size());
                if (contains(outer.text(), inner.text())) {
                    found.add(new Term.Array(List.of(outer.name(), inner.name())));
                }
            }
        }
        return new Term.Items(found);
    }

    private static boolean contains(String outer, String inner) throws BuiltinException {
        var network = network(outer);
        var address = Address.parse(inner);
        return address != null ? network.contains(address) : network.contains(network(inner));
    }

    private static List<Named> named(Term operand, int index) throws BuiltinException {
        var named = new ArrayList<Named>();
        switch (operand) {
            case Term.Text(var text) -> named.add(new Named(text, operand));
            case Term.Array(var items) -> {
                for (int i = 0; i < items.size(); i++) {
                    named.add(new Named(cidr(items.get(i), index), Term.Numeral.of(i)));
                }
            }
            case Term.Items(var elements) -> {
                for (var element : elements) {
                    named.add(new Named(cidr(element, index), element));
                }
            }
            case Term.Members(var entries) -> {
                for (var entry : entries.entrySet()) {
                    named.add(new Named(cidr(entry.getValue(), index), entry.getKey()));
                }
            }
            default -> throw Arguments.wrongType(index, "string, array, set or object", operand);
        }
        return named;
    }

    private static String cidr(Term term, int index) throws BuiltinException {
        var first =
                term instanceof Term.Array(var items) && !items.isEmpty() ? items.getFirst() : term;
        if (first instanceof Term.Text(var text)) {
            return text;
        }
        throw new BuiltinException(
                "operand " + (index + 1) + ": element must be string or non-empty array");
    }
}
