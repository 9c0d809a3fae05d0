// Package tiny answers for policies that show one thing only and always accept.
package tiny

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// Read takes all of stdin, as every policy does first.
func Read() []byte {
	stdin, err := io.ReadAll(os.Stdin)
	if err != nil {
		fail(err)
	}
	return stdin
}

// Accept accepts the request, or the settings, with value as JSON in the message.
func Accept(value any) {
	message, err := json.Marshal(value)
	if err != nil {
		fail(err)
	}
	answer, err := json.Marshal(map[string]any{"accepted": true, "valid": true, "message": string(message)})
	if err != nil {
		fail(err)
	}
	if _, err := os.Stdout.Write(answer); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
