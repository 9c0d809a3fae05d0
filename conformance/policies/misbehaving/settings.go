package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"portcullis.dev/conformance/policies/internal/guest"
)

// settings choose a behaviour; each behaviour's comment says which of the other
// members it reads.
type settings struct {
	Behaviour        string            `json:"behaviour"`
	Milliseconds     int64             `json:"milliseconds"`
	ExitCode         int               `json:"exitCode"`
	Bytes            int               `json:"bytes"`
	Times            int               `json:"times"`
	Text             string            `json:"text"`
	Message          *string           `json:"message"`
	Code             *uint16           `json:"code"`
	Warnings         []string          `json:"warnings"`
	AuditAnnotations map[string]string `json:"auditAnnotations"`
	MutatedObject    json.RawMessage   `json:"mutatedObject"`
	Call             *call             `json:"call"`
}

// call is a host call; its payload is sent as it stands.
type call struct {
	Binding   string          `json:"binding"`
	Namespace string          `json:"namespace"`
	Operation string          `json:"operation"`
	Payload   json.RawMessage `json:"payload"`
}

func parse(raw json.RawMessage) (settings, error) {
	var given settings
	if err := guest.DecodeSettings(raw, &given); err != nil {
		return given, fmt.Errorf("cannot read the settings: %w", err)
	}
	_, inValidate := behaviours[given.Behaviour]
	_, inSettings := settingsBehaviours[given.Behaviour]
	if !inValidate && !inSettings {
		known := slices.Sorted(maps.Keys(behaviours))
		known = append(known, slices.Sorted(maps.Keys(settingsBehaviours))...)
		return given, fmt.Errorf("unknown behaviour %q: choose one of %s", given.Behaviour, strings.Join(known, ", "))
	}
	return given, nil
}

func validateSettings(stdin []byte) {
	settings, err := parse(stdin)
	if err != nil {
		printJSON(map[string]any{"valid": false, "message": err.Error()})
		return
	}
	if behave, known := settingsBehaviours[settings.Behaviour]; known {
		behave(question{stdin: stdin, settings: settings})
		return
	}
	printJSON(map[string]any{"valid": true})
}
