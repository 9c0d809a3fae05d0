// random-at-init-reactor draws a value before it is called, and tells it.
package main

import (
	"fmt"
	"math/rand/v2"

	"portcullis.dev/conformance/policies/internal/reactor"
)

var drawn = rand.Uint64()

func init() {
	reactor.Call = func(string, []byte) bool {
		return reactor.RespondJSON(map[string]any{"accepted": true, "valid": true, "message": fmt.Sprint(drawn)})
	}
}

func main() {}
