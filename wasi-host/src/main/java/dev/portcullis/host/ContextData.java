package dev.portcullis.host;

/**
 * What a policy without host calls is given to know about the cluster (guest-abi §5.2): the objects
 * of the kinds that it was granted.
 */
@FunctionalInterface
public interface ContextData {
    /** For policies that were granted nothing. */
    ContextData NONE = (_, _) -> new Data.Nothing();

    /** How the objects are arranged. */
    enum Form {
        /**
         * By plural, namespace and name; cluster-wide kinds by plural and name. What OPA policies
         * find under {@code data.kubernetes}.
         */
        BY_PLURAL,
        /**
         * By {@code cluster} and {@code namespace}, then by version, kind and name. What Gatekeeper
         * policies find under {@code data.inventory}.
         */
        INVENTORY
    }

    /** What there is to know. */
    sealed interface Data {
        /** The policy was granted no kind. */
        record Nothing() implements Data {}

        /** The objects, as a UTF-8 JSON object; must not be changed. */
        @SuppressWarnings("ArrayRecordComponent") // shared by evaluations and compared by nobody
        record Objects(byte[] json) implements Data {}

        /** The objects could not be had. */
        record Unavailable(String reason) implements Data {}
    }

    /**
     * The objects as they are now. Blocks until they are there, or for as long as makes sense
     * before the deadline.
     *
     * @throws InterruptedException when the evaluating thread was interrupted while it waited
     */
    Data objects(Form form, Deadline deadline) throws InterruptedException;
}
