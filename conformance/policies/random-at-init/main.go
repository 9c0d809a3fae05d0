// random-at-init draws random values before main. Two answers with the same
// values come from one start.
package main

import (
	cryptorand "crypto/rand"
	"encoding/hex"
	"math/rand"

	"portcullis.dev/conformance/policies/internal/tiny"
)

var (
	number = rand.Int63()
	secret = secretOf(16)
)

func secretOf(size int) []byte {
	secret := make([]byte, size)
	// Since Go 1.24 it never fails, it ends the process.
	cryptorand.Read(secret)
	return secret
}

func main() {
	tiny.Read()
	tiny.Accept(map[string]any{"math": number, "crypto": hex.EncodeToString(secret)})
}
