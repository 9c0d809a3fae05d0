// opa-fixtures compiles Rego policies to WebAssembly, and asks OPA itself for
// the answers that builtins are to give.
//
//	opa-fixtures build FOLDER MODULE.wasm
//	opa-fixtures expect CASES.txt EXPECTED.json
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/compile"
	"github.com/open-policy-agent/opa/v1/rego"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "opa-fixtures:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	switch {
	case len(arguments) == 3 && arguments[0] == "build":
		return build(arguments[1], arguments[2])
	case len(arguments) == 3 && arguments[0] == "expect":
		return expect(arguments[1], arguments[2])
	default:
		return errors.New("usage: opa-fixtures build FOLDER MODULE.wasm | expect CASES.txt EXPECTED.json")
	}
}

// build compiles policy.rego; its entry point is policy/violation where the
// policy has such a rule, else policy/main.
func build(folder, target string) error {
	source := filepath.Join(folder, "policy.rego")
	text, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	entry := "policy/main"
	if bytes.Contains(text, []byte("\nviolation ")) {
		entry = "policy/violation"
	}
	compiler := compile.New().
		WithTarget(compile.TargetWasm).
		WithEntrypoints(entry).
		WithPaths(source)
	if err := compiler.Build(context.Background()); err != nil {
		return err
	}
	return os.WriteFile(target, compiler.Bundle().WasmModules[0].Raw, 0o644)
}

// outcome is what OPA makes of one call: the result inside of an array, in
// Rego's own notation, or an error, or neither.
type outcome struct {
	Builtin   string `json:"builtin"`
	Arguments string `json:"arguments"`
	Result    string `json:"result,omitempty"`
	Error     string `json:"error,omitempty"`
}

// expect evaluates each line "builtin argument-array" of the cases.
func expect(cases, target string) error {
	text, err := os.ReadFile(cases)
	if err != nil {
		return err
	}
	var outcomes []outcome
	for number, line := range strings.Split(string(text), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, arguments, found := strings.Cut(line, " ")
		if !found {
			return fmt.Errorf("%s:%d: expected a builtin and its arguments", cases, number+1)
		}
		each, err := outcomeOf(name, arguments)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", cases, number+1, err)
		}
		outcomes = append(outcomes, each)
	}
	buffer := &bytes.Buffer{}
	encoder := json.NewEncoder(buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(outcomes); err != nil {
		return err
	}
	return os.WriteFile(target, buffer.Bytes(), 0o644)
}

func outcomeOf(name, arguments string) (outcome, error) {
	parsed, err := ast.ParseTerm(arguments)
	if err != nil {
		return outcome{}, err
	}
	array, isArray := parsed.Value.(*ast.Array)
	if !isArray {
		return outcome{}, errors.New("the arguments are no array")
	}
	// Arguments come from the input, or the compiler would check their types.
	var placeholders []string
	for i := range array.Len() {
		placeholders = append(placeholders, fmt.Sprintf("input.arguments[%d]", i))
	}
	input := ast.NewObject([2]*ast.Term{ast.StringTerm("arguments"), parsed})
	results, err := rego.New(
		rego.Query(fmt.Sprintf(`result = sprintf("%%v", [[%s(%s)]])`, name, strings.Join(placeholders, ", "))),
		rego.ParsedInput(input),
		rego.StrictBuiltinErrors(true),
	).Eval(context.Background())
	each := outcome{Builtin: name, Arguments: arguments}
	if compileErrors := (ast.Errors{}); errors.As(err, &compileErrors) {
		return outcome{}, err
	}
	if err != nil {
		each.Error = err.Error()
	} else if len(results) > 0 {
		each.Result, _ = results[0].Bindings["result"].(string)
	}
	return each, nil
}
