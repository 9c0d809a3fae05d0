package dev.portcullis.host.wasi;

/** What a WASI policy is asked to do: its second argument (guest-abi §4). */
public enum GuestCommand {
    VALIDATE("validate"),
    VALIDATE_SETTINGS("validate-settings");

    private final String argument;

    GuestCommand(String argument) {
        this.argument = argument;
    }

    /** The word on the guest's command line. */
    public String argument() {
        return argument;
    }
}
