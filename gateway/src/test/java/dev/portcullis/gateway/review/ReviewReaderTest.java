package dev.portcullis.gateway.review;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.portcullis.gateway.review.InvalidReviewException.Kind;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Policy-server §10 and guest-abi §6.1; quotes are written as apostrophes. */
class ReviewReaderTest {
    private static final String KIND = "'kind':{'group':'g','version':'v','kind':'K'}";
    private static final String RESOURCE = "'resource':{'group':'g','version':'v','resource':'r'}";
    private static final String LEAST =
            "'uid':'u'," + KIND + "," + RESOURCE + ",'operation':'CREATE','userInfo':{}";

    private static byte[] bytes(String json) {
        return json.replace('\'', '"').getBytes(UTF_8);
    }

    private static String admitted(String json) throws InvalidReviewException {
        return payload(ReviewReader.admission(bytes(json)));
    }

    private static String payload(Review review) {
        return new String(review.payload(bytes("{'s':1}")).json(), UTF_8).replace('"', '\'');
    }

    private static InvalidReviewException refused(byte[] body) {
        return assertThatExceptionOfType(InvalidReviewException.class)
                .isThrownBy(() -> ReviewReader.admission(body))
                .actual();
    }

    private static InvalidReviewException refusedRequest(String members) {
        return refused(bytes("{'request':{" + members + "}}"));
    }

    @Test
    void theGuestReadsKnownMembersInSortedOrder() throws Exception {
        String request =
                "{'apiVersion':'x','request':{'unknown':{'uid':1},'userInfo':{'username':'me',"
                        + "'groups':['a','b'],'unknown':3,'uid':'9','extra':{'z':['1'],'a':[]}},"
                        + "'uid':'u1',"
                        + RESOURCE
                        + ",'requestSubResource':'s2','subResource':'s1','operation':'CREATE',"
                        + "'options':{'x': 1 },'oldObject':[ ],'object':{ 'b':1,'a' : 2},"
                        + "'namespace':'ns','name':'n',"
                        + KIND
                        + ",'dryRun':true,'requestKind':{'kind':'K2','version':'','group':'',"
                        + "'more':1},'requestResource':{'group':'','version':'v1',"
                        + "'resource':'pods'}},'kind':7}";
        assertThat(admitted(request))
                .isEqualTo(
                        "{'request':{'dryRun':true,"
                                + "'kind':{'group':'g','kind':'K','version':'v'},"
                                + "'name':'n','namespace':'ns','object':{ 'b':1,'a' : 2},"
                                + "'oldObject':[ ],'operation':'CREATE','options':{'x': 1 },"
                                + "'requestKind':{'group':'','kind':'K2','version':''},"
                                + "'requestResource':{'group':'','resource':'pods',"
                                + "'version':'v1'},'requestSubResource':'s2',"
                                + "'resource':{'group':'g','resource':'r','version':'v'},"
                                + "'subResource':'s1','uid':'u1','userInfo':{"
                                + "'extra':{'a':[],'z':['1']},'groups':['a','b'],"
                                + "'uid':'9','username':'me'}},'settings':{'s':1}}");
    }

