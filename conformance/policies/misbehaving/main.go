// misbehaving does what its settings say, above all what no policy should do.
// The fixture shows what a host makes of it.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	stdin, err := io.ReadAll(os.Stdin)
	if err != nil {
		fail(err)
	}
	switch {
	case len(os.Args) == 2 && os.Args[1] == "validate":
		validate(stdin)
	case len(os.Args) == 2 && os.Args[1] == "validate-settings":
		validateSettings(stdin)
	default:
		fail(fmt.Errorf("expected one argument, validate or validate-settings, and got %q", os.Args[1:]))
	}
}

// validate asks nothing of the request's shape, so it serves raw requests too.
func validate(stdin []byte) {
	var payload struct {
		Request  json.RawMessage `json:"request"`
		Settings json.RawMessage `json:"settings"`
	}
	if err := json.Unmarshal(stdin, &payload); err != nil {
		fail(fmt.Errorf("cannot read the validation request: %w", err))
	}
	settings, err := parse(payload.Settings)
	if err != nil {
		fail(err)
	}
	if behave, known := behaviours[settings.Behaviour]; known {
		behave(question{stdin: stdin, request: payload.Request, settings: settings})
		return
	}
	accept("")
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
