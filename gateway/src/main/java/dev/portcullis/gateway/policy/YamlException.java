package dev.portcullis.gateway.policy;

import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Something in a YAML document is wrong; the message begins with line and column. */
final class YamlException extends Exception {
    private static final long serialVersionUID = 1;

    YamlException(String message) {
        super(message);
    }

    static YamlException at(Node node, String problem) {
        return at(node.getStartMark(), problem);
    }

    static YamlException at(Optional<Mark> mark, String problem) {
        return new YamlException(mark.map(YamlException::place).orElse("") + problem);
    }

    static String place(Mark mark) {
        return "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1) + ": ";
    }
}
