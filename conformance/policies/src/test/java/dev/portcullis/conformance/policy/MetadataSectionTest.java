package dev.portcullis.conformance.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every module says of itself what guest-abi §1 asks for. */
class MetadataSectionTest {
    private static final FixturePolicies POLICIES = FixturePolicies.inTree();

    @ParameterizedTest
    @MethodSource("names")
    void theMetadataSectionIsThereOnceAndSaysHowThePolicyRuns(String name) throws IOException {
        var module = Machine.orSkip(() -> POLICIES.bytes(name));

        var sections = metadataSections(ByteBuffer.wrap(module));

        assertThat(sections).hasSize(1);
        var metadata = new ObjectMapper().readTree(sections.getFirst());
        assertThat(metadata.path("executionMode").asText()).isIn("wasi", "kubewarden-wapc");
        assertThat(metadata.path("protocolVersion").asText()).isEqualTo("v1");
        assertThat(metadata.path("mutating").isBoolean()).isTrue();
        assertThat(metadata.path("rules")).isNotEmpty();
        assertThat(metadata.at("/annotations/io.kubewarden.policy.title").asText()).isEqualTo(name);
    }

    static Set<String> names() {
        return POLICIES.names();
    }

    private static List<byte[]> metadataSections(ByteBuffer module) {
        var found = new ArrayList<byte[]>();
        module.position(8);
        while (module.hasRemaining()) {
            var id = module.get();
            var section = take(module, unsigned(module));
            if (id == 0) {
                var name = new byte[unsigned(section)];
                section.get(name);
                if (new String(name, StandardCharsets.UTF_8).equals("io.kubewarden.metadata")) {
                    var content = new byte[section.remaining()];
                    section.get(content);
                    found.add(content);
                }
            }
        }
        return found;
    }

    private static ByteBuffer take(ByteBuffer source, int size) {
        var bytes = new byte[size];
        source.get(bytes);
        return ByteBuffer.wrap(bytes);
    }

    /** An unsigned LEB128 number. */
    private static int unsigned(ByteBuffer source) {
        var value = 0;
        for (var shift = 0; ; shift += 7) {
            var next = source.get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
