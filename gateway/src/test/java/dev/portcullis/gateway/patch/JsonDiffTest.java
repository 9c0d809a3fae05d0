package dev.portcullis.gateway.patch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policy-server §13, and RFC 6902 as an independent library reads it. */
class JsonDiffTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    @ParameterizedTest(name = "{0} to {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | {} | []",
                "{'a':1} | {'a':1} | []",
                "{'a':1} | {'a':2} | [{'op':'replace','path':'/a','value':2}]",
                "{'a':1} | {} | [{'op':'remove','path':'/a'}]",
                "{} | {'a':null} | [{'op':'add','path':'/a','value':null}]",
                "{'a':null} | {} | [{'op':'remove','path':'/a'}]",
                "{'a':1} | {'a':1.0} | [{'op':'replace','path':'/a','value':1.0}]",
                "{'a':1.0} | {'a':1.00} | []",
                "{'a':0.0} | {'a':-0.0} | []",
                "{'a':18446744073709551615} | {'a':18446744073709551616} |"
                        + " [{'op':'replace','path':'/a','value':18446744073709551616}]",
                "{'a':1} | {'a':'1'} | [{'op':'replace','path':'/a','value':'1'}]",
                "{'a':[]} | {'a':{}} | [{'op':'replace','path':'/a','value':{}}]",
                "[1,2,3] | [1] | [{'op':'remove','path':'/1'},{'op':'remove','path':'/1'}]",
                "[1] | [1,2,3] | [{'op':'add','path':'/1','value':2},"
                        + "{'op':'add','path':'/2','value':3}]",
                "[1,2] | [2] | [{'op':'replace','path':'/0','value':2},"
                        + "{'op':'remove','path':'/1'}]",
                "[{'a':1}] | [{'a':2}] | [{'op':'replace','path':'/0/a','value':2}]",
                "{'b':1,'d':1,'a':1} | {'c':1,'d':2,'e':1} | [{'op':'add','path':'/c','value':1},"
                        + "{'op':'replace','path':'/d','value':2},"
                        + "{'op':'add','path':'/e','value':1},"
                        + "{'op':'remove','path':'/a'},{'op':'remove','path':'/b'}]",
                "{'a/b':{'m~n':1}} | {'a/b':{'m~n':2}} |"
                        + " [{'op':'replace','path':'/a~1b/m~0n','value':2}]",
                "1 | 2 | [{'op':'replace','path':'','value':2}]",
                "null | {'a':1} | [{'op':'replace','path':'','value':{'a':1}}]",
                "{'':1} | {'':2} | [{'op':'replace','path':'/','value':2}]",
            })
    void theOperationsAreThoseOfTheReference(String before, String after, String patch)
            throws Exception {
        ArrayNode diff = JsonDiff.between(json(before), json(after));
        assertThat(JSON.writeValueAsString(diff)).isEqualTo(patch.replace('\'', '"'));
    }

    private static JsonNode json(String text) throws Exception {
        return JSON.readTree(text.replace('\'', '"'));
    }

    @RepeatedTest(500)
    void applyingThePatchGivesTheWantedValue(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        JsonNode before = randomObject(random, 4);
        JsonNode after = mutated(random, before);
        ArrayNode diff = JsonDiff.between(before, after);
        JsonNode original = before.deepCopy();
        assertThat(JsonPatch.apply(diff, before)).isEqualTo(after);
        assertThat(before).as("the original is left alone").isEqualTo(original);
        assertThat(diff.isEmpty()).isEqualTo(before.equals(after));
        diff.forEach(operation ->
                assertThat(operation.get("op").asText()).isIn("add", "replace", "remove"));
    }

    private static JsonNode mutated(Random random, JsonNode node) {
        if (random.nextInt(6) == 0) {
            return randomNode(random, 3);
        }
        return switch (node) {
            case ObjectNode object -> {
                ObjectNode copy = NODES.objectNode();
                object.properties()
                        .forEach(member -> {
                            if (random.nextInt(5) > 0) {
                                copy.set(member.getKey(), mutated(random, member.getValue()));
                            }
                        });
                while (random.nextInt(3) == 0) {
                    copy.set(randomName(random), randomNode(random, 2));
                }
                yield copy;
            }
            case ArrayNode array -> {
                ArrayNode copy = NODES.arrayNode();
                for (JsonNode element : array) {
                    if (random.nextInt(5) > 0) {
                        copy.add(mutated(random, element));
                    }
                }
                while (random.nextInt(3) == 0) {
                    copy.add(randomNode(random, 2));
                }
                yield copy;
            }
            default -> node;
        };
    }

    private static JsonNode randomNode(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 5)) {
            case 0 -> NODES.numberNode(random.nextInt(3));
            case 1 -> NODES.textNode(randomName(random));
            case 2 -> NODES.booleanNode(random.nextBoolean());
            case 3 -> NODES.nullNode();
            case 4 -> NODES.numberNode(random.nextInt(3) / 2.0);
            case 5 -> randomObject(random, depth);
            default -> {
                ArrayNode array = NODES.arrayNode();
                for (int i = random.nextInt(5); i > 0; i--) {
                    array.add(randomNode(random, depth - 1));
                }
                yield array;
            }
        };
    }

    private static ObjectNode randomObject(Random random, int depth) {
        ObjectNode object = NODES.objectNode();
        for (int i = random.nextInt(6); i > 0; i--) {
            object.set(randomName(random), randomNode(random, depth - 1));
        }
        return object;
    }

    private static String randomName(Random random) {
        String[] names = {"a", "b", "c", "0", "1", "-", "x/y", "m~n", "ü", " "};
        return names[random.nextInt(names.length)];
    }
}
