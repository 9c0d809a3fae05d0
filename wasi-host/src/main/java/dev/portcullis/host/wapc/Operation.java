package dev.portcullis.host.wapc;

/** What a waPC policy is asked to do (guest-abi §3.4). */
public enum Operation {
    VALIDATE("validate"),
    VALIDATE_SETTINGS("validate_settings");

    private final String wireName;

    Operation(String wireName) {
        this.wireName = wireName;
    }

    /** The name that the guest is given. */
    public String wireName() {
        return wireName;
    }
}
