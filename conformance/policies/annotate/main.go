// annotate appends the io.kubewarden.metadata section to a policy module.
//
//	annotate metadata.yml bare.wasm annotated.wasm
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: annotate METADATA.yml MODULE.wasm OUTPUT.wasm")
		os.Exit(2)
	}
	if err := annotate(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "annotate:", err)
		os.Exit(1)
	}
}

func annotate(metadataPath, modulePath, outputPath string) error {
	text, err := os.ReadFile(metadataPath)
	if err != nil {
		return err
	}
	content, err := sectionContent(text)
	if err != nil {
		return fmt.Errorf("%s: %w", metadataPath, err)
	}
	module, err := os.ReadFile(modulePath)
	if err != nil {
		return err
	}
	annotated, err := withSection(module, content)
	if err != nil {
		return fmt.Errorf("%s: %w", modulePath, err)
	}
	return os.WriteFile(outputPath, annotated, 0o644)
}
