package dev.portcullis.host.rego.builtin;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Builtins that write values as text and read them back. */
final class EncodingBuiltins {
    static final Map<String, Builtin> ALL =
            Map.ofEntries(
                    Map.entry("base64url.encode_no_pad", new Builtin(1, (a, _) -> encodeBase64(a))),
                    Map.entry("urlquery.encode", new Builtin(1, (a, _) -> encodeQuery(a))),
                    Map.entry("urlquery.decode", new Builtin(1, (a, _) -> decodeQuery(a))),
                    Map.entry("urlquery.encode_object", new Builtin(1, (a, _) -> encodeObject(a))),
                    Map.entry("urlquery.decode_object", new Builtin(1, (a, _) -> decodeObject(a))),
                    Map.entry("hex.encode", new Builtin(1, (a, _) -> encodeHex(a))),
                    Map.entry("hex.decode", new Builtin(1, (a, _) -> decodeHex(a))),
                    Map.entry("yaml.marshal", new Builtin(1, (a, _) -> Yaml.write(a.term(0)))),
                    Map.entry("yaml.unmarshal", new Builtin(1, (a, _) -> Yaml.read(a.text(0)))),
                    Map.entry("yaml.is_valid", new Builtin(1, (a, _) -> isYaml(a))),
                    Map.entry("json.is_valid", new Builtin(1, (a, _) -> isJson(a))),
                    Map.entry(
                            "json.marshal_with_options", new Builtin(2, (a, _) -> marshalJson(a))),
                    Map.entry(
                            "io.jwt.decode", new Builtin(1, (a, _) -> decodeToken(a.text(0), 0))));

    private static final int MOST_NESTED_TOKENS = 10;

    private EncodingBuiltins() {}

