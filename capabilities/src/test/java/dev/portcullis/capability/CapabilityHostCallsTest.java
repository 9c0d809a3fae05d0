package dev.portcullis.capability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.capability.grant.Capability;
import dev.portcullis.capability.grant.CapabilityGrants;
import dev.portcullis.capability.grant.PolicyGrants;
import dev.portcullis.capability.grant.ResourceGrants;
import dev.portcullis.capability.grant.ResourceKind;
import dev.portcullis.capability.question.Answer;
import dev.portcullis.capability.question.Asked;
import dev.portcullis.capability.question.PassThroughCodec;
import dev.portcullis.capability.question.Question;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.HostAnswer;
import dev.portcullis.host.HostCall;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The checks of guest-abi §7, in their order, with their texts. */
@ExtendWith(VertxExtension.class)
final class CapabilityHostCallsTest {
    private static final ResourceGrants PODS =
            ResourceGrants.of(List.of(new ResourceKind("v1", "Pod")));
    private static final PolicyGrants EVERYTHING =
            new PolicyGrants("trusted", CapabilityGrants.all(), PODS);
    private static final String NO_JSON = "no json";

    private final AtomicReference<Question> asked = new AtomicReference<>();
    private CallbackChannel channel;

    @BeforeEach
    void deploy(Vertx vertx) {
        channel = new CallbackChannel(10, Duration.ofSeconds(10));
        vertx.deployVerticle(channel).await();
        for (Capability capability : Capability.values()) {
            vertx.eventBus()
                    .<Asked>localConsumer(
                            Question.addressOf(capability.path()),
                            message -> {
                                asked.set(message.body().question());
                                message.reply(
                                        new Answer.Found("42".getBytes(StandardCharsets.UTF_8)),
                                        PassThroughCodec.options());
                            })
                    .completion()
                    .await();
        }
    }

    private String call(PolicyGrants grants, String namespace, String operation, String payload)
            throws InterruptedException {
        return call(grants, "kubewarden", namespace, operation, payload);
    }

    private String call(
            PolicyGrants grants, String binding, String namespace, String operation, String payload)
            throws InterruptedException {
        var call =
                new HostCall(
                        binding, namespace, operation, payload.getBytes(StandardCharsets.UTF_8));
        return switch (new CapabilityHostCalls(grants, channel)
                .call(call, Deadline.in(Duration.ofSeconds(10)))) {
            case HostAnswer.Success(byte[] answer) ->
                    "ok: " + new String(answer, StandardCharsets.UTF_8);
            case HostAnswer.Failure(String message) -> message;
        };
    }

    @Test
    void anotherBindingIsUnknownBeforeAnythingElse() throws Exception {
        assertThat(call(PolicyGrants.none("p"), "other", "nowhere", "nothing", NO_JSON))
                .isEqualTo("unknown binding: other");
        assertThat(call(EVERYTHING, "other", "tracing", "log", NO_JSON))
                .isEqualTo("unknown binding: other");
    }

    @ParameterizedTest
    @EnumSource
    void withoutGrantsEveryCapabilityIsDeniedBeforeItsPayloadIsRead(Capability capability)
            throws Exception {
        try (var log = new LogCapture(CapabilityHostCalls.class.getName())) {
            assertThat(
                            call(
                                    PolicyGrants.none("my-policy"),
                                    capability.namespace(),
                                    capability.operation(),
                                    NO_JSON))
                    .isEqualTo(
                            "Policy has not been granted access to the '"
                                    + capability.path()
                                    + "' host capability. The violation has been reported.");
            assertThat(log.lines())
                    .containsExactly(
                            "ERROR Policy my-policy asked for the host capability '"
                                    + capability.path()
                                    + "', it was granted []");
        }
    }

    @Test
    void anUnknownNameIsDeniedTooUnlessAGrantCoversIt() throws Exception {
        var oci = new PolicyGrants("p", CapabilityGrants.of(List.of("oci/*")), PODS);

        assertThat(call(oci, "unknown", "thing", NO_JSON))
                .isEqualTo(
                        "Policy has not been granted access to the 'unknown/thing' host capability."
                                + " The violation has been reported.");
        assertThat(call(oci, "oci", "v9/thing", NO_JSON)).isEqualTo("unknown operation: v9/thing");
        assertThat(call(EVERYTHING, "unknown", "thing", NO_JSON))
                .isEqualTo("unknown namespace: unknown");
        assertThat(call(EVERYTHING, "kubernetes", "delete", NO_JSON))
                .isEqualTo("unknown operation: delete");
        assertThat(call(EVERYTHING, "oci/v1", "verify", NO_JSON))
                .isEqualTo("unknown namespace: oci/v1");
    }

