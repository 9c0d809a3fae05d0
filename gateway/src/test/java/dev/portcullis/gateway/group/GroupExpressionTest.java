package dev.portcullis.gateway.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Policy-server §15. Members: {@code y} says yes, {@code n} says no, {@code u} is undecided. */
class GroupExpressionTest {
    private static final Set<String> MEMBERS =
            Set.of("y", "n", "u", "pod-privileged", "if", "3d", "_x9");

    /** The members that were called, in order. */
    private final List<String> called = new ArrayList<>();

    private static GroupExpression parse(String text) throws ExpressionException {
        return GroupExpression.parse("g", text, MEMBERS);
    }

    private Decision evaluate(String text) throws ExpressionException {
        return parse(text)
                .<RuntimeException>evaluate(member -> {
                    called.add(member);
                    return switch (member) {
                        case "y", "_x9" -> Decision.YES;
                        case "n" -> Decision.NO;
                        default -> Decision.UNDECIDED;
                    };
                });
    }

    private static String refused(String text) {
        return String.valueOf(
                assertThatExceptionOfType(ExpressionException.class)
                        .isThrownBy(() -> parse(text))
                        .actual()
                        .getMessage());
    }

    @ParameterizedTest(name = "{0} is {1}, calls {2}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                // What operators mean.
                "true; YES; ``",
                "false; NO; ``",
                "y(); YES; y",
                "n(); NO; n",
                "!y(); NO; y",
                "!n(); YES; n",
                "!!n(); NO; n",
                "y() && y(); YES; y y",
                "y() && n(); NO; y n",
                "n() || y(); YES; n y",
                "n() || n(); NO; n n",
                "y() & n(); NO; y n",
                "y() & y(); YES; y y",
                "n() | y(); YES; n y",
                "n() | n(); NO; n n",
                "y() ^ n(); YES; y n",
                "y() ^ y(); NO; y y",
                "y() == n(); NO; y n",
                "y() != n(); YES; y n",
                "n() < y(); YES; n y",
                "y() < y(); NO; y y",
                "y() <= n(); NO; y n",
                "y() > n(); YES; y n",
                "n() >= y(); NO; n y",
                "true || y(); YES; ``",
                "_x9(); YES; _x9",
                "`  y ( ) \n&&\ty()`; YES; y y",
                "`y() // the first\n && /* and /* the */ other */ n()`; NO; y n",
                // What is not needed is not called; what is called twice runs twice.
                "y() || n(); YES; y",
                "n() && y(); NO; n",
                "n() && y() || y(); YES; n y",
                "y() || n() && u(); YES; y",
                "y() || n() || u(); YES; y",
                "n() && y() && u(); NO; n",
                "y() | n(); YES; y n",
                "n() & y(); NO; n y",
                "y() && y() && !y(); NO; y y y",
                "y() && !(n() || y()); NO; y n y",
                // Precedence, lowest first: || ^ |, && &, == !=, < <= > >=.
                "y() || n() && n(); YES; y",
                "(y() || n()) && n(); NO; y n",
                "y() | n() & n(); YES; y n n",
                "n() & n() | y(); YES; n n y",
                "y() ^ y() & n(); YES; y y n",
                "n() || y() ^ y(); NO; n y y",
                "n() && n() == n(); NO; n",
                "n() == n() < y(); NO; n n y",
                "!n() == y(); YES; n y",
                "y() == y() == n(); NO; y y n",
                // Numbers and strings.
                "2 > 1; YES; ``",
                "1 + 2 * 3 == 7; YES; ``",
                "(1 + 2) * 3 == 9; YES; ``",
                "10 - 2 - 3 == 5; YES; ``",
                "7 / 2 == 3 && 7 % 4 == 3; YES; ``",
                "-7 / 2 == -3; YES; ``",
                "7.0 / 2 == 3.5; YES; ``",
                "1 < 1.5 && 1e3 == 1000; YES; ``",
                "0xff == 255 && 0b101 == 5 && 0o17 == 15; YES; ``",
                "1_000 == 1000; YES; ``",
                "-9223372036854775808 < 0; YES; ``",
                "- (1) == -1 && +1 == 1 && --1 == 1; YES; ``",
                "0.0 == -0.0; YES; ``",
                "\"a\" + \"b\" == \"ab\"; YES; ``",
                "\"a\" < \"b\" && \"\\\"\\\\\\n\" != \"n\"; YES; ``",
                "1 == 1 == true; YES; ``",
                "2 > 1 && y(); YES; y",
                "1 > 2 && y(); NO; ``",
            })
    void anExpressionComesToWhatTheTableSays(String text, Decision result, String calls)
            throws Exception {
        assertThat(evaluate(text)).isEqualTo(result);
        assertThat(String.join(" ", called)).isEqualTo(calls);
    }

    @ParameterizedTest(name = "{0} is {1}, calls {2}")
    @CsvSource(
            delimiter = ';',
            value = {
                "u(); UNDECIDED; u",
                "!u(); UNDECIDED; u",
                "u() || y(); YES; u y",
                "u() || n(); UNDECIDED; u n",
                "n() || u(); UNDECIDED; n u",
                "y() || u(); YES; y",
                "u() && y(); UNDECIDED; u",
                "y() && u(); UNDECIDED; y u",
                "n() && u(); NO; n",
                "!(u() && n()); UNDECIDED; u",
                "!(n() && u()); YES; n",
                "!(u() || y()); NO; u y",
                "u() | y(); YES; u y",
                "u() | n(); UNDECIDED; u n",
                "u() & n(); NO; u n",
                "u() & y(); UNDECIDED; u y",
                "u() ^ y(); UNDECIDED; u y",
                "u() == false; UNDECIDED; u",
                "u() != true; UNDECIDED; u",
                "u() < true; UNDECIDED; u",
                "u() == u(); UNDECIDED; u u",
                "y() && !u() || n(); UNDECIDED; y u n",
                "y() && !u() || y(); YES; y u y",
            })
    void anUndecidedMemberNeverMakesAYes(String text, Decision result, String calls)
            throws Exception {
        anExpressionComesToWhatTheTableSays(text, result, calls);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "``; line 1, column 1: the expression is empty",
                "` // y()`; the expression is empty",
                "x(); line 1, column 1: there is no member 'x'; the members are 3d, _x9, if, n,",
                "y() && x; line 1, column 8: there is no member 'x'",
                "g(); line 1, column 1: 'g' is this group itself, which cannot be its own member",
                "y() && (n() || g()); line 1, column 16: 'g' is this group itself",
                "Y(); there is no member 'Y'",
                "y; line 1, column 1: 'y' is a member and must be called: write y()",
                "y(1); line 1, column 2: members take no arguments: write y()",
                "y(; line 1, column 2: members take no arguments",
                "y()(); line 1, column 4: expected an operator such as && or ||, but found '('",
                "pod-privileged(); line 1, column 1: member 'pod-privileged' cannot be called,"
                        + " because its name is no identifier",
                "y() && 3d(); line 1, column 8: member '3d' cannot be called",
                "!if(); line 1, column 2: member 'if' cannot be called, because its name is a"
                        + " reserved word",
                "1 + 1; line 1, column 1: the expression comes to a whole number, but must come to"
                        + " a boolean",
                "y() && 1.5; line 1, column 5: '&&' cannot join a boolean and a number with a"
                        + " fraction",
                "\"y\"; line 1, column 1: the expression comes to a string",
                "y() + 1; line 1, column 5: '+' cannot join a boolean and a whole number",
                "y() + n(); line 1, column 5: '+' cannot join a boolean and a boolean",
                "y() == 1; line 1, column 5: '==' cannot join a boolean and a whole number",
                "\"1\" == 1; line 1, column 5: '==' cannot join a string and a whole number",
                "\"1\" - \"1\"; line 1, column 5: '-' cannot join a string and a string",
                "1 && y(); line 1, column 3: '&&' cannot join a whole number and a boolean",
                "1 & 1 == 1; line 1, column 3: '&' cannot join a whole number and a boolean",
                "(1 & 1) == 1; line 1, column 4: '&' cannot join a whole number and a whole number",
                "(1.5 ^ 1) == 1; line 1, column 6: '^' cannot join a number with a fraction and",
                "1 < 2 < 3; line 1, column 7: '<' cannot join a boolean and a whole number",
                "!1; line 1, column 1: '!' wants a boolean, not a whole number",
                "-y(); line 1, column 1: '-' wants a number, not a boolean",
                "-\"a\" == \"a\"; line 1, column 1: '-' wants a number, not a string",
                "1 / 0 == 1; line 1, column 3: the result of '/' is out of range or undefined",
                "1 % 0 == 1; line 1, column 3: the result of '%' is out of range or undefined",
                "1.0 / 0 > 1; line 1, column 5: the result of '/' is out of range or undefined",
                "9223372036854775807 + 1 > 0; line 1, column 21: the result of '+' is out of range",
                "-(-9223372036854775808) > 0; line 1, column 1: the result of '-' is out of range",
                "9223372036854775808 > 0; line 1, column 1: the number '9223372036854775808' is out"
                        + " of range",
                "1e999 > 0; line 1, column 1: the number '1e999' is out of range",
                "0x_ > 0; line 1, column 1: the number '0x_' is out of range",
                "true || 1 / 0 > 0; line 1, column 11: the result of '/'",
                "y(),; line 1, column 4: expected an operator",
                "y() n(); line 1, column 5: expected an operator such as && or ||, but found 'n'",
                "this is not rhai; line 1, column 1: there is no member 'this'",
                "y() &&; line 1, column 7: expected a call of a member, as in _x9(), but found the"
                        + " end of the expression",
                "&& y(); line 1, column 1: expected a call of a member, as in _x9(), but found '&&'",
                "(y(); line 1, column 1: '(' is never closed; add ')'",
                "(y() n()); line 1, column 6: expected an operator",
                "y()); line 1, column 4: expected an operator such as && or ||, but found ')'",
                "(); line 1, column 2: expected a call of a member, as in _x9(), but found ')'",
                "y() == = n(); line 1, column 8: '=' is a reserved word",
                "y() = n(); line 1, column 5: '=' is no operator: a group has a single expression,"
                        + " not statements",
                "{ y() }; line 1, column 1: '{' is a reserved word: an expression consists of calls",
                "let a = y(); line 1, column 1: 'let' is a reserved word: an expression consists",
                "while true {}; line 1, column 1: 'while' is a reserved word",
                "return y(); line 1, column 1: 'return' is a reserved word",
                "y() && fn; line 1, column 8: 'fn' is a reserved word",
                "1 << 2 > 0; line 1, column 4: expected a call of a member",
                "2 ** 2 > 0; line 1, column 4: expected a call of a member",
                "y() ?? n(); line 1, column 5: expected an operator such as && or ||, but found '?'",
                "y() and n(); line 1, column 5: expected an operator such as && or ||, but found"
                        + " 'and'",
                "`\"open && y()`; line 1, column 1: a string does not end; add \"",
                "`\"\\q\" == \"q\"`; line 1, column 3: unknown escape in a string",
                "`y() /* && n()`; line 1, column 5: a comment does not end; add */",
                "`y()\n  && x()`; line 2, column 6: there is no member 'x'",
                "é(); line 1, column 1: expected a call of a member, as in _x9(), but found 'é'",
                "😀; line 1, column 1: expected a call of a member, as in _x9(), but found '😀'",
            })
    void aMistakeIsNamedWithItsPlaceAndWhatToDo(String text, String message) {
        assertThat(refused(text)).contains(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"y();", "y(); n()"})
    void statementsAreRefused(String text) {
        assertThat(refused(text))
                .isEqualTo(
                        "line 1, column 4: ';' is no operator: a group has a single expression, not"
                                + " statements");
    }

    @Test
    void nestingEndsAtSixtyFourLevels() throws Exception {
        assertThat(evaluate("(".repeat(64) + "y()" + ")".repeat(64))).isEqualTo(Decision.YES);
        assertThat(evaluate("!".repeat(64) + "y()")).isEqualTo(Decision.YES);
        String tooDeep = "the expression nests deeper than 64 levels; simplify it";
        assertThat(refused("(".repeat(65) + "y()" + ")".repeat(65))).endsWith(tooDeep);
        assertThat(refused("!".repeat(65) + "y()")).endsWith(tooDeep);
        assertThat(refused("-".repeat(66) + "1 > 0")).endsWith(tooDeep);
        assertThat(refused("(".repeat(50_000))).endsWith(tooDeep);
    }

    @Test
    void oneBesideTheOtherIsNoNesting() throws Exception {
        assertThat(evaluate("(n()) || ".repeat(1_000) + "y()")).isEqualTo(Decision.YES);
        assertThat(called).hasSize(1_001);
        assertThat(evaluate("n() ^ ".repeat(10_000) + "y()")).isEqualTo(Decision.YES);
    }

    @Test
    void lengthHasABound() {
        assertThat(refused("y() || ".repeat(10_000) + "y()"))
                .isEqualTo("the expression is longer than 65536 characters; shorten it");
    }

    @Test
    void callsAreListedAsOftenAsTheyAreWritten() throws Exception {
        assertThat(parse("y() || n() && y()").calls()).containsExactly("y", "n", "y");
        assertThat(parse("2 > 1").calls()).isEmpty();
    }

    @Test
    void whatAMemberThrowsEndsTheEvaluation() {
        assertThatExceptionOfType(java.io.IOException.class)
                .isThrownBy(() ->
                        parse("!y() || y()")
                                .evaluate(member -> {
                                    throw new java.io.IOException("gone");
                                }))
                .withMessage("gone");
    }
}
