// clock-at-init reads the clock before main. Its answer tells when that was: an
// answer from an image of an older start shows an age of minutes.
package main

import (
	"time"

	"portcullis.dev/conformance/policies/internal/tiny"
)

var started = time.Now()

func main() {
	tiny.Read()
	tiny.Accept(map[string]any{
		"started":  started.UTC().Format(time.RFC3339Nano),
		"ageNanos": time.Since(started).Nanoseconds(),
	})
}
