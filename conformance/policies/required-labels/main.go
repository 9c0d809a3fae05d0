// required-labels refuses objects that lack a label, carry it with a wrong
// value, or carry a denied one.
package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	sdk "github.com/kubewarden/policy-sdk-go"
	"github.com/kubewarden/policy-sdk-go/protocol"

	"portcullis.dev/conformance/policies/internal/guest"
	"portcullis.dev/conformance/policies/internal/object"
)

func main() {
	guest.Run(guest.Policy{Validate: validate, ValidateSettings: validateSettings})
}

func validateSettings(raw json.RawMessage) ([]byte, error) {
	if _, err := parse(raw); err != nil {
		return sdk.RejectSettings(sdk.Message(err.Error()))
	}
	return sdk.AcceptSettings()
}

func validate(request protocol.ValidationRequest) ([]byte, error) {
	if request.Request.Operation == "DELETE" {
		// Nothing new is stored, and the old object was judged when it came.
		return sdk.AcceptRequest()
	}
	rules, err := parse(request.Settings)
	if err != nil {
		return nil, err
	}
	metadata, err := object.MetadataOf(request.Request.Object)
	if err != nil {
		return sdk.RejectRequest(sdk.Message(err.Error()), sdk.NoCode)
	}
	if problems := rules.problems(metadata.Labels); len(problems) > 0 {
		return sdk.RejectRequest(sdk.Message(strings.Join(problems, "; ")), sdk.NoCode)
	}
	return sdk.AcceptRequest()
}

// problems says, in the order of label names, what is wrong with the labels.
func (rules rules) problems(labels map[string]string) []string {
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(rules.required)) {
		constraint := rules.required[name]
		value, present := labels[name]
		switch {
		case !present:
			problems = append(problems, fmt.Sprintf("label %q is missing", name))
		case constraint != nil && !constraint.whole.MatchString(value):
			problems = append(problems,
				fmt.Sprintf("label %q is %q, which does not match %s", name, value, constraint.text))
		}
	}
	for _, name := range rules.denied {
		if _, present := labels[name]; present {
			problems = append(problems, fmt.Sprintf("label %q is denied", name))
		}
	}
	return problems
}
