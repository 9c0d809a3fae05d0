package dev.portcullis.host.rego.builtin;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** What a builtin is called with, read as the types that it wants. */
final class Arguments {
    private final List<Term> terms;

    Arguments(List<Term> terms) {
        this.terms = terms;
    }

    Term term(int index) {
        return terms.get(index);
    }

    String text(int index) throws BuiltinException {
        return text(term(index), index);
    }

    private static String text(Term term, int index) throws BuiltinException {
        if (term instanceof Term.Text(var value)) {
            return value;
        }
        throw wrongType(index, "string", term);
    }

    Term.Numeral number(int index) throws BuiltinException {
        if (term(index) instanceof Term.Numeral number) {
            return number;
        }
        throw wrongType(index, "number", term(index));
    }

    /** A whole number; {@code 1.0} is one. */
    BigInteger integer(int index) throws BuiltinException {
        return integer(number(index), index);
    }

    static BigInteger integer(Term.Numeral number, int index) throws BuiltinException {
        if (!number.isHuge()) {
            try {
                return number.decimal().toBigIntegerExact();
            } catch (ArithmeticException e) {
                throw new BuiltinException(
                        "operand "
                                + (index + 1)
                                + " must be an integer but got "
                                + number.literal());
            }
        }
        throw new BuiltinException("operand " + (index + 1) + " is too large: " + number.literal());
    }

    /** A whole number of 64 bits. */
    long wholeNumber(int index) throws BuiltinException {
        try {
            return integer(index).longValueExact();
        } catch (ArithmeticException e) {
            throw new BuiltinException(
                    "operand " + (index + 1) + " is too large: " + number(index).literal());
        }
    }

    List<Term> array(int index) throws BuiltinException {
        if (term(index) instanceof Term.Array(var items)) {
            return items;
        }
        throw wrongType(index, "array", term(index));
    }

    Term.Members object(int index) throws BuiltinException {
        if (term(index) instanceof Term.Members members) {
            return members;
        }
        throw wrongType(index, "object", term(index));
    }

    /** The elements of an array or a set. */
    List<Term> collection(int index) throws BuiltinException {
        return switch (term(index)) {
            case Term.Array(var items) -> items;
            case Term.Items(var elements) -> List.copyOf(elements);
            case Term other -> throw wrongType(index, "array or set", other);
        };
    }

    /** One string, or an array or set of strings. */
    List<String> texts(int index) throws BuiltinException {
        if (term(index) instanceof Term.Text(var value)) {
            return List.of(value);
        }
        var texts = new ArrayList<String>();
        for (var each : collection(index)) {
            texts.add(text(each, index));
        }
        return texts;
    }

    static BuiltinException wrongType(int index, String wanted, Term found) {
        return new BuiltinException(
                "operand " + (index + 1) + " must be " + wanted + " but got " + found.type());
    }
}
