package dev.portcullis.gateway.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Writes a policy's settings as JSON. Bounded, because aliases let a short file stand for an
 * endless value.
 */
final class SettingsWriter {
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .build();
    private static final int DEEPEST = 100;
    private static final int MOST_VALUES = 1_000_000;
    private static final int LONGEST_NUMBER = 1_000;

    private final JsonGenerator json;
    private final String what;
    private int values;

    private SettingsWriter(JsonGenerator json, String what) {
        this.json = json;
        this.what = what;
    }

    /**
     * Settings from a mapping.
     *
     * @throws YamlException when the node is no mapping or holds what JSON cannot say
     */
    static Settings settingsOf(Node node, String what) throws YamlException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            new SettingsWriter(json, what).writeMapping(node, 0);
        } catch (IOException e) {
            throw YamlException.at(node, what + " cannot be written as JSON: " + e.getMessage());
        }
        return new Settings(out.toByteArray());
    }

    private void write(Node node, int depth) throws IOException, YamlException {
        if (depth > DEEPEST) {
            throw YamlException.at(node, what + " nest deeper than " + DEEPEST + " levels");
        }
        if (++values > MOST_VALUES) {
            throw YamlException.at(node, what + " hold more than " + MOST_VALUES + " values");
        }
        switch (node) {
            case ScalarNode scalar -> writeScalar(scalar);
            case SequenceNode sequence -> {
                json.writeStartArray();
                for (Node element : sequence.getValue()) {
                    write(element, depth + 1);
                }
                json.writeEndArray();
            }
            default -> writeMapping(node, depth);
        }
    }

    private void writeMapping(Node node, int depth) throws IOException, YamlException {
        Map<String, YamlDocument.Member> members = YamlDocument.members(node, what);
        json.writeStartObject();
        for (Map.Entry<String, YamlDocument.Member> member : members.entrySet()) {
            json.writeFieldName(member.getKey());
            write(member.getValue().value(), depth + 1);
        }
        json.writeEndObject();
    }

    private void writeScalar(ScalarNode scalar) throws IOException, YamlException {
        Tag tag = scalar.getTag();
        String text = scalar.getValue();
        if (tag.equals(Tag.STR)) {
            json.writeString(text);
        } else if (tag.equals(Tag.NULL)) {
            json.writeNull();
        } else if (tag.equals(Tag.BOOL)) {
            json.writeBoolean(Boolean.parseBoolean(text));
        } else if (tag.equals(Tag.INT)) {
            json.writeNumber(wholeNumber(scalar));
        } else if (tag.equals(Tag.FLOAT)) {
            json.writeNumber(fraction(scalar).toString());
        } else {
            throw YamlException.at(
                    scalar, "a value of type " + tag.getValue() + " is not possible in " + what);
        }
    }

    /** Reads the three spellings of the core schema: decimal, {@code 0o17} and {@code 0x1F}. */
    private BigInteger wholeNumber(ScalarNode scalar) throws YamlException {
        String text = scalar.getValue();
        try {
            if (text.startsWith("0o")) {
                return new BigInteger(text.substring(2), 8);
            }
            if (text.startsWith("0x")) {
                return new BigInteger(text.substring(2), 16);
            }
            if (text.length() <= LONGEST_NUMBER) {
                return new BigInteger(text);
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number that is too long.
        }
        throw YamlException.at(scalar, "a number in " + what + " cannot be read");
    }

    private BigDecimal fraction(ScalarNode scalar) throws YamlException {
        try {
            if (scalar.getValue().length() <= LONGEST_NUMBER) {
                return new BigDecimal(scalar.getValue());
            }
        } catch (NumberFormatException e) {
            // Infinity and "not a number" end here.
        }
        throw YamlException.at(scalar, "a number in " + what + " does not exist in JSON");
    }
}