    private static Term encodeBase64(Arguments arguments) throws BuiltinException {
        return new Term.Text(
                Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(arguments.text(0))));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String utf8(byte[] bytes) throws BuiltinException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new BuiltinException("the result is not valid UTF-8");
        }
    }

    private static Term encodeQuery(Arguments arguments) throws BuiltinException {
        return new Term.Text(escaped(arguments.text(0)));
    }

    /** A space becomes a plus sign, as Go has it in queries. */
    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    private static Term decodeQuery(Arguments arguments) throws BuiltinException {
        return new Term.Text(unescaped(arguments.text(0)));
    }

    private static String unescaped(String text) throws BuiltinException {
        var out = new ByteArrayOutputStream(text.length());
        byte[] bytes = bytes(text);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '+') {
                out.write(' ');
            } else if (bytes[i] != '%') {
                out.write(bytes[i]);
            } else {
                int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
                int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw new BuiltinException(
                            "invalid URL escape "
                                    + GoText.quoted(
                                            text.substring(Math.min(i, text.length())),
                                            '"',
                                            false));
                }
                out.write(high << 4 | low);
                i += 2;
            }
        }
        return utf8(out.toByteArray());
    }

    private static Term encodeObject(Arguments arguments) throws BuiltinException {
        var pairs = new ArrayList<String>();
        for (var entry : arguments.object(0).entries().entrySet()) {
            var name =
                    entry.getKey() instanceof Term.Text(var text)
                            ? text
                            : TermWriter.json(entry.getKey());
            for (var value : texts(entry.getValue())) {
                Bounds.checkCount(pairs.size());
                pairs.add(escaped(name) + "=" + escaped(value));
            }
        }
        return new Term.Text(String.join("&", pairs));
    }

    private static List<String> texts(Term value) throws BuiltinException {
        try {
            return new Arguments(List.of(value)).texts(0);
        } catch (BuiltinException e) {
            throw new BuiltinException(
                    "operand 1 values must be string, array[string], or set[string]");
        }
    }

    private static Term decodeObject(Arguments arguments) throws BuiltinException {
        var found = new TreeMap<String, List<Term>>();
        for (var pair : arguments.text(0).split("&", -1)) {
            if (pair.contains(";")) {
                throw new BuiltinException("invalid semicolon separator in query");
            }
            if (!pair.isEmpty()) {
                var parts = pair.split("=", 2);
                found.computeIfAbsent(unescaped(parts[0]), _ -> new ArrayList<>())
                        .add(new Term.Text(parts.length == 1 ? "" : unescaped(parts[1])));
            }
        }
        var members = new TreeMap<String, Term>();
        found.forEach((name, values) -> members.put(name, new Term.Array(values)));
        return Term.Members.of(members);
    }

    private static Term encodeHex(Arguments arguments) throws BuiltinException {
        return new Term.Text(HexFormat.of().formatHex(bytes(arguments.text(0))));
    }

    private static Term decodeHex(Arguments arguments) throws BuiltinException {
        try {
            return new Term.Text(utf8(HexFormat.of().parseHex(arguments.text(0))));
        } catch (IllegalArgumentException e) {
            throw new BuiltinException("operand 1 is not hexadecimal: " + e.getMessage());
        }
    }

    private static Term isYaml(Arguments arguments) {
        try {
            var _ = Yaml.read(arguments.text(0));
            return new Term.Truth(true);
        } catch (BuiltinException e) {
            return new Term.Truth(false);
        }
    }

    private static Term isJson(Arguments arguments) {
        try {
            var _ = TermReader.readJson(arguments.text(0));
            return new Term.Truth(true);
        } catch (BuiltinException e) {
            return new Term.Truth(false);
        }
    }

    private static Term marshalJson(Arguments arguments) throws BuiltinException {
        var options = arguments.object(1).entries();
        var prefix = "";
        var indent = "\t";
        boolean pretty = false;
        for (var option : options.entrySet()) {
            if (!(option.getKey() instanceof Term.Text(var name))) {
                throw new BuiltinException("option names must be strings");
            }
            switch (name) {
                case "prefix" -> {
                    prefix = optionText(name, option.getValue());
                    pretty |= !options.containsKey(new Term.Text("pretty"));
                }
                case "indent" -> {
                    indent = optionText(name, option.getValue());
                    pretty |= !options.containsKey(new Term.Text("pretty"));
                }
                case "pretty" -> {
                    if (!(option.getValue() instanceof Term.Truth(var wanted))) {
                        throw new BuiltinException("option pretty must be a boolean");
                    }
                    pretty |= wanted;
                }
                default -> throw new BuiltinException("unknown option " + name);
            }
        }
        if (!pretty) {
            return new Term.Text(TermWriter.json(arguments.term(0)));
        }
        var out = new StringBuilder(prefix);
        indent(arguments.term(0), "\n" + prefix, indent, out);
        return new Term.Text(out.toString());
    }

    private static String optionText(String name, Term value) throws BuiltinException {
        if (value instanceof Term.Text(var text)) {
            return text;
        }
        throw new BuiltinException("option " + name + " must be a string");
    }

    private static void indent(Term term, String line, String indent, StringBuilder out)
            throws BuiltinException {
        Bounds.checkLength(out.length());
        var inner = line + indent;
        var separator = inner;
        switch (term) {
            case Term.Members(var entries) when !entries.isEmpty() -> {
                out.append('{');
                for (var entry : entries.entrySet()) {
                    var key =
                            entry.getKey() instanceof Term.Text
                                    ? entry.getKey()
                                    : new Term.Text(TermWriter.json(entry.getKey()));
                    out.append(separator).append(TermWriter.json(key)).append(": ");
                    indent(entry.getValue(), inner, indent, out);
                    separator = "," + inner;
                }
                out.append(line).append('}');
            }
            case Term.Array(var items) when !items.isEmpty() -> indentAll(items, line, indent, out);
            case Term.Items(var elements) when !elements.isEmpty() ->
                    indentAll(elements, line, indent, out);
            default -> out.append(TermWriter.json(term));
        }
    }

    private static void indentAll(
            Iterable<Term> terms, String line, String indent, StringBuilder out)
            throws BuiltinException {
        out.append('[');
        var separator = line + indent;
        for (var term : terms) {
            out.append(separator);
            indent(term, line + indent, indent, out);
            separator = "," + line + indent;
        }
        out.append(line).append(']');
    }

    /** Reads a token without checking its signature; a token inside of a token is read instead. */
    private static Term decodeToken(String token, int depth) throws BuiltinException {
        var parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw new BuiltinException(
                    parts.length == 5
                            ? "JWT is a JWE object, which is not supported"
                            : "encoded JWT must have 3 sections, found " + parts.length);
        }
        var header = TermReader.readJson(utf8(base64(parts[0], "header")));
        if (!(header instanceof Term.Members(var members))) {
            throw new BuiltinException("JWT header is not an object");
        }
        if (members.containsKey(new Term.Text("enc"))) {
            throw new BuiltinException("JWT is a JWE object, which is not supported");
        }
        byte[] payload = base64(parts[1], "payload");
        if (isNested(members.get(new Term.Text("cty")))) {
            if (depth == MOST_NESTED_TOKENS) {
                throw new BuiltinException("tokens nest too deeply");
            }
            return decodeToken(utf8(payload).replaceAll("^[\"']+|[\"']+$", ""), depth + 1);
        }
        var claims = TermReader.readJson(utf8(payload));
        if (!(claims instanceof Term.Members)) {
            throw new BuiltinException("JWT payload is not an object");
        }
        return new Term.Array(
                List.of(
                        header,
                        claims,
                        new Term.Text(HexFormat.of().formatHex(base64(parts[2], "signature")))));
    }

    private static boolean isNested(@Nullable Term contentType) {
        return contentType instanceof Term.Text(var type) && type.equals("JWT");
    }

    private static byte[] base64(String text, String what) throws BuiltinException {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new BuiltinException("JWT " + what + " had invalid encoding");
        }
    }
}
