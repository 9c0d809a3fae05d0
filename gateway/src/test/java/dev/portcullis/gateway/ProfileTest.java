package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policy-server §22. */
class ProfileTest {
    @TempDir private Path folder;

    private static HttpRequest get(RunningGateway gateway, String path) {
        return HttpRequest.newBuilder(gateway.uri(path)).build();
    }

    @Test
    void aCpuProfileIsARecordingThatTheJdkReads() throws Exception {
        try (var gateway = RunningGateway.serving(List.of(), "--enable-pprof");
                HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<Path> response =
                    client.send(
                            get(gateway, "/debug/pprof/cpu?frequency=100&interval=1"),
                            HttpResponse.BodyHandlers.ofFile(folder.resolve("cpu.jfr")));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().map())
                    .containsEntry("content-type", List.of("application/octet-stream"))
                    .containsEntry(
                            "content-disposition",
                            List.of("attachment; filename=\"cpu_profile.jfr\""))
                    .containsEntry(
                            "content-length", List.of(Long.toString(Files.size(response.body()))));
            assertThat(RecordingFile.readAllEvents(response.body())).isNotNull();
        }
    }

    @Test
    void onlyOneProfileIsMadeAtATime() throws Exception {
        try (var gateway = RunningGateway.serving(List.of(), "--enable-pprof");
                HttpClient client = HttpClient.newHttpClient()) {
            CompletableFuture<HttpResponse<Void>> first =
                    client.sendAsync(
                            get(gateway, "/debug/pprof/cpu?interval=5"),
                            HttpResponse.BodyHandlers.discarding());
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            first.isDone()
                                    || gateway.send(get(gateway, "/debug/pprof/heap")).statusCode()
                                            == 500);
            HttpResponse<String> second = gateway.send(get(gateway, "/debug/pprof/cpu?interval=1"));
            assertThat(first).as("the first profile still runs").isNotDone();
            assertThat(second.statusCode()).isEqualTo(500);
            assertThat(second.body())
                    .isEqualTo(
                            "{\"message\":\"another profile is being made, try"
                                    + " again\",\"status\":500}");
            assertThat(first.get().statusCode()).isEqualTo(200);
            assertThat(gateway.send(get(gateway, "/debug/pprof/heap")).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aHeapProfileListsClasses() throws Exception {
        try (var gateway = RunningGateway.serving(List.of(), "--enable-pprof")) {
            HttpResponse<String> response = gateway.send(get(gateway, "/debug/pprof/heap"));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("content-disposition"))
                    .hasValue("attachment; filename=\"heap_histogram.txt\"");
            assertThat(response.body()).contains("java.lang.String", "#instances");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "frequency=0,frequency must be a number from 1 to 1000",
        "frequency=many,frequency must be a number from 1 to 1000",
        "interval=301,interval must be a number from 1 to 300",
    })
    void whatMakesNoSenseIsRefused(String query, String message) throws Exception {
        try (var gateway = RunningGateway.serving(List.of(), "--enable-pprof")) {
            HttpResponse<String> response = gateway.send(get(gateway, "/debug/pprof/cpu?" + query));
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).contains(message);
        }
    }

    @Test
    void withoutTheFlagThereAreNoProfiles() throws Exception {
        try (var gateway = RunningGateway.serving(List.of())) {
            assertThat(gateway.send(get(gateway, "/debug/pprof/cpu")).statusCode()).isEqualTo(404);
            assertThat(gateway.send(get(gateway, "/debug/pprof/heap")).statusCode()).isEqualTo(404);
        }
    }
}
