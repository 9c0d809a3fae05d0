package dev.portcullis.gateway.group;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What joins two operands. All of one precedence are taken from left to right. */
enum Operator {
    OR("||", 1),
    EITHER("|", 1),
    DIFFERENT("^", 1),
    AND("&&", 2),
    BOTH("&", 2),
    EQUAL("==", 3),
    UNEQUAL("!=", 3),
    LESS("<", 4),
    AT_MOST("<=", 4),
    MORE(">", 4),
    AT_LEAST(">=", 4),
    PLUS("+", 5),
    MINUS("-", 5),
    TIMES("*", 6),
    DIVIDED("/", 6),
    REMAINDER("%", 6);

    /** Binds least. */
    static final int LOWEST = 1;

    private static final Map<String, Operator> BY_SYMBOL =
            Arrays.stream(values())
                    .collect(Collectors.toUnmodifiableMap(Operator::symbol, Function.identity()));

    private final String symbol;
    private final int precedence;

    Operator(String symbol, int precedence) {
        this.symbol = symbol;
        this.precedence = precedence;
    }

    static @Nullable Operator of(String symbol) {
        return BY_SYMBOL.get(symbol);
    }

    String symbol() {
        return symbol;
    }

    /** Higher binds tighter. */
    int precedence() {
        return precedence;
    }

    /**
     * Whether the right operand is not evaluated after this left one, which is then the result.
     * Undecided counts as no here, so that the same members are called as in the reference.
     */
    boolean decidedBy(Decision left) {
        return (this == OR && left == Decision.YES) || (this == AND && left != Decision.YES);
    }

    /** The result for two decisions that are both known. */
    Decision of(Decision left, Decision right) {
        if ((this == OR || this == EITHER) && (left == Decision.YES || right == Decision.YES)) {
            return Decision.YES;
        }
        if ((this == AND || this == BOTH) && (left == Decision.NO || right == Decision.NO)) {
            return Decision.NO;
        }
        if (left == Decision.UNDECIDED || right == Decision.UNDECIDED) {
            return Decision.UNDECIDED;
        }
        return Decision.of(of(left == Decision.YES, right == Decision.YES));
    }

    private boolean of(boolean left, boolean right) {
        return switch (this) {
            case OR, EITHER -> left || right;
            case AND, BOTH -> left && right;
            case DIFFERENT -> left != right;
            case EQUAL, UNEQUAL, LESS, AT_MOST, MORE, AT_LEAST ->
                    holds(Boolean.compare(left, right));
            case PLUS, MINUS, TIMES, DIVIDED, REMAINDER -> throw unfit();
        };
    }

    /** Whether booleans can be joined by this. */
    boolean joinsBooleans() {
        return precedence < PLUS.precedence;
    }

    /** Whether this compares. */
    boolean compares() {
        return precedence == EQUAL.precedence || precedence == LESS.precedence;
    }

    /** Whether this calculates with numbers; {@link #PLUS} joins strings as well. */
    boolean calculates() {
        return precedence >= PLUS.precedence;
    }

    /** Whether a comparison holds that came to this order: negative, zero or positive. */
    boolean holds(int order) {
        return switch (this) {
            case EQUAL -> order == 0;
            case UNEQUAL -> order != 0;
            case LESS -> order < 0;
            case AT_MOST -> order <= 0;
            case MORE -> order > 0;
            case AT_LEAST -> order >= 0;
            case OR, EITHER, DIFFERENT, AND, BOTH, PLUS, MINUS, TIMES, DIVIDED, REMAINDER ->
                    throw unfit();
        };
    }

    /**
     * The result of a calculation.
     *
     * @throws ArithmeticException when there is none
     */
    long of(long left, long right) {
        return switch (this) {
            case PLUS -> Math.addExact(left, right);
            case MINUS -> Math.subtractExact(left, right);
            case TIMES -> Math.multiplyExact(left, right);
            case DIVIDED -> Math.divideExact(left, right);
            case REMAINDER -> left % right;
            case OR, EITHER, DIFFERENT, AND, BOTH, EQUAL, UNEQUAL, LESS, AT_MOST, MORE, AT_LEAST ->
                    throw unfit();
        };
    }

    /**
     * The result of a calculation.
     *
     * @throws ArithmeticException when there is none
     */
    double of(double left, double right) {
        double result =
                switch (this) {
                    case PLUS -> left + right;
                    case MINUS -> left - right;
                    case TIMES -> left * right;
                    case DIVIDED -> left / right;
                    case REMAINDER -> left % right;
                    case OR,
                            EITHER,
                            DIFFERENT,
                            AND,
                            BOTH,
                            EQUAL,
                            UNEQUAL,
                            LESS,
                            AT_MOST,
                            MORE,
                            AT_LEAST ->
                            throw unfit();
                };
        if (!Double.isFinite(result)) {
            throw new ArithmeticException("no finite result");
        }
        return result;
    }

    private IllegalStateException unfit() {
        return new IllegalStateException(
                symbol + " was let through to operands that it cannot join");
    }
}
