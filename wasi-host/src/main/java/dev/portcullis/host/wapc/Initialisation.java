package dev.portcullis.host.wapc;

import dev.portcullis.host.engine.DecodedModule;
import dev.portcullis.host.engine.Guest;
import dev.portcullis.host.run.Ending;
import dev.portcullis.host.run.Turn;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The exported functions that make an instance ready to be called (guest-abi §3.2): {@code _start}
 * and then {@code wapc_init}, of those that exist. The reference never calls {@code _initialize};
 * here it is called where there is neither of the two, because without it a reactor of standard Go
 * or another language with a runtime cannot run at all.
 */
record Initialisation(List<String> exports) {
    Initialisation {
        exports = List.copyOf(exports);
    }

    static Initialisation of(DecodedModule decoded) {
        var known =
                Stream.of("_start", "wapc_init")
                        .filter(name -> decoded.exportedFunction(name).isPresent())
                        .toList();
        if (!known.isEmpty()) {
            return new Initialisation(known);
        }
        return new Initialisation(
                Stream.of("_initialize")
                        .filter(name -> decoded.exportedFunction(name).isPresent())
                        .toList());
    }

    /** Runs them; gives the bad end of the first that did not end well. */
    Optional<Ending> run(Turn turn, Guest guest) {
        for (var export : exports) {
            var ending = turn.run(() -> guest.call(export));
            switch (ending) {
                case Ending.Returned _ -> {}
                case Ending.Exited(int code) when code == 0 -> guest.forgetInterpreters();
                case Ending.Exited _, Ending.Stopped _ -> {
                    return Optional.of(ending);
                }
            }
        }
        return Optional.empty();
    }
}
