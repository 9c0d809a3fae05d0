// stdin-ignored answers without ever reading stdin.
package main

import "os"

func main() {
	answer := `{"accepted":true}`
	if len(os.Args) > 1 && os.Args[1] == "validate-settings" {
		answer = `{"valid":true}`
	}
	if _, err := os.Stdout.WriteString(answer); err != nil {
		os.Exit(1)
	}
}
