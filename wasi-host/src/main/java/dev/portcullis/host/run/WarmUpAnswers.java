package dev.portcullis.host.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.HostAnswer;
import dev.portcullis.host.HostCall;
import dev.portcullis.host.HostCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Answers what a policy asks while it is tried on made-up requests, so that the code behind its
 * questions is reached too. No one else is asked, and the verdicts are thrown away.
 */
final class WarmUpAnswers implements HostCalls {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public HostAnswer call(HostCall call, Deadline deadline) {
        try {
            var question = JSON.readTree(call.payload());
            return switch (call.path()) {
                case "kubernetes/get_resource" -> success(object(question));
                case "kubernetes/list_resources_by_namespace", "kubernetes/list_resources_all" ->
                        success(list(question));
                case "kubernetes/can_i" -> success(JSON.createObjectNode().put("allowed", true));
                case "tracing/log" -> new HostAnswer.Success(new byte[0]);
                default -> new HostAnswer.Failure("there is no answer while a policy is tried");
            };
        } catch (IOException e) {
            return new HostAnswer.Failure(String.valueOf(e.getMessage()));
        }
    }

    private static HostAnswer success(JsonNode answer) {
        return new HostAnswer.Success(answer.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode list(JsonNode question) {
        var list = JSON.createObjectNode();
        list.put("apiVersion", question.path("api_version").asText());
        list.put("kind", question.path("kind").asText() + "List");
        list.putObject("metadata");
        list.putArray("items").add(object(question));
        return list;
    }

    private static ObjectNode object(JsonNode question) {
        var object = JSON.createObjectNode();
        object.put("apiVersion", question.path("api_version").asText());
        object.put("kind", question.path("kind").asText());
        var metadata = object.putObject("metadata");
        metadata.put("name", question.path("name").asText("warm-up"));
        metadata.put("namespace", question.path("namespace").asText("warm-up"));
        metadata.putObject("labels").put("app", "warm-up").put("team", "warm-up");
        metadata.putObject("annotations").put("warm-up", "true");
        object.putObject("spec").putArray("ports").addObject().put("port", 443);
        object.putObject("status");
        return object;
    }
}
