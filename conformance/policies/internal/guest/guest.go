// Package guest runs a policy as a WASI command: the operation is the first
// argument, the payload comes on stdin and the answer goes to stdout.
package guest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/kubewarden/policy-sdk-go/protocol"
)

// Policy is what a policy decides; both functions give the bytes to print.
type Policy struct {
	Validate         func(protocol.ValidationRequest) ([]byte, error)
	ValidateSettings func(settings json.RawMessage) ([]byte, error)
}

// Run answers the operation named on the command line. It ends the process:
// an error goes to stderr with exit code 1, which the host takes as a refusal.
func Run(policy Policy) {
	answer, err := policy.answer(os.Args, os.Stdin)
	if err == nil {
		_, err = os.Stdout.Write(answer)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (policy Policy) answer(arguments []string, stdin io.Reader) ([]byte, error) {
	if len(arguments) != 2 {
		return nil, errors.New("expected one argument: validate or validate-settings")
	}
	payload, err := io.ReadAll(stdin)
	if err != nil {
		return nil, fmt.Errorf("cannot read stdin: %w", err)
	}
	switch arguments[1] {
	case "validate":
		var request protocol.ValidationRequest
		if err := json.Unmarshal(payload, &request); err != nil {
			return nil, fmt.Errorf("cannot read the validation request: %w", err)
		}
		return policy.Validate(request)
	case "validate-settings":
		return policy.ValidateSettings(payload)
	default:
		return nil, fmt.Errorf("unknown operation %q: expected validate or validate-settings", arguments[1])
	}
}
