package dev.portcullis.gateway.group;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * The expression of a policy group (policy-server §15), checked as a whole: it names only members,
 * and comes to a boolean.
 *
 * <p>The reference checks nothing before the first request. Here what can be wrong is found when
 * the group is loaded; arithmetic is done then too, so that nothing is left that could fail later.
 */
public final class GroupExpression {
    private final String text;
    private final Condition condition;
    private final List<String> calls;

    private GroupExpression(String text, Condition condition, List<String> calls) {
        this.text = text;
        this.condition = condition;
        this.calls = List.copyOf(calls);
    }

    /**
     * Reads and checks an expression.
     *
     * @param group the group's name, for messages
     * @param members the names that it may call
     * @throws ExpressionException when it cannot be used
     */
    public static GroupExpression parse(String group, String text, Collection<String> members)
            throws ExpressionException {
        ExpressionParser parser = new ExpressionParser(group, text, members);
        Condition condition = parser.parse();
        return new GroupExpression(text, condition, parser.calls());
    }

    /** The members that it calls, one for every call that is written. */
    public List<String> calls() {
        return calls;
    }

    /**
     * The result for one request. Members are called from left to right, and only where the result
     * still depends on them.
     */
    public <E extends Exception> Decision evaluate(MemberCalls<E> members) throws E {
        return evaluate(condition, members);
    }

    /** Chains of operators lean to the left and may be long, so they are walked, not descended. */
    private static <E extends Exception> Decision evaluate(
            Condition condition, MemberCalls<E> members) throws E {
        Deque<Condition.Operation> chain = new ArrayDeque<>();
        Condition first = condition;
        while (first instanceof Condition.Operation operation) {
            chain.push(operation);
            first = operation.left();
        }
        Decision result = start(first, members);
        while (!chain.isEmpty()) {
            result = joined(result, chain.pop(), members);
        }
        return result;
    }

    private static <E extends Exception> Decision start(Condition condition, MemberCalls<E> members)
            throws E {
        return switch (condition) {
            case Condition.Constant(var value) -> Decision.of(value);
            case Condition.Call(var member) -> members.call(member);
            case Condition.Not(var inner) -> evaluate(inner, members).negated();
            case Condition.Operation operation ->
                    throw new IllegalStateException("still a chain: " + operation.operator());
        };
    }

    private static <E extends Exception> Decision joined(
            Decision left, Condition.Operation operation, MemberCalls<E> members) throws E {
        Operator operator = operation.operator();
        return operator.decidedBy(left)
                ? left
                : operator.of(left, evaluate(operation.right(), members));
    }

    /** The expression as written. */
    @Override
    public String toString() {
        return text;
    }
}
