package dev.portcullis.capability.question;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** guest-abi §9. */
final class FieldMaskTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static ObjectNode object(String json) throws Exception {
        return (ObjectNode) JSON.readTree(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"a":{"b":1,"c":2},"d":3}                                          | a.b,d                     | {"a":{"b":1},"d":3}
                    {"users":[{"name":"n","age":1}],"meta":1}                          | users.name                | {"users":[{"name":"n"}]}
                    {"user":{"name":"n","age":1},"other":1}                            | user                      | {"user":{"name":"n","age":1}}
                    {"users":[{"name":"n","age":1,"metadata":{"id":1}}]}               | users.name,users.metadata | {"users":[{"name":"n","metadata":{"id":1}}]}
                    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"n","x":1},"spec":{}} | metadata.name       | {"apiVersion":"v1","kind":"Pod","metadata":{"name":"n","x":1}}
                    {"a":1,"b":2}                                                      | a.x                       | {"a":1}
                    {"a":[[{"b":1,"c":2}]]}                                            | a.b                       | {"a":[[{"b":1}]]}
                    {"a":[1,{"b":1,"c":2}]}                                            | a.b                       | {"a":[1,{"b":1}]}
                    {"a":{"b":1}}                                                      | z                         | {}
                    {"a.b":1,"a":{"b":2}}                                              | a.b                       | {"a":{"b":2}}
                    """)
    void aMaskKeepsWhatItNames(String input, String masks, String output) throws Exception {
        FieldMask mask = FieldMask.of(List.of(masks.split(",", -1)));

        assertThat(mask.prune(object(input))).isEqualTo(object(output));
    }

    @Test
    void noMasksKeepEverything() throws Exception {
        ObjectNode input = object("{\"a\":{\"b\":1}}");

        assertThat(FieldMask.of(List.of()).prune(input)).isSameAs(input);
    }

    @Test
    void pruningLeavesTheOriginalAlone() throws Exception {
        ObjectNode input = object("{\"a\":{\"b\":1,\"c\":2}}");

        FieldMask.of(List.of("a.b")).prune(input);

        assertThat(input).isEqualTo(object("{\"a\":{\"b\":1,\"c\":2}}"));
    }

    @Test
    void aHostileMaskOfAMillionKeysDoesNoHarm() throws Exception {
        FieldMask mask = FieldMask.of(List.of("a" + ".a".repeat(1_000_000)));

        assertThat(mask.prune(object("{\"a\":{\"a\":{\"b\":1}}}")))
                .isEqualTo(object("{\"a\":{\"a\":{}}}"));
    }
}
