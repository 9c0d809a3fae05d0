package dev.portcullis.host.rego.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.portcullis.conformance.policy.FixturePolicies;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Builtins give what OPA itself gives; its answers are in {@code rego/expected.json}. */
class BuiltinsTest {
    /** What cannot have one expected answer. */
    private static final Set<String> OWN_TESTS =
            Set.of(
                    "time.now_ns",
                    "uuid.rfc4122",
                    "opa.runtime",
                    "print",
                    "internal.print",
                    // Names of the reference, or of older compilers, for what is tested otherwise.
                    "date",
                    "parse_rfc3339_ns",
                    "regex.match",
                    "re_match",
                    "regex.is_valid",
                    "regex.find_all_string_submatch_n",
                    "cast_array",
                    "cast_boolean",
                    "cast_null",
                    "cast_object",
                    "cast_set",
                    "cast_string");

    /** A call, and what OPA answers. */
    record Case(String builtin, String arguments, String result, boolean error) {
        @Override
        public String toString() {
            return builtin + " " + arguments;
        }
    }

    static Stream<Case> cases() throws IOException {
        var expected =
                new ObjectMapper()
                        .readTree(
                                FixturePolicies.inTree()
                                        .regoFolder()
                                        .resolve("expected.json")
                                        .toFile());
        return StreamSupport.stream(expected.spliterator(), false).map(BuiltinsTest::read);
    }

    private static Case read(JsonNode node) {
        return new Case(
                node.get("builtin").asText(),
                node.get("arguments").asText(),
                node.path("result").asText(),
                node.has("error"));
    }

    private static Query query() {
        return new Query(Instant.parse("2024-05-06T07:08:09.123456789Z"), _ -> {});
    }

    private static List<Term> terms(String array) throws BuiltinException {
        if (TermReader.read(array) instanceof Term.Array(var items)) {
            return items;
        }
        throw new AssertionError(array + " is no array");
    }

