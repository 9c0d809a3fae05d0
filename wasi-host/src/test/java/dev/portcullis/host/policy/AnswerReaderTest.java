package dev.portcullis.host.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.portcullis.host.ValidationResponse;
import dev.portcullis.host.policy.AnswerReader.SettingsAnswer;
import dev.portcullis.host.policy.AnswerReader.UnreadableAnswerException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** guest-abi §6.2 and §6.3, field by field. */
class AnswerReaderTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ValidationResponse read(String json) {
        try {
            return AnswerReader.validation(bytes(json));
        } catch (UnreadableAnswerException e) {
            throw new AssertionError(e);
        }
    }

    private static SettingsAnswer readSettings(String json) {
        try {
            return AnswerReader.settings(bytes(json));
        } catch (UnreadableAnswerException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertUnreadable(String json, String word) {
        assertThatThrownBy(() -> AnswerReader.validation(bytes(json)))
                .as(json)
                .isInstanceOf(UnreadableAnswerException.class)
                .hasMessageContaining(word);
    }

    @Test
    void longDecimalsOfAMutatedObjectKeepTheirDigits() {
        var answer = read("{\"accepted\":true,\"mutated_object\":[0.1234567890123456789,1e400]}");

        assertThat(String.valueOf(answer.mutatedObject()))
                .isEqualTo("[0.1234567890123456789,1E+400]");
    }

    @Test
    void everyFieldIsRead() throws JsonProcessingException {
        var answer =
                read(
                        """
                        {"accepted": false,
                         "message": "no",
                         "code": 422,
                         "mutated_object": {"kind": "Pod", "list": [1, true, null]},
                         "audit_annotations": {"a": "1", "b": ""},
                         "warnings": ["w", ""]}
                        """);

        assertThat(answer)
                .isEqualTo(
                        new ValidationResponse(
                                false,
                                "no",
                                422,
                                new ObjectMapper()
                                        .readTree("{\"kind\":\"Pod\",\"list\":[1,true,null]}"),
                                Map.of("a", "1", "b", ""),
                                List.of("w", "")));
    }

    @Test
    void acceptedAloneIsEnough() {
        var nothingElse = new ValidationResponse(true, null, null, null, null, null);

        assertThat(read("{\"accepted\":true}")).isEqualTo(nothingElse);
        assertThat(read(" \n{ \"accepted\" : true }\r\n\t ")).isEqualTo(nothingElse);
    }

    @ParameterizedTest
    @ValueSource(strings = {"message", "code", "mutated_object", "audit_annotations", "warnings"})
    void nullIsAbsent(String field) {
        assertThat(read("{\"accepted\":false,\"" + field + "\":null}"))
                .isEqualTo(new ValidationResponse(false, null, null, null, null, null));
    }

    @Test
    void unknownFieldsAreIgnored() {
        assertThat(read("{\"accepted\":true,\"allowed\":false,\"mutatedObject\":{}}"))
                .isEqualTo(new ValidationResponse(true, null, null, null, null, null));
    }

    @Test
    void emptyMapsAndListsAreNotAbsent() {
        var answer = read("{\"accepted\":true,\"audit_annotations\":{},\"warnings\":[]}");

        assertThat(answer.auditAnnotations()).isEmpty();
        assertThat(answer.warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"true\"", "null", "{}", "[true]"})
    void acceptedIsTrueOrFalseAndNothingLikeIt(String value) {
        assertUnreadable("{\"accepted\":" + value + "}", "accepted: expected true or false");
    }

    @Test
    void acceptedIsRequiredUnderItsOwnName() {
        assertUnreadable("{}", "missing field `accepted`");
        assertUnreadable("{\"Accepted\":true,\"allowed\":true}", "missing field `accepted`");
        assertUnreadable("{\"response\":{\"accepted\":true}}", "missing field `accepted`");
    }

    @Test
    void acceptedTwiceIsNoAnswer() {
        assertUnreadable("{\"accepted\":false,\"accepted\":true}", "accepted");
    }

    @Test
    void aDuplicateInTheMutatedObjectIsNoAnswer() {
        assertUnreadable("{\"accepted\":true,\"mutated_object\":{\"a\":1,\"a\":2}}", "'a'");
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "403", "65535"})
    void everyCodeOfSixteenBitsIsRead(int code) {
        assertThat(read("{\"accepted\":false,\"code\":" + code + "}").code()).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "65536",
                "4294967297",
                "18446744073709551617",
                "400.0",
                "4e2",
                "\"400\"",
                "true",
                "[400]"
            })
    void aCodeThatIsNoSixteenBitNumberIsNoAnswer(String code) {
        assertUnreadable(
                "{\"accepted\":true,\"code\":" + code + "}", "code: expected a number from 0 to");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"message\":1",
                "\"message\":{}",
                "\"audit_annotations\":[]",
                "\"audit_annotations\":\"a\"",
                "\"audit_annotations\":{\"a\":1}",
                "\"audit_annotations\":{\"a\":null}",
                "\"warnings\":\"w\"",
                "\"warnings\":{}",
                "\"warnings\":[1]",
                "\"warnings\":[null]"
            })
    void aWrongTypeIsNoAnswerAndItsFieldIsNamed(String member) {
        assertUnreadable(
                "{\"accepted\":true," + member + "}",
                member.substring(1, member.indexOf('"', 1)) + ": expected a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"text\"", "17", "true", "[]", "{}"})
    void aMutatedObjectMayBeAnyJson(String json) throws JsonProcessingException {
        assertThat(read("{\"accepted\":true,\"mutated_object\":" + json + "}").mutatedObject())
                .isEqualTo(new ObjectMapper().readTree(json));
    }

    @Test
    void noOutputIsNoAnswer() {
        assertUnreadable("", "the policy wrote no output");
        assertUnreadable("  \n", "expected an object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "true", "[]", "\"accepted\"", "1"})
    void whatIsNoObjectIsNoAnswer(String json) {
        assertUnreadable(json, "expected an object");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"accepted\":true}{}",
                "{\"accepted\":true} true",
                "{\"accepted\":true}\u0000",
                "{\"accepted\":true}}",
                "{\"accepted\":true",
                "{\"accepted\":true,}",
                "{accepted:true}",
                "{'accepted':true}",
                "// fine\n{\"accepted\":true}",
                "\ufeff{\"accepted\":true}",
                "{\"accepted\":True}",
                "hello"
            })
    void whatIsNotExactlyOneJsonValueIsNoAnswer(String text) {
        assertUnreadable(text, "");
    }

    @Test
    void theDetailOfBadJsonSaysWhere() {
        assertThatThrownBy(() -> AnswerReader.validation(bytes("{\n  \"accepted\": maybe}")))
                .isInstanceOfSatisfying(
                        UnreadableAnswerException.class,
                        e -> assertThat(e.detail()).contains("maybe").contains("line 2 column"));
    }

    @Test
    void bytesThatAreNotUtf8AreNoAnswer() {
        var output = bytes("{\"accepted\":true,\"message\":\"?\"}");
        output[output.length - 3] = (byte) 0xc3;

        assertThatThrownBy(() -> AnswerReader.validation(output))
                .isInstanceOf(UnreadableAnswerException.class)
                .hasMessage("the output is not valid UTF-8");
        assertThatThrownBy(() ->
                        AnswerReader.validation(
                                "{\"accepted\":true}".getBytes(StandardCharsets.UTF_16)))
                .isInstanceOf(UnreadableAnswerException.class);
    }

    @Test
    void textBeyondAsciiIsReadAsItIs() {
        assertThat(read("{\"accepted\":false,\"message\":\"nö € \\u20ac 😀\"}").message())
                .isEqualTo("nö € € 😀");
    }

    @Test
    void anAnswerAsDeepAsAStackIsNoAnswer() {
        assertUnreadable("{\"accepted\":true,\"mutated_object\":" + "[".repeat(100_000), "");
        assertUnreadable(
                "{\"accepted\":true,\"mutated_object\":"
                        + "[".repeat(100_000)
                        + "]".repeat(100_000)
                        + "}",
                "");
    }

    @Test
    void settingsAreValidOrNotWithAMessageOrWithout() {
        assertThat(readSettings("{\"valid\":true}")).isEqualTo(new SettingsAnswer(true, null));
        assertThat(readSettings("{\"valid\":false,\"message\":\"no\",\"x\":1}"))
                .isEqualTo(new SettingsAnswer(false, "no"));
        assertThat(readSettings("{\"valid\":false,\"message\":null}"))
                .isEqualTo(new SettingsAnswer(false, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"valid\":null}",
                "{\"valid\":1}",
                "{\"valid\":\"true\"}",
                "{\"valid\":true,\"message\":1}",
                "{\"valid\":false,\"valid\":true}",
                "{\"valid\":true}1",
                "{\"accepted\":true}",
                "true"
            })
    void anythingElseIsNoWordOnTheSettings(String json) {
        assertThatThrownBy(() -> AnswerReader.settings(bytes(json)))
                .isInstanceOf(UnreadableAnswerException.class);
    }
}
