package dev.portcullis.host.policy;

import dev.portcullis.host.Evaluation;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.PolicyMetadata;
import dev.portcullis.host.PolicyModule;
import dev.portcullis.host.SettingsEvaluation;
import dev.portcullis.host.StartLevel;
import dev.portcullis.host.policy.AnswerReader.UnreadableAnswerException;
import dev.portcullis.host.wapc.Operation;
import dev.portcullis.host.wapc.WapcProgram;
import dev.portcullis.host.wapc.WapcResult;

/** A policy in execution mode {@code kubewarden-wapc} (guest-abi §3; texts of §11). */
final class WapcPolicyModule implements PolicyModule {
    private static final String SETTINGS_CALL = "Error invoking settings validation callback: ";

    /** What the reference's engine says of a call that took too long (guest-abi §3.3). */
    private static final String INTERRUPTED = "guest code interrupted, execution deadline exceeded";

    private final String digest;
    private final PolicyMetadata metadata;
    private final WapcProgram program;

    WapcPolicyModule(String digest, PolicyMetadata metadata, WapcProgram program) {
        this.digest = digest;
        this.metadata = metadata;
        this.program = program;
    }

    @Override
    public String digest() {
        return digest;
    }

    @Override
    public PolicyMetadata metadata() {
        return metadata;
    }

    @Override
    public StartLevel startLevel() {
        return program.level();
    }

    @Override
    public void prepare(byte[] settings) {
        program.practise(Operation.VALIDATE, WarmUpRequests.payloads(metadata, settings));
    }

    @Override
    public Evaluation validate(byte[] payload, EvaluationContext context) {
        return switch (program.run(Operation.VALIDATE, payload, context)) {
            case WapcResult.Answered(var response) -> {
                try {
                    yield new Evaluation.Answered(AnswerReader.validation(response));
                } catch (UnreadableAnswerException e) {
                    yield new Evaluation.Failed(
                            FailureReason.ANSWER,
                            "internal server error: invalid response from policy: " + e.detail());
                }
            }
            case WapcResult.CallFailed(var reason, var text) ->
                    new Evaluation.Failed(
                            reason, "internal server error: Guest call failure: " + text);
            case WapcResult.StartFailed(var reason, var text) ->
                    new Evaluation.Failed(
                            reason, "internal server error: Initialization failed: " + text);
            case WapcResult.Stopped(var reason, var message) ->
                    new Evaluation.Failed(reason, message);
        };
    }

    @Override
    public SettingsEvaluation validateSettings(byte[] settings, EvaluationContext context) {
        return switch (program.run(Operation.VALIDATE_SETTINGS, settings, context)) {
            case WapcResult.Answered(var response) -> {
                try {
                    var answer = AnswerReader.settings(response);
                    yield answer.valid()
                            ? new SettingsEvaluation.Valid()
                            : new SettingsEvaluation.Invalid(answer.message());
                } catch (UnreadableAnswerException e) {
                    yield new SettingsEvaluation.Failed(
                            FailureReason.ANSWER,
                            "error: InvalidResponseWithError(" + quoted(e.detail()) + ")");
                }
            }
            case WapcResult.CallFailed(var reason, var text) ->
                    new SettingsEvaluation.Failed(
                            reason, SETTINGS_CALL + "GuestCallFailure(" + quoted(text) + ")");
            case WapcResult.StartFailed(var reason, var text) ->
                    new SettingsEvaluation.Failed(
                            reason, SETTINGS_CALL + "InitializationFailed(" + quoted(text) + ")");
            case WapcResult.Stopped(var reason, _) when reason == FailureReason.DEADLINE ->
                    new SettingsEvaluation.Failed(
                            reason,
                            SETTINGS_CALL + "GuestCallFailure(" + quoted(INTERRUPTED) + ")");
            case WapcResult.Stopped(var reason, var message) ->
                    new SettingsEvaluation.Failed(reason, message);
        };
    }

    /** A text as the reference prints it for developers: in quotes, with escapes. */
    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        text.codePoints()
                .forEach(character -> {
                    switch (character) {
                        case '"' -> quoted.append("\\\"");
                        case '\\' -> quoted.append("\\\\");
                        case '\n' -> quoted.append("\\n");
                        case '\r' -> quoted.append("\\r");
                        case '\t' -> quoted.append("\\t");
                        default -> {
                            if (Character.isISOControl(character)) {
                                quoted.append("\\u{")
                                        .append(Integer.toHexString(character))
                                        .append('}');
                            } else {
                                quoted.appendCodePoint(character);
                            }
                        }
                    }
                });
        return quoted.append('"').toString();
    }
}