    private static String shown(String builtin, String arguments) throws BuiltinException {
        var result = Builtins.named(builtin).orElseThrow().call(terms(arguments), query());
        return result == null ? "" : TermWriter.shown(new Term.Array(List.of(result)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aBuiltinAnswersLikeOpa(Case expected) throws BuiltinException {
        if (expected.error()) {
            assertThatThrownBy(() -> shown(expected.builtin(), expected.arguments()))
                    .isInstanceOf(BuiltinException.class)
                    .message()
                    .isNotEmpty();
        } else {
            assertThat(shown(expected.builtin(), expected.arguments()))
                    .isEqualTo(expected.result());
        }
    }

    @Test
    void everyBuiltinHasACase() throws IOException {
        var untested = new TreeSet<>(Builtins.names());
        cases().forEach(each -> untested.remove(each.builtin()));
        assertThat(untested).containsExactlyInAnyOrderElementsOf(OWN_TESTS);
    }

    @Test
    void theNamesOfTheReferenceMeanTheSame() throws BuiltinException {
        assertThat(shown("date", "[1582977600000000000]")).isEqualTo("[[2020, 2, 29]]");
        assertThat(shown("parse_rfc3339_ns", "[\"2020-02-29T12:00:00Z\"]"))
                .isEqualTo("[1582977600000000000]");
    }

    @Test
    void theTimeStandsStillWithinAnEvaluation() throws BuiltinException {
        assertThat(shown("time.now_ns", "[]")).isEqualTo("[1714979289123456789]");
    }

    @Test
    void randomValuesOfTheSameNameAreTheSameWithinAnEvaluation() throws BuiltinException {
        var one = query();
        var uuid = Builtins.named("uuid.rfc4122").orElseThrow();
        var first = uuid.call(terms("[\"a\"]"), one);
        assertThat(uuid.call(terms("[\"a\"]"), one)).isEqualTo(first);
        assertThat(uuid.call(terms("[\"b\"]"), one)).isNotEqualTo(first);
        assertThat(uuid.call(terms("[\"a\"]"), query())).isNotEqualTo(first);
        assertThat(first)
                .isInstanceOfSatisfying(
                        Term.Text.class,
                        text ->
                                assertThat(text.value())
                                        .matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
    }

    @Test
    void aRandomNumberLiesBelowItsBound() throws BuiltinException {
        for (int i = 0; i < 100; i++) {
            assertThat(shown("rand.intn", "[\"a\", 3]")).isIn("[0]", "[1]", "[2]");
        }
    }

    @Test
    void theRuntimeTellsNothingOfTheHost() throws BuiltinException {
        assertThat(shown("opa.runtime", "[]")).isEqualTo("[{}]");
    }

    @Test
    void printingShowsEveryCombinationOfValues() throws BuiltinException {
        var lines = new ArrayList<String>();
        var result =
                Builtins.named("internal.print")
                        .orElseThrow()
                        .call(
                                terms("[[{\"a\"}, {1, 2}, set()]]"),
                                new Query(Instant.EPOCH, lines::add));
        assertThat(result).isNull();
        assertThat(lines).containsExactly("a 1 <undefined>", "a 2 <undefined>");
    }

    @Test
    void aWrongNumberOfArgumentsIsAnError() {
        assertThatThrownBy(() -> shown("sprintf", "[\"%v\"]"))
                .hasMessage("takes 2 arguments but got 1");
    }

    @Test
    void whatOlderCompilersLeaveToTheHostWorksToo() throws BuiltinException {
        assertThat(shown("regex.match", "[\"^a+$\", \"aaa\"]")).isEqualTo("[true]");
        assertThat(shown("re_match", "[\"b\", \"aaa\"]")).isEqualTo("[false]");
        assertThat(shown("regex.is_valid", "[\"(\"]")).isEqualTo("[false]");
        assertThat(shown("regex.find_all_string_submatch_n", "[\"a(x)?(.)\", \"axb ac\", -1]"))
                .isEqualTo("[[[\"axb\", \"x\", \"b\"], [\"ac\", \"\", \"c\"]]]");
        assertThat(shown("cast_array", "[{2, 1}]")).isEqualTo("[[1, 2]]");
        assertThat(shown("cast_set", "[[2, 1, 2]]")).isEqualTo("[{1, 2}]");
        assertThat(shown("cast_string", "[\"a\"]")).isEqualTo("[\"a\"]");
        assertThat(shown("cast_boolean", "[true]")).isEqualTo("[true]");
        assertThat(shown("cast_null", "[null]")).isEqualTo("[null]");
        assertThat(shown("cast_object", "[{}]")).isEqualTo("[{}]");
        assertThatThrownBy(() -> shown("cast_object", "[1]"))
                .hasMessage("operand 1 must be object but got number");
    }

    @Test
    void answersThatWouldFillTheMemoryAreRefused() {
        assertThatThrownBy(() -> shown("net.cidr_expand", "[\"10.0.0.0/1\"]"))
                .isInstanceOf(BuiltinException.class);
        assertThatThrownBy(() -> shown("net.cidr_expand", "[\"::/0\"]"))
                .isInstanceOf(BuiltinException.class);
        assertThatThrownBy(() -> shown("numbers.range", "[0, 1e300]"))
                .isInstanceOf(BuiltinException.class);
        assertThatThrownBy(() -> shown("numbers.range", "[0, 1e999999999]"))
                .hasMessageContaining("too large");
        assertThatThrownBy(() -> shown("yaml.unmarshal", bomb()))
                .isInstanceOf(BuiltinException.class);
    }

    private static String bomb() {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\\n");
        for (int i = 1; i < 10; i++) {
            yaml.append("a").append(i).append(": &a").append(i).append(" [");
            yaml.append(("*a" + (i - 1) + ", ").repeat(9)).append("*a").append(i - 1);
            yaml.append("]\\n");
        }
        return "[\"" + yaml + "\"]";
    }

    @Test
    void anInterruptEndsALongSearch() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() ->
                            shown(
                                    "regex.find_n",
                                    "[\"(x+x+)+y\", \"" + "x".repeat(10_000) + "\", -1]"))
                    .isInstanceOf(InterruptedBuiltinException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
