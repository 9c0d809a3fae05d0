package dev.portcullis.host.rego.builtin;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A value of the Rego language: JSON, and sets, and objects whose keys may be any value.
 *
 * <p>Terms are ordered as in OPA: null, booleans, numbers, strings, arrays, objects, sets; strings
 * by their code points. Equal means equal in that order, so {@code 1} and {@code 1.0} are the same.
 */
public sealed interface Term extends Comparable<Term> {
    /** {@code null}. */
    record Null() implements Term {}

    /** {@code true} or {@code false}. */
    record Truth(boolean value) implements Term {}

    /** A number as it was written; JSON's notation. */
    record Numeral(String literal) implements Term {
        /** A number of a size that cannot be computed with, only written. */
        private static final int LARGEST_EXPONENT = 10_000;

        static Numeral of(long value) {
            return new Numeral(Long.toString(value));
        }

        static Numeral of(BigInteger value) {
            return new Numeral(value.toString());
        }

        BigDecimal decimal() {
            return new BigDecimal(literal);
        }

        /** Whether writing the number out in full is out of the question. */
        boolean isHuge() {
            var decimal = decimal();
            return Math.abs((long) decimal.precision() - decimal.scale()) > LARGEST_EXPONENT;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Numeral number && compareTo(number) == 0;
        }

        @Override
        public int hashCode() {
            return Double.hashCode(decimal().doubleValue());
        }
    }

    /** A string. */
    record Text(String value) implements Term {}

    /** An array. */
    record Array(List<Term> items) implements Term {
        public Array {
            items = List.copyOf(items);
        }
    }

    /** An object; its keys are often strings. */
    record Members(SortedMap<Term, Term> entries) implements Term {
        public Members {
            entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
        }

        static Members of(Map<String, ? extends Term> entries) {
            var members = new TreeMap<Term, Term>();
            entries.forEach((name, value) -> members.put(new Text(name), value));
            return new Members(members);
        }
    }

    /** A set. */
    record Items(SortedSet<Term> elements) implements Term {
        public Items {
            elements = Collections.unmodifiableSortedSet(new TreeSet<>(elements));
        }
    }

    @Override
    default int compareTo(Term other) {
        if (rank() != other.rank()) {
            return Integer.compare(rank(), other.rank());
        }
        return switch (this) {
            case Null _ -> 0;
            case Truth(var value) -> Boolean.compare(value, ((Truth) other).value);
            case Numeral number -> number.decimal().compareTo(((Numeral) other).decimal());
            case Text(var value) -> compareText(value, ((Text) other).value);
            case Array(var items) -> compareAll(items, ((Array) other).items);
            case Members(var entries) -> compareMembers(entries, ((Members) other).entries);
            case Items(var elements) -> compareAll(elements, ((Items) other).elements);
        };
    }

    private int rank() {
        return switch (this) {
            case Null _ -> 0;
            case Truth _ -> 1;
            case Numeral _ -> 2;
            case Text _ -> 3;
            case Array _ -> 4;
            case Members _ -> 5;
            case Items _ -> 6;
        };
    }

    /** By code points, which is also the order of the UTF-8 bytes. */
    static int compareText(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean surrogates = Character.isSurrogate(x) && Character.isSurrogate(y);
                return surrogates || (!Character.isSurrogate(x) && !Character.isSurrogate(y))
                        ? Character.compare(x, y)
                        : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    private static int compareAll(Iterable<Term> a, Iterable<Term> b) {
        Iterator<Term> left = a.iterator();
        Iterator<Term> right = b.iterator();
        while (left.hasNext() && right.hasNext()) {
            int order = left.next().compareTo(right.next());
            if (order != 0) {
                return order;
            }
        }
        return Boolean.compare(left.hasNext(), right.hasNext());
    }

    /** Key by key: the first that differs decides, then its value. */
    private static int compareMembers(SortedMap<Term, Term> a, SortedMap<Term, Term> b) {
        var left = a.entrySet().iterator();
        var right = b.entrySet().iterator();
        while (left.hasNext() && right.hasNext()) {
            var x = left.next();
            var y = right.next();
            int order = x.getKey().compareTo(y.getKey());
            order = order == 0 ? x.getValue().compareTo(y.getValue()) : order;
            if (order != 0) {
                return order;
            }
        }
        return Boolean.compare(left.hasNext(), right.hasNext());
    }

    /** The type's name in error texts. */
    default String type() {
        return switch (this) {
            case Null _ -> "null";
            case Truth _ -> "boolean";
            case Numeral _ -> "number";
            case Text _ -> "string";
            case Array _ -> "array";
            case Members _ -> "object";
            case Items _ -> "set";
        };
    }
}
