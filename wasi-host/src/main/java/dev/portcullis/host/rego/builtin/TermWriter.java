package dev.portcullis.host.rego.builtin;

import java.util.Map;

/** Writes values: for guests, as JSON, and as OPA shows them to people. */
public final class TermWriter {
    private enum Style {
        /** What {@code opa_value_parse} reads: sets and keys of any type. */
        GUEST,
        /** What {@code opa_json_parse} reads. */
        GUEST_JSON,
        /** JSON as Go writes it. */
        JSON,
        /** What {@code sprintf("%v")} shows. */
        SHOWN
    }

    private final StringBuilder out = new StringBuilder();
    private final Style style;

    private TermWriter(Style style) {
        this.style = style;
    }

    /**
     * The value for a guest to read.
     *
     * @param asValue whether the guest reads Rego's own notation and not just JSON
     */
    public static String forGuest(Term term, boolean asValue) {
        return new TermWriter(asValue ? Style.GUEST : Style.GUEST_JSON).write(term).out.toString();
    }

    /** Compact JSON; sets become arrays, keys that are no strings become their JSON. */
    static String json(Term term) {
        return new TermWriter(Style.JSON).write(term).out.toString();
    }

    /** The value as OPA shows it inside of a text. */
    static String shown(Term term) {
        return new TermWriter(Style.SHOWN).write(term).out.toString();
    }

    private TermWriter write(Term term) {
        switch (term) {
            case Term.Null _ -> out.append("null");
            case Term.Truth(var value) -> out.append(value);
            case Term.Numeral(var literal) -> out.append(literal);
            case Term.Text(var value) -> writeText(value);
            case Term.Array(var items) -> writeAll('[', items, ']');
            case Term.Members(var entries) -> writeMembers(entries);
            case Term.Items(var elements) -> {
                if (isJson()) {
                    writeAll('[', elements, ']');
                } else if (elements.isEmpty()) {
                    out.append("set()");
                } else {
                    writeAll('{', elements, '}');
                }
            }
        }
        return this;
    }

    private void writeAll(char open, Iterable<Term> terms, char close) {
        out.append(open);
        boolean first = true;
        for (var term : terms) {
            separate(first);
            first = false;
            write(term);
        }
        out.append(close);
    }

    private void writeMembers(Map<Term, Term> entries) {
        out.append('{');
        boolean first = true;
        for (var entry : entries.entrySet()) {
            separate(first);
            first = false;
            if (isJson() && !(entry.getKey() instanceof Term.Text)) {
                writeText(json(entry.getKey()));
            } else {
                write(entry.getKey());
            }
            out.append(style == Style.SHOWN ? ": " : ":");
            write(entry.getValue());
        }
        out.append('}');
    }

    private boolean isJson() {
        return style == Style.JSON || style == Style.GUEST_JSON;
    }

    private void separate(boolean first) {
        if (!first) {
            out.append(style == Style.SHOWN ? ", " : ",");
        }
    }

    private void writeText(String text) {
        if (style == Style.SHOWN) {
            out.append(GoText.quoted(text, '"', false));
        } else {
            JsonText.append(out, text, style == Style.JSON);
        }
    }
}
