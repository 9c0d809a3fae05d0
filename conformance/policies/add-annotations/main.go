// add-annotations sets the annotations of its settings on every object.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	sdk "github.com/kubewarden/policy-sdk-go"
	"github.com/kubewarden/policy-sdk-go/protocol"

	"portcullis.dev/conformance/policies/internal/guest"
	"portcullis.dev/conformance/policies/internal/object"
)

type settings struct {
	Annotations map[string]string `json:"annotations"`
}

var annotationName = regexp.MustCompile(
	`^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)

func main() {
	guest.Run(guest.Policy{Validate: validate, ValidateSettings: validateSettings})
}

func validateSettings(raw json.RawMessage) ([]byte, error) {
	if _, err := parse(raw); err != nil {
		return sdk.RejectSettings(sdk.Message(err.Error()))
	}
	return sdk.AcceptSettings()
}

func parse(raw json.RawMessage) (settings, error) {
	var given settings
	if err := guest.DecodeSettings(raw, &given); err != nil {
		return given, fmt.Errorf("cannot read the settings: %w", err)
	}
	if len(given.Annotations) == 0 {
		return given, errors.New("name at least one annotation under annotations")
	}
	for _, name := range slices.Sorted(maps.Keys(given.Annotations)) {
		if !annotationName.MatchString(name) {
			return given, fmt.Errorf("annotations: %q is not the name of an annotation", name)
		}
	}
	return given, nil
}

func validate(request protocol.ValidationRequest) ([]byte, error) {
	if request.Request.Operation == "DELETE" {
		// There is no object left to change.
		return sdk.AcceptRequest()
	}
	given, err := parse(request.Settings)
	if err != nil {
		return nil, err
	}
	metadata, err := object.MetadataOf(request.Request.Object)
	if err != nil {
		return sdk.RejectRequest(sdk.Message(err.Error()), sdk.NoCode)
	}
	if has(metadata.Annotations, given.Annotations) {
		return sdk.AcceptRequest()
	}
	mutated, err := object.WithAnnotations(request.Request.Object, given.Annotations)
	if err != nil {
		return nil, err
	}
	return sdk.MutateRequest(mutated)
}

func has(present, wanted map[string]string) bool {
	for name, value := range wanted {
		if actual, ok := present[name]; !ok || actual != value {
			return false
		}
	}
	return true
}