    @Test
    void membersThatAreAbsentOrNullAreLeftOut() throws Exception {
        String least =
                "{'request':{'kind':{'group':'g','kind':'K','version':'v'},"
                        + "'operation':'CREATE',"
                        + "'resource':{'group':'g','resource':'r','version':'v'},'uid':'u',"
                        + "'userInfo':{}},'settings':{'s':1}}";
        String nulls =
                ",'object':null,'oldObject':null,'options':null,'dryRun':null,'name':null,"
                        + "'namespace':null,'subResource':null,'requestKind':null,"
                        + "'requestResource':null,'requestSubResource':null";
        assertThat(admitted("{'request':{" + LEAST + "}}")).isEqualTo(least);
        assertThat(admitted("{'request':{" + LEAST + nulls + "}}")).isEqualTo(least);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'a':[1,{'b':null}]}",
                "[]",
                "1",
                "-1.5e+3",
                "true",
                "false",
                "'text'",
                "'\\u00e9\\ud83d\\ude00 é😀'",
                "''",
                "0",
                "{'a':12345678901234567890.123}"
            })
    void theObjectReachesTheGuestByteForByte(String object) throws Exception {
        for (String after : new String[] {"}}", " \n} }", ",'zzz':1}}"}) {
            Review review =
                    ReviewReader.admission(
                            bytes("{'request':{" + LEAST + ",'object': " + object + after));
            assertThat(payload(review)).contains(",'object':" + object + ",'operation'");
            assertThat(review.payload(bytes("{}")).original())
                    .isEqualTo(
                            new com.fasterxml.jackson.databind.ObjectMapper()
                                    .enable(
                                            com.fasterxml.jackson.databind.DeserializationFeature
                                                    .USE_BIG_DECIMAL_FOR_FLOATS)
                                    .readTree(bytes(object)));
        }
    }

    @Test
    void withoutAnObjectThereIsNothingToMutate() throws Exception {
        Review review = ReviewReader.admission(bytes("{'request':{" + LEAST + "}}"));
        assertThat(review.payload(bytes("{}")).original()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'b':1, 'a':[ ]}", "'banana'", "null", "7", "[1,2]", "{'uid':7}"})
    void aRawRequestReachesTheGuestByteForByte(String request) throws Exception {
        Review review = ReviewReader.raw(bytes("{'x':[{}],'request': " + request + " ,'y':1}"));
        assertThat(payload(review)).isEqualTo("{'request':" + request + ",'settings':{'s':1}}");
        assertThat(review.uid()).isEmpty();
        assertThat(review.payload(bytes("{}")).original())
                .hasToString(
                        new com.fasterxml.jackson.databind.ObjectMapper()
                                .readTree(bytes(request))
                                .toString());
    }

    @Test
    void aRawRequestMayNameItself() throws Exception {
        String request = "{'request':{'deep':{'uid':'no'},'uid':'me'}}";
        assertThat(ReviewReader.raw(bytes(request)).uid()).isEqualTo("me");
    }

    @Test
    void aRawReviewWithoutRequestIsRefused() {
        assertThatExceptionOfType(InvalidReviewException.class)
                .isThrownBy(() -> ReviewReader.raw(bytes("{}")))
                .withMessageContaining("missing field `request`")
                .matches(e -> e.kind() == Kind.MISMATCH);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | missing field `request` at line 1 column 3",
                "[] | invalid type: sequence, expected an AdmissionReview",
                "7 | invalid type: integer, expected an AdmissionReview",
                "'x' | invalid type: string, expected an AdmissionReview",
                "{'request':null} | request: invalid type: null, expected an AdmissionRequest",
                "{'request':[]} | request: invalid type: sequence, expected an AdmissionRequest",
                "{'request':{}} | request: missing field `uid`",
            })
    void jsonOfAnotherShapeIsAMismatch(String body, String detail) {
        InvalidReviewException refusal = refused(bytes(body));
        assertThat(refusal.kind()).isEqualTo(Kind.MISMATCH);
        assertThat(refusal)
                .hasMessageStartingWith(
                        "Failed to deserialize the JSON body into the target type: " + detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {"uid", "kind", "resource", "operation", "userInfo"})
    void aMissingMemberIsNamed(String member) {
        String without =
                LEAST.replaceFirst("'" + member + "':('[^']*'|\\{[^}]*\\}),?", "")
                        .replaceFirst(",$", "");
        InvalidReviewException refusal = refusedRequest(without);
        assertThat(refusal.kind()).isEqualTo(Kind.MISMATCH);
        assertThat(refusal).hasMessageContaining("request: missing field `" + member + "`");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'uid':null | request.uid: invalid type: null, expected a string",
                "'uid':1 | request.uid: invalid type: integer, expected a string",
                "'kind':null | request.kind: invalid type: null, expected a map",
                "'kind':{'group':'','version':''} | request.kind: missing field `kind`",
                "'kind':{'group':1} | request.kind.group: invalid type: integer",
                "'resource':{} | request.resource: missing field `group`",
                "'requestKind':{} | request.requestKind: missing field `group`",
                "'operation':{} | request.operation: invalid type: map, expected a string",
                "'namespace':true | request.namespace: invalid type: boolean, expected a string",
                "'name':1.5 | request.name: invalid type: floating point, expected a string",
                "'subResource':[] | request.subResource: invalid type: sequence",
                "'dryRun':'no' | request.dryRun: invalid type: string, expected a boolean",
                "'userInfo':null | request.userInfo: invalid type: null, expected a map",
                "'userInfo':{'username':1} | request.userInfo.username: invalid type: integer",
                "'userInfo':{'groups':'a'} | request.userInfo.groups: invalid type: string",
                "'userInfo':{'groups':['a',1]} | request.userInfo.groups[1]: invalid type",
                "'userInfo':{'extra':[]} | request.userInfo.extra: invalid type: sequence",
                "'userInfo':{'extra':{'k':'v'}} | request.userInfo.extra.k: invalid type: string",
            })
    void aMemberOfTheWrongTypeIsNamedWithItsPath(String member, String detail) {
        InvalidReviewException refusal = refusedRequest(member);
        assertThat(refusal.kind()).isEqualTo(Kind.MISMATCH);
        assertThat(refusal).hasMessageContaining(detail);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nope",
                "{",
                "{'request':",
                "{'a':1,}",
                "{'a':01}",
                "{'a':1e}",
                "{'a':NaN}",
                "{'a':+1}",
                "{'a':.5}",
                "{a:1}",
                "{'z':1} {}",
                "{'z':1} x",
                "{'z':1}]",
                "{/* no */}",
                "{'a':'\\x'}",
                "{'a':'line\nbreak'}",
                "\ufeff{}",
                "{'a':'\\ud800'}",
                "{'a':'\\udc00'}",
                "{'a':'\\ud800\\u0041'}",
                "{'\\ud800':1}",
            })
    void whatIsNoJsonIsMalformed(String body) {
        String request = body.startsWith("{'") ? "{'request':{" + LEAST + "}," : "";
        byte[] bytes = bytes(request.isEmpty() ? body : request + body.substring(1));
        InvalidReviewException refusal = refused(bytes);
        assertThat(refusal).hasMessageStartingWith("Failed to parse the request body as JSON: ");
        assertThat(refusal.kind()).isEqualTo(Kind.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'uid':'a','uid':'a'",
                "'uid':'a','\\u0075id':'b'",
                "'object':{'a':{'b':[{'c':1,'c':2}]}}",
                "'unknown':{'x':1,'x':1}",
                "'object':{},'object':{}",
            })
    void theSameMemberTwiceIsMalformedWhereverItIs(String members) {
        InvalidReviewException refusal = refusedRequest(members);
        assertThat(refusal.kind()).isEqualTo(Kind.MALFORMED);
        assertThat(refusal).hasMessageContaining("Duplicate field");
    }

    @Test
    void nestingHasABound() {
        String deep = "'object':" + "[".repeat(600) + "]".repeat(600);
        assertThat(refusedRequest(LEAST + "," + deep).kind()).isEqualTo(Kind.MALFORMED);
    }

    @Test
    void aHundredLevelsAreFine() throws Exception {
        String deep = ",'object':" + "[".repeat(100) + "]".repeat(100);
        assertThat(admitted("{'request':{" + LEAST + deep + "}}")).contains(deep);
    }

    @Test
    void numbersHaveABound() {
        String number = "'object':" + "1".repeat(1_001);
        assertThat(refusedRequest(LEAST + "," + number).kind()).isEqualTo(Kind.MALFORMED);
    }

    @Test
    void bytesThatAreNoUtf8AreMalformed() {
        for (int[] bytes : new int[][] {{0xff}, {0xc0, 0xaf}, {0xed, 0xa0, 0x80}, {0xc3}, {0x80}}) {
            byte[] body = bytes("{'request':{" + LEAST + ",'object':'    '}}");
            int at = new String(body, UTF_8).indexOf("    ");
            for (int i = 0; i < bytes.length; i++) {
                body[at + i] = (byte) bytes[i];
            }
            InvalidReviewException refusal = refused(body);
            assertThat(refusal.kind()).isEqualTo(Kind.MALFORMED);
            assertThat(refusal).hasMessageContaining("UTF-8");
        }
    }

    @Test
    void otherEncodingsAreMalformed() {
        String json = "{'request':{" + LEAST + "}}";
        for (var charset :
                new java.nio.charset.Charset[] {
                    StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, StandardCharsets.UTF_32LE
                }) {
            assertThat(refused(json.replace('\'', '"').getBytes(charset)).kind())
                    .isEqualTo(Kind.MALFORMED);
        }
    }

    @Test
    void everyPrefixOfAReviewIsMalformed() {
        byte[] whole = bytes("{'request':{" + LEAST + ",'object':{'a':[1.5,true,'é']}}}");
        for (int length = 0; length < whole.length; length++) {
            byte[] prefix = java.util.Arrays.copyOf(whole, length);
            assertThat(refused(prefix).kind())
                    .as("first %d bytes", length)
                    .isEqualTo(Kind.MALFORMED);
        }
    }

    @Test
    void aStringOfSomeMegabytesIsFine() throws Exception {
        String big = "'" + "x".repeat(3 << 20) + "'";
        assertThat(admitted("{'request':{" + LEAST + ",'object':" + big + "}}")).contains(big);
    }
}
