package dev.portcullis.gateway.group;

/** A part of an expression that comes to a boolean. */
sealed interface Condition extends Term {
    @Override
    default String type() {
        return "a boolean";
    }

    record Constant(boolean value) implements Condition {}

    record Call(String member) implements Condition {}

    record Not(Condition inner) implements Condition {}

    record Operation(Condition left, Operator operator, Condition right) implements Condition {}
}
