package dev.portcullis.gateway.group;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads an expression by precedence climbing, and finds out its types on the way.
 *
 * <p>Members are booleans, so everything else is a constant and calculated here.
 */
final class ExpressionParser {
    /** The reference's bound for nesting. */
    private static final int DEEPEST = 64;

    private static final int LONGEST = 65_536;

    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** Words of statements, and those that the Kubewarden controller refuses as member names. */
    private static final Set<String> KEYWORDS =
            Set.of(
                    "as",
                    "break",
                    "case",
                    "catch",
                    "const",
                    "continue",
                    "do",
                    "else",
                    "export",
                    "false",
                    "fn",
                    "for",
                    "function",
                    "if",
                    "import",
                    "in",
                    "let",
                    "loop",
                    "namespace",
                    "null",
                    "package",
                    "private",
                    "return",
                    "switch",
                    "throw",
                    "true",
                    "try",
                    "until",
                    "var",
                    "void",
                    "while");

    private final String group;
    private final String text;
    private final Set<String> members;
    private final List<String> uncallable;
    private final Lexer lexer;
    private Token token;
    private int depth;
    private final List<String> calls = new ArrayList<>();

    ExpressionParser(String group, String text, Collection<String> members)
            throws ExpressionException {
        this.group = group;
        this.text = text;
        this.members = new TreeSet<>(members);
        uncallable =
                members.stream().filter(member -> !IDENTIFIER.matcher(member).matches()).toList();
        if (text.length() > LONGEST) {
            throw new ExpressionException(
                    "the expression is longer than " + LONGEST + " characters; shorten it");
        }
        lexer = new Lexer(text);
        token = lexer.next();
    }

    /** The whole expression. */
    Condition parse() throws ExpressionException {
        if (token.kind() == Token.Kind.END) {
            throw problem(token, "the expression is empty; call members, as in " + example());
        }
        Token first = token;
        Term term = term(Operator.LOWEST);
        if (token.kind() != Token.Kind.END) {
            throw leftOver();
        }
        if (term instanceof Condition condition) {
            return condition;
        }
        throw problem(
                first,
                "the expression comes to "
                        + term.type()
                        + ", but must come to a boolean; call members, as in "
                        + example());
    }

    /** The members that are called, one for every call; after {@link #parse}. */
    List<String> calls() {
        return calls;
    }

    private Term term(int lowest) throws ExpressionException {
        Term left = operand();
        for (Operator operator = operator(lowest); operator != null; operator = operator(lowest)) {
            Token at = advance();
            left = joined(left, operator, at, term(operator.precedence() + 1));
        }
        return left;
    }

    /** The operator that stands here, unless it binds less than that. */
    private @Nullable Operator operator(int lowest) {
        Operator operator = token.kind() == Token.Kind.SYMBOL ? Operator.of(token.text()) : null;
        return operator == null || operator.precedence() < lowest ? null : operator;
    }

    private Term operand() throws ExpressionException {
        refuseUncallable();
        Token start = advance();
        return switch (start.kind()) {
            case NAME -> name(start);
            case NUMBER -> number(start, "");
            case TEXT -> new Term.Text(start.text());
            case SYMBOL ->
                    switch (start.text()) {
                        case "(" -> parenthesised(start);
                        case "!" -> negated(start);
                        case "-", "+" -> signed(start);
                        default -> throw noOperand(start);
                    };
            case END -> throw noOperand(start);
        };
    }

    private Term parenthesised(Token open) throws ExpressionException {
        descend(open);
        Term inner = term(Operator.LOWEST);
        depth--;
        if (!token.is(")")) {
            if (token.kind() == Token.Kind.END) {
                throw problem(open, "'(' is never closed; add ')'");
            }
            throw leftOver();
        }
        advance();
        return inner;
    }

    private Condition negated(Token not) throws ExpressionException {
        descend(not);
        Term inner = operand();
        depth--;
        return switch (inner) {
            case Condition.Constant(var value) -> new Condition.Constant(!value);
            case Condition condition -> new Condition.Not(condition);
            case Term.Value value -> throw problem(not, "'!' wants a boolean, not " + value.type());
        };
    }

    private Term signed(Token sign) throws ExpressionException {
        descend(sign);
        refuseUncallable();
        Term inner =
                token.kind() == Token.Kind.NUMBER ? number(advance(), sign.text()) : opposite(sign);
        depth--;
        return inner;
    }

    private Term opposite(Token sign) throws ExpressionException {
        Term inner = operand();
        boolean minus = sign.is("-");
        return switch (inner) {
            case Term.Whole(var value) when value == Long.MIN_VALUE && minus ->
                    throw problem(sign, "the result of '-' is out of range");
            case Term.Whole(var value) -> new Term.Whole(minus ? -value : value);
            case Term.Fraction(var value) -> new Term.Fraction(minus ? -value : value);
            case Term.Text _, Condition _ ->
                    throw problem(
                            sign, "'" + sign.text() + "' wants a number, not " + inner.type());
        };
    }

    private void descend(Token at) throws ExpressionException {
        if (++depth > DEEPEST) {
            throw problem(
                    at, "the expression nests deeper than " + DEEPEST + " levels; simplify it");
        }
    }

    private Condition name(Token name) throws ExpressionException {
        String word = name.text();
        if (word.equals("true") || word.equals("false")) {
            return new Condition.Constant(word.equals("true"));
        }
        if (KEYWORDS.contains(word)) {
            throw problem(name, members.contains(word) ? reserved(word) : statement(word));
        }
        boolean member = members.contains(word);
        if (!token.is("(")) {
            throw problem(
                    name,
                    member
                            ? "'" + word + "' is a member and must be called: write " + word + "()"
                            : unknown(word));
        }
        Token open = advance();
        if (!member) {
            throw problem(name, unknown(word));
        }
        if (!token.is(")")) {
            throw problem(open, "members take no arguments: write " + word + "()");
        }
        advance();
        calls.add(word);
        return new Condition.Call(word);
    }

