package dev.portcullis.capability.kubernetes;

import java.util.ArrayList;
import java.util.List;

/**
 * A field selector taken apart: {@code field=value}, {@code field==value} and {@code field!=value},
 * joined by commas. A backslash quotes a comma, an equals sign or a backslash in a value.
 *
 * <p>The client library takes terms, not text; values stay quoted as they are.
 */
record FieldSelector(List<Term> terms) {
    record Term(String field, String value, boolean equal) {}

    FieldSelector {
        terms = List.copyOf(terms);
    }

    static FieldSelector parse(String text) throws LookupException {
        var terms = new ArrayList<Term>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == ',') {
                if (i > start) {
                    terms.add(term(text, text.substring(start, i)));
                }
                start = i + 1;
            } else if (text.charAt(i) == '\\') {
                i++;
            }
        }
        return new FieldSelector(terms);
    }

    private static Term term(String selector, String text) throws LookupException {
        int equals = text.indexOf('=');
        if (equals < 1 || text.startsWith("!=")) {
            throw new LookupException(
                    "invalid field selector '"
                            + selector
                            + "': '"
                            + text
                            + "' is not of the form <field>=<value> or <field>!=<value>");
        }
        if (text.charAt(equals - 1) == '!') {
            return new Term(text.substring(0, equals - 1), text.substring(equals + 1), false);
        }
        boolean twice = text.startsWith("==", equals);
        return new Term(text.substring(0, equals), text.substring(equals + (twice ? 2 : 1)), true);
    }
}
