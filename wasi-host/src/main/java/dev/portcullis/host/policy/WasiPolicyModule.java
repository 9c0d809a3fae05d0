package dev.portcullis.host.policy;

import dev.portcullis.host.Evaluation;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.PolicyMetadata;
import dev.portcullis.host.PolicyModule;
import dev.portcullis.host.SettingsEvaluation;
import dev.portcullis.host.StartLevel;
import dev.portcullis.host.policy.AnswerReader.UnreadableAnswerException;
import dev.portcullis.host.wasi.GuestCommand;
import dev.portcullis.host.wasi.WasiProgram;
import dev.portcullis.host.wasi.WasiResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A policy in execution mode {@code wasi} (guest-abi §4). */
final class WasiPolicyModule implements PolicyModule {
    private static final Logger LOGGER = LoggerFactory.getLogger(WasiPolicyModule.class);

    private final String digest;
    private final PolicyMetadata metadata;
    private final WasiProgram program;

    WasiPolicyModule(String digest, PolicyMetadata metadata, WasiProgram program) {
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
        return program.level(GuestCommand.VALIDATE);
    }

    @Override
    public void prepare(byte[] settings) {
        program.practise(GuestCommand.VALIDATE, WarmUpRequests.payloads(metadata, settings));
    }

    @Override
    public Evaluation validate(byte[] payload, EvaluationContext context) {
        return switch (program.run(GuestCommand.VALIDATE, payload, context)) {
            case WasiResult.Finished(var output, var errorText) -> {
                warn(errorText);
                try {
                    yield new Evaluation.Answered(AnswerReader.validation(output));
                } catch (UnreadableAnswerException e) {
                    yield new Evaluation.Failed(
                            FailureReason.ANSWER,
                            "internal server error: Cannot deserialize policy validation response: "
                                    + e.detail());
                }
            }
            case WasiResult.Failed(var reason, var message) ->
                    new Evaluation.Failed(reason, message);
        };
    }

    @Override
    public SettingsEvaluation validateSettings(byte[] settings, EvaluationContext context) {
        return switch (program.run(GuestCommand.VALIDATE_SETTINGS, settings, context)) {
            case WasiResult.Finished(var output, var errorText) -> {
                warn(errorText);
                try {
                    var answer = AnswerReader.settings(output);
                    yield answer.valid()
                            ? new SettingsEvaluation.Valid()
                            : new SettingsEvaluation.Invalid(answer.message());
                } catch (UnreadableAnswerException e) {
                    yield new SettingsEvaluation.Failed(
                            FailureReason.ANSWER,
                            "Cannot deserialize settings validation response: " + e.detail());
                }
            }
            case WasiResult.Failed(var reason, var message) ->
                    new SettingsEvaluation.Failed(reason, message);
        };
    }

    private void warn(String errorText) {
        if (!errorText.isEmpty()) {
            LOGGER.warn("policy module {} wrote to standard error: {}", digest, errorText);
        }
    }
}