    private String unknown(String word) {
        return word.equals(group)
                ? "'" + word + "' is this group itself, which cannot be its own member; " + known()
                : "there is no member '" + word + "'; " + known();
    }

    private String known() {
        return "the members are " + String.join(", ", members);
    }

    private static String reserved(String word) {
        return "member '"
                + word
                + "' cannot be called, because its name is a reserved word; rename it";
    }

    private static String statement(String word) {
        return "'"
                + word
                + "' is a reserved word: an expression consists of calls of members, !, &&, || and"
                + " parentheses";
    }

    /** A name like {@code pod-privileged} would be read as a subtraction. */
    private void refuseUncallable() throws ExpressionException {
        for (String member : uncallable) {
            if (text.startsWith(member + "(", token.position())) {
                throw problem(
                        token,
                        "member '"
                                + member
                                + "' cannot be called, because its name is no identifier; rename it"
                                + " to letters, digits and _ that do not begin with a digit");
            }
        }
    }

    private Term number(Token number, String sign) throws ExpressionException {
        String digits = number.text().replace("_", "");
        try {
            if (digits.length() > 2
                    && Character.isLetter(digits.charAt(1))
                    && "xXoObB".indexOf(digits.charAt(1)) >= 0) {
                return new Term.Whole(Long.parseLong(sign + digits.substring(2), radix(digits)));
            }
            if (digits.chars().allMatch(Character::isDigit)) {
                return new Term.Whole(Long.parseLong(sign + digits));
            }
            double value = Double.parseDouble(sign + digits);
            if (Double.isFinite(value)) {
                return new Term.Fraction(value);
            }
        } catch (NumberFormatException e) {
            // Said below, as for a fraction that is too large.
        }
        throw problem(number, "the number '" + number.text() + "' is out of range");
    }

    private static int radix(String digits) {
        return switch (digits.charAt(1)) {
            case 'x', 'X' -> 16;
            case 'o', 'O' -> 8;
            default -> 2;
        };
    }

    private Term joined(Term left, Operator operator, Token at, Term right)
            throws ExpressionException {
        Term joined =
                switch (left) {
                    case Condition condition when right instanceof Condition other ->
                            operator.joinsBooleans()
                                    ? new Condition.Operation(condition, operator, other)
                                    : null;
                    case Term.Text(var text) when right instanceof Term.Text(var other) ->
                            strings(text, operator, other);
                    case Term.Value value when right instanceof Term.Value other ->
                            numbers(value, operator, at, other);
                    case Term _ -> null;
                };
        if (joined == null) {
            throw problem(
                    at,
                    "'%s' cannot join %s and %s"
                            .formatted(operator.symbol(), left.type(), right.type()));
        }
        return joined;
    }

    private static @Nullable Term strings(String left, Operator operator, String right) {
        if (operator.compares()) {
            return new Condition.Constant(operator.holds(left.compareTo(right)));
        }
        return operator == Operator.PLUS ? new Term.Text(left + right) : null;
    }

    private @Nullable Term numbers(Term.Value left, Operator operator, Token at, Term.Value right)
            throws ExpressionException {
        try {
            if (left instanceof Term.Whole(var one) && right instanceof Term.Whole(var other)) {
                return operator.compares()
                        ? new Condition.Constant(operator.holds(Long.compare(one, other)))
                        : operator.calculates() ? new Term.Whole(operator.of(one, other)) : null;
            }
            if (left instanceof Term.Text || right instanceof Term.Text) {
                return null;
            }
            double one = fraction(left);
            double other = fraction(right);
            return operator.compares()
                    ? new Condition.Constant(operator.holds(Double.compare(one + 0.0, other + 0.0)))
                    : operator.calculates() ? new Term.Fraction(operator.of(one, other)) : null;
        } catch (ArithmeticException e) {
            throw problem(
                    at, "the result of '" + operator.symbol() + "' is out of range or undefined");
        }
    }

    private static double fraction(Term.Value number) {
        return switch (number) {
            case Term.Whole(var value) -> value;
            case Term.Fraction(var value) -> value;
            case Term.Text text -> throw new IllegalStateException("no number: " + text);
        };
    }

    private ExpressionException noOperand(Token found) {
        if (found.kind() == Token.Kind.SYMBOL && "{;=".contains(found.text())) {
            return problem(found, statement(found.text()));
        }
        return problem(
                found,
                "expected a call of a member, as in " + example() + ", but found " + found.named());
    }

    private ExpressionException leftOver() {
        if (token.kind() == Token.Kind.SYMBOL && "{};=".contains(token.text())) {
            return problem(
                    token,
                    token.named()
                            + " is no operator: a group has a single expression, not statements");
        }
        return problem(token, "expected an operator such as && or ||, but found " + token.named());
    }

    private String example() {
        return members.stream()
                        .filter(member ->
                                IDENTIFIER.matcher(member).matches() && !KEYWORDS.contains(member))
                        .findFirst()
                        .orElse("member")
                + "()";
    }

    private ExpressionException problem(Token at, String problem) {
        return ExpressionException.at(text, at.position(), problem);
    }

    /** Steps over the word that stands here, and returns it. */
    private Token advance() throws ExpressionException {
        Token passed = token;
        token = lexer.next();
        return passed;
    }
}
