package dev.portcullis.gateway.group;

/** What a part of an expression comes to: a {@link Condition}, or a value known beforehand. */
sealed interface Term permits Condition, Term.Value {
    /** The type's name in messages. */
    String type();

    /** Not a boolean, so no member is in it. */
    sealed interface Value extends Term {}

    record Whole(long value) implements Value {
        @Override
        public String type() {
            return "a whole number";
        }
    }

    record Fraction(double value) implements Value {
        @Override
        public String type() {
            return "a number with a fraction";
        }
    }

    record Text(String value) implements Value {
        @Override
        public String type() {
            return "a string";
        }
    }
}
