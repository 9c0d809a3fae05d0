package dev.portcullis.conformance.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.conformance.process.GatewayLaunch;
import dev.portcullis.conformance.process.GatewayProcess;
import dev.portcullis.conformance.process.SourceTree;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies that wait for a slow API server, more of them than workers. */
class ManyWaitersIT {
    private static final int WORKERS = 2;
    private static final int EVALUATIONS = 100;
    private static final Duration LOOKUP = Duration.ofSeconds(2);
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir private Path folder;
    private Workload workload;
    private SlowApiServer played;
    private GatewayProcess gateway;
    private LoadDriver driver;

    @BeforeEach
    void start() {
        workload = Workload.standard().only(List.of("team-owner"));
        var policies = folder.resolve("policies.json");
        workload.writePolicies(policies, SourceTree.root().resolve("conformance/policies/modules"));
        played = SlowApiServer.start();
        gateway =
                GatewayProcess.start(
                        GatewayLaunch.ofTree(
                                policies,
                                played.kubeconfig(folder.resolve("kubeconfig")),
                                "--workers=" + WORKERS,
                                "--policy-timeout=50"),
                        Path.of("target", "benchmark", "ManyWaitersIT.log"));
        driver = new LoadDriver(gateway.url(), null);
    }

    @AfterEach
    void stop() {
        driver.close();
        gateway.close();
        played.close();
    }

    @Test
    void farMoreEvaluationsThanWorkersWaitAtOnceAndAllAreAnsweredRight() {
        played.slowDown(LOOKUP);
        var result = driver.run(load(EVALUATIONS));
        assertThat(result.examples()).isEmpty();
        assertThat(result.wrong()).isZero();
        var lookups = played.lookups();
        assertThat(lookups.users()).as("evaluations that waited").isEqualTo(EVALUATIONS);
        assertThat(lookups.mostAtOnce()).as("waiting at once").isGreaterThan(WORKERS * 4);
    }

    @Test
    void aGatewayThatIsToldToEndStillAnswersWhoeverWaits() {
        played.slowDown(LOOKUP);
        var waiting = CompletableFuture.supplyAsync(() -> driver.run(load(1)));
        await().atMost(BOUND).until(() -> played.lookups().mostAtOnce() == 1);
        gateway.close();
        assertThat(waiting.join().examples()).isEmpty();
        assertThat(gateway.exitCode()).hasValue(0);
    }

    /** The first case of the policy goes all the way to the lookup that takes long. */
    private Load load(int requests) {
        return new Load(
                workload.casesOf("team-owner").subList(0, 1),
                requests,
                requests,
                new Pace.AsFastAsPossible());
    }
}
