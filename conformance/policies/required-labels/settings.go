package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"portcullis.dev/conformance/policies/internal/guest"
)

// settings is what an operator writes: required labels, each with a regular
// expression that its whole value must match (null: any value), and denied ones.
type settings struct {
	Required map[string]*string `json:"required"`
	Denied   []string           `json:"denied"`
}

// rules are checked settings.
type rules struct {
	required map[string]*constraint
	denied   []string
}

type constraint struct {
	text  string
	whole *regexp.Regexp
}

var labelName = regexp.MustCompile(
	`^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)

func parse(raw json.RawMessage) (rules, error) {
	var given settings
	if err := guest.DecodeSettings(raw, &given); err != nil {
		return rules{}, fmt.Errorf("cannot read the settings: %w", err)
	}
	if len(given.Required) == 0 && len(given.Denied) == 0 {
		return rules{}, errors.New("name at least one label under required or denied")
	}
	checked := rules{required: map[string]*constraint{}, denied: given.Denied}
	slices.Sort(checked.denied)
	for _, name := range slices.Sorted(maps.Keys(given.Required)) {
		if !labelName.MatchString(name) {
			return rules{}, fmt.Errorf("required: %q is not the name of a label", name)
		}
		expression := given.Required[name]
		if expression == nil {
			checked.required[name] = nil
			continue
		}
		// Compiled by itself first: a stray bracket would escape the anchors.
		if _, err := regexp.Compile(*expression); err != nil {
			return rules{}, fmt.Errorf("required: the constraint of label %q cannot be used: %w", name, err)
		}
		checked.required[name] = &constraint{
			text:  *expression,
			whole: regexp.MustCompile("^(?:" + *expression + ")$"),
		}
	}
	for _, name := range checked.denied {
		if !labelName.MatchString(name) {
			return rules{}, fmt.Errorf("denied: %q is not the name of a label", name)
		}
		if _, required := checked.required[name]; required {
			return rules{}, fmt.Errorf("label %q is both required and denied", name)
		}
	}
	return checked, nil
}
