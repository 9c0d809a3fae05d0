package dev.portcullis.host.policy;

import dev.portcullis.host.ContextData;
import dev.portcullis.host.Evaluation;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.PolicyMetadata;
import dev.portcullis.host.PolicyMetadata.PolicyType;
import dev.portcullis.host.PolicyModule;
import dev.portcullis.host.SettingsEvaluation;
import dev.portcullis.host.StartLevel;
import dev.portcullis.host.engine.TieredModule;
import dev.portcullis.host.policy.AnswerReader.UnreadableAnswerException;
import dev.portcullis.host.rego.RegoProgram;
import dev.portcullis.host.rego.RegoResult;
import dev.portcullis.host.run.Practice;
import dev.portcullis.host.run.Watchdog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A policy in execution mode {@code opa} or {@code gatekeeper} (guest-abi §5). */
final class RegoPolicyModule implements PolicyModule {
    private static final Logger LOGGER = LoggerFactory.getLogger(RegoPolicyModule.class);
    private static final String ERROR = "internal server error: ";
    private static final String KUBERNETES = "kubernetes";
    private static final byte[] NO_DATA = "{}".getBytes(StandardCharsets.UTF_8);

    /** The two ways in which Rego policies are asked and answer. */
    enum Dialect {
        /** Answers a whole AdmissionReview. */
        OPA,
        /** Answers a list of violations. */
        GATEKEEPER
    }

    private final String digest;
    private final PolicyMetadata metadata;
    private final Dialect dialect;
    private final TieredModule module;
    private final RegoProgram program;
    private final Watchdog watchdog;

    RegoPolicyModule(
            String digest,
            PolicyMetadata metadata,
            Dialect dialect,
            TieredModule module,
            RegoProgram program,
            Watchdog watchdog) {
        this.digest = digest;
        this.metadata = metadata;
        this.dialect = dialect;
        this.module = module;
        this.program = program;
        this.watchdog = watchdog;
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
        Practice.practise(module, WarmUpRequests.payloads(metadata, settings), this::validate);
    }

    /** Rego policies know no check of their settings: they are always valid (guest-abi §2). */
    @Override
    public SettingsEvaluation validateSettings(byte[] settings, EvaluationContext context) {
        return new SettingsEvaluation.Valid();
    }

    @Override
    public Evaluation validate(byte[] payload, EvaluationContext context) {
        if (dialect == Dialect.GATEKEEPER && context.judged() == PolicyType.RAW) {
            return new Evaluation.Failed(
                    FailureReason.ANSWER,
                    ERROR + "Gatekeeper does not support raw validation requests");
        }
        ContextData.Data objects;
        try (var guard = watchdog.guard(context.deadline())) {
            try {
                objects =
                        context.contextData()
                                .objects(
                                        switch (dialect) {
                                            case OPA -> ContextData.Form.BY_PLURAL;
                                            case GATEKEEPER -> ContextData.Form.INVENTORY;
                                        },
                                        context.deadline());
            } catch (InterruptedException e) {
                if (guard.fired()) {
                    return new Evaluation.Failed(
                            FailureReason.DEADLINE, ERROR + RegoProgram.DEADLINE_TEXT);
                }
                Thread.currentThread().interrupt();
                return new Evaluation.Failed(
                        FailureReason.INTERNAL, ERROR + "evaluation was cancelled");
            }
        }
        try {
            return evaluated(RequestParts.of(payload), objects, context);
        } catch (IOException e) {
            return new Evaluation.Failed(
                    FailureReason.INTERNAL,
                    ERROR + "cannot read the validation request: " + e.getMessage());
        }
    }

    private Evaluation evaluated(
            RequestParts parts, ContextData.Data objects, EvaluationContext context)
            throws IOException {
        byte[] data;
        switch (objects) {
            case ContextData.Data.Nothing() ->
                    data = dialect == Dialect.OPA ? parts.settings() : NO_DATA;
            case ContextData.Data.Objects(var json) -> data = data(parts, json);
            case ContextData.Data.Unavailable(var reason) -> {
                return new Evaluation.Failed(FailureReason.CONTEXT, reason);
            }
        }
        return switch (program.evaluate(input(parts), data, context)) {
            case RegoResult.Finished(var json) -> answer(json);
            case RegoResult.Failed(var reason, var detail) ->
                    new Evaluation.Failed(reason, ERROR + detail);
        };
    }

    private byte[] input(RequestParts parts) {
        return switch (dialect) {
            case OPA -> joined("{\"request\":", parts.request(), "}");
            case GATEKEEPER ->
                    joined(
                            "{\"parameters\":",
                            parts.settings(),
                            ",\"review\":",
                            parts.request(),
                            "}");
        };
    }

    private byte[] data(RequestParts parts, byte[] objects) throws IOException {
        return switch (dialect) {
            case OPA -> {
                if (RequestParts.hasMember(parts.settings(), KUBERNETES)) {
                    LOGGER.warn(
                            "policy module {}: the cluster's objects take the place of the setting"
                                    + " '{}'",
                            digest,
                            KUBERNETES);
                }
                yield RequestParts.withMember(parts.settings(), KUBERNETES, objects);
            }
            case GATEKEEPER -> joined("{\"inventory\":", objects, "}");
        };
    }

    /** Texts and bytes in a row. */
    private static byte[] joined(Object... pieces) {
        var out = new ByteArrayOutputStream();
        for (var piece : pieces) {
            out.writeBytes(
                    piece instanceof byte[] bytes
                            ? bytes
                            : piece.toString().getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    private Evaluation answer(String json) {
        try {
            return switch (dialect) {
                case OPA -> new Evaluation.Reviewed(RegoAnswerReader.opa(json));
                case GATEKEEPER -> new Evaluation.Answered(RegoAnswerReader.gatekeeper(json));
            };
        } catch (UnreadableAnswerException e) {
            return new Evaluation.Failed(FailureReason.ANSWER, ERROR + e.detail());
        }
    }
}
