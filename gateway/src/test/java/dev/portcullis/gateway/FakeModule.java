package dev.portcullis.gateway;

import dev.portcullis.host.Evaluation;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.PolicyMetadata;
import dev.portcullis.host.PolicyModule;
import dev.portcullis.host.SettingsEvaluation;
import dev.portcullis.host.StartLevel;
import dev.portcullis.host.ValidationResponse;

/** A module whose policy is a lambda. */
public final class FakeModule implements PolicyModule {
    /** What the policy does; it may throw anything. */
    @FunctionalInterface
    public interface Judge {
        Evaluation judge(byte[] payload, EvaluationContext context) throws Exception;
    }

    private final Judge judge;
    private final SettingsEvaluation settings;
    private final PolicyMetadata metadata;

    public FakeModule(Judge judge) {
        this(judge, new SettingsEvaluation.Valid(), PolicyMetadata.DEFAULT);
    }

    public FakeModule(Judge judge, SettingsEvaluation settings, PolicyMetadata metadata) {
        this.judge = judge;
        this.settings = settings;
        this.metadata = metadata;
    }

    /** Says the same to every request. */
    public static FakeModule answering(Evaluation evaluation) {
        return new FakeModule((payload, context) -> evaluation);
    }

    public static Evaluation accept() {
        return new Evaluation.Answered(new ValidationResponse(true, null, null, null, null, null));
    }

    public static Evaluation reject(String message) {
        return new Evaluation.Answered(
                new ValidationResponse(false, message, null, null, null, null));
    }

    @Override
    public String digest() {
        return "sha256:fake";
    }

    @Override
    public PolicyMetadata metadata() {
        return metadata;
    }

    @Override
    public StartLevel startLevel() {
        return new StartLevel(StartLevel.Kind.PLAIN, "a fake");
    }

    @Override
    public void prepare(byte[] given) {}

    @Override
    public Evaluation validate(byte[] payload, EvaluationContext context) {
        try {
            return judge.judge(payload, context);
        } catch (InterruptedException e) {
            return new Evaluation.Failed(FailureReason.DEADLINE, "interrupted");
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public SettingsEvaluation validateSettings(byte[] given, EvaluationContext context) {
        return settings;
    }
}
