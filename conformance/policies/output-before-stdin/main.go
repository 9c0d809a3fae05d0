// output-before-stdin prints half of its answer, reads stdin and prints the rest.
package main

import (
	"fmt"
	"os"

	"portcullis.dev/conformance/policies/internal/tiny"
)

func main() {
	if _, err := os.Stdout.WriteString(`{"accepted":true,"valid":true,`); err != nil {
		os.Exit(1)
	}
	fmt.Printf(`"message":"read %d bytes"}`, len(tiny.Read()))
}