    @Test
    void tracingIsNeverGatedAndAlwaysSucceeds() throws Exception {
        try (var log = new LogCapture(PolicyLog.class.getName())) {
            assertThat(call(PolicyGrants.none("p"), "tracing", "log", NO_JSON)).isEqualTo("ok: ");
            assertThat(log.lines()).hasSize(1);
        }
        assertThat(call(PolicyGrants.none("p"), "tracing", "other", NO_JSON))
                .isEqualTo("unknown operation: other");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "KUBERNETES_.*")
    void whatThisVersionDoesNotOfferIsAnsweredAndNamed(Capability capability) throws Exception {
        assertThat(call(EVERYTHING, capability.namespace(), capability.operation(), NO_JSON))
                .isEqualTo(
                        "Callback evaluation failure: this version does not offer the host"
                                + " capability '"
                                + capability.path()
                                + "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    get_resource                | {"api_version":"v1","kind":"Secret","name":"n","disable_cache":true}
                    list_resources_by_namespace | {"api_version":"v1","kind":"Secret","namespace":"n"}
                    list_resources_all          | {"api_version":"v1","kind":"Secret"}
                    """)
    void aKindThatWasNotGrantedIsDenied(String operation, String payload) throws Exception {
        try (var log = new LogCapture(CapabilityHostCalls.class.getName())) {
            assertThat(call(EVERYTHING, "kubernetes", operation, payload))
                    .isEqualTo(
                            "Policy has not been granted access to Kubernetes v1/Secret resources."
                                    + " The violation has been reported.");
            assertThat(log.lines())
                    .containsExactly(
                            "ERROR Policy trusted asked for Kubernetes v1/Secret resources, it was"
                                    + " granted [v1/Pod]");
        }
        assertThat(asked).hasNullValue();
    }

    @Test
    void theSdksPayloadsAreUnderstood() throws Exception {
        assertThat(
                        call(
                                EVERYTHING,
                                "kubernetes",
                                "list_resources_by_namespace",
                                """
                                {"api_version":"v1","kind":"Pod","namespace":"default",
                                 "label_selector":"app=nginx",
                                 "field_selector":"status.phase=Running"}
                                """))
                .isEqualTo("ok: 42");
        assertThat(asked.get())
                .isInstanceOfSatisfying(
                        Question.ListResourcesByNamespace.class,
                        list -> {
                            assertThat(list.kind()).isEqualTo(new ResourceKind("v1", "Pod"));
                            assertThat(list.namespace()).isEqualTo("default");
                            assertThat(list.selectors())
                                    .isEqualTo(
                                            new Question.Selectors(
                                                    "app=nginx", "status.phase=Running"));
                            assertThat(list.mask().keepsEverything()).isTrue();
                        });

        call(
                EVERYTHING,
                "kubernetes",
                "get_resource",
                """
                {"api_version":"v1","kind":"Pod","name":"nginx","namespace":"default",
                 "disable_cache":false,"field_masks":null,"unknown":1}
                """);
        assertThat(asked.get())
                .isInstanceOfSatisfying(
                        Question.GetResource.class,
                        get -> {
                            assertThat(get.name()).isEqualTo("nginx");
                            assertThat(get.namespace()).isEqualTo("default");
                            assertThat(get.disableCache()).isFalse();
                        });
    }

    @ParameterizedTest
    @CsvSource({"resource_attributes", "resourceAttributes"})
    void bothSpellingsOfResourceAttributesAreRead(String spelling) throws Exception {
        call(
                EVERYTHING,
                "kubernetes",
                "can_i",
                """
                {"subject_access_review":{"user":"me","groups":["a","b"],"%s":
                 {"verb":"create","resource":"pods","namespace":"default","group":null}},
                 "disable_cache":true}
                """
                        .formatted(spelling));

        assertThat(asked.get())
                .isEqualTo(
                        new Question.CanI(
                                "me",
                                List.of("a", "b"),
                                Map.of(
                                        "verb",
                                        "create",
                                        "resource",
                                        "pods",
                                        "namespace",
                                        "default"),
                                true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            quoteCharacter = '~',
            textBlock =
                    """
                    get_resource | ~~                                       | payload is empty, expected a JSON object
                    get_resource | no json                                  | payload is not valid JSON: Unrecognized token 'no'
                    get_resource | {"name":"a","name":"b"}                  | payload is not valid JSON: Duplicate field 'name'
                    get_resource | {} {}                                    | payload is not valid JSON: Trailing token
                    get_resource | []                                       | invalid type: payload is an array, not an object
                    get_resource | {}                                       | missing field `api_version`
                    get_resource | {"api_version":"v1"}                     | missing field `kind`
                    get_resource | {"api_version":1}                        | invalid type: field `api_version` is a number, expected a string
                    get_resource | {"api_version":null}                     | invalid type: field `api_version` is null, but it is required
                    get_resource | {"api_version":"v1","kind":"Pod"}        | missing field `name`
                    get_resource | {"api_version":"v1","kind":"Pod","name":"n"} | missing field `disable_cache`
                    get_resource | {"api_version":"v1","kind":"Pod","name":"n","disable_cache":"no"} | invalid type: field `disable_cache` is a string, expected a boolean
                    get_resource | {"api_version":"v1","kind":"Pod","name":"n","namespace":{}} | invalid type: field `namespace` is an object, expected a string
                    get_resource | {"api_version":"v1","kind":"Pod","name":"n","disable_cache":true,"field_masks":"a"} | invalid type: field `field_masks` is a string, expected an array of strings
                    get_resource | {"api_version":"v1","kind":"Pod","name":"n","disable_cache":true,"field_masks":["a",1]} | invalid type: field `field_masks[1]` is a number, expected a string
                    get_resource | {"api_version":"v1","kind":"Pod","name":"","disable_cache":true} | invalid value for field `name`: it is empty
                    get_resource | {"api_version":"v1","kind":"Pod","name":"..","disable_cache":true} | invalid value for field `name`: it may not be '..'
                    get_resource | {"api_version":"v1","kind":"Pod","name":"../secrets/s","disable_cache":true} | invalid value for field `name`: it may not contain
                    get_resource | {"api_version":"v1","kind":"Pod","name":"p%2Flog","disable_cache":true} | invalid value for field `name`: it may not contain
                    get_resource | {"api_version":"v1","kind":"Pod","name":"n","namespace":"a/pods","disable_cache":true} | invalid value for field `namespace`: no namespace can have this name
                    list_resources_by_namespace | {"api_version":"v1","kind":"Pod"} | missing field `namespace`
                    list_resources_by_namespace | {"api_version":"v1","kind":"Pod","namespace":""} | invalid value for field `namespace`: no namespace can have this name
                    list_resources_by_namespace | {"api_version":"v1","kind":"Pod","namespace":"n?x=y"} | invalid value for field `namespace`: no namespace can have this name
                    list_resources_all | {"api_version":"v1"}               | missing field `kind`
                    list_resources_all | {"api_version":"v1","kind":"Pod","label_selector":1} | invalid type: field `label_selector` is a number, expected a string
                    can_i | {}                                              | missing field `subject_access_review`
                    can_i | {"subject_access_review":{}}                    | missing field `subject_access_review.user`
                    can_i | {"subject_access_review":{"user":"u"}}          | missing field `subject_access_review.resource_attributes`
                    can_i | {"subject_access_review":{"user":"u","groups":"g"}} | invalid type: field `subject_access_review.groups` is a string, expected an array of strings
                    can_i | {"subject_access_review":{"user":"u","resource_attributes":{}}} | missing field `subject_access_review.resource_attributes.verb`
                    can_i | {"subject_access_review":{"user":"u","resource_attributes":{"verb":"get"}}} | missing field `subject_access_review.resource_attributes.resource`
                    can_i | {"subject_access_review":{"user":"u","resource_attributes":{"verb":"get","resource":"pods"}}} | missing field `disable_cache`
                    can_i | {"subject_access_review":{"user":"u","resource_attributes":{},"resourceAttributes":{}}} | `resourceAttributes` is there too, give one of them
                    """)
    void aPayloadOfTheWrongShapeIsRefusedWithTheField(
            String operation, String payload, String complaint) throws Exception {
        assertThat(call(EVERYTHING, "kubernetes", operation, payload)).contains(complaint);
        assertThat(asked).hasNullValue();
    }

    @Test
    void permissionsAreNotGatedByKind() throws Exception {
        var grants =
                new PolicyGrants(
                        "p",
                        CapabilityGrants.of(List.of("kubernetes/can_i")),
                        ResourceGrants.none());

        assertThat(
                        call(
                                grants,
                                "kubernetes",
                                "can_i",
                                """
                                {"subject_access_review":{"user":"me","resource_attributes":
                                 {"verb":"get","resource":"secrets"}},"disable_cache":false}
                                """))
                .isEqualTo("ok: 42");
    }
}
