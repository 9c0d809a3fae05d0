package main

import (
	"encoding/json"
	"fmt"
	"regexp"

	"portcullis.dev/conformance/policies/internal/guest"
)

// settings name the label and what else the policy insists on. Everything has a
// default, so {} is enough.
type settings struct {
	// Label tells whose a Deployment and a Namespace are.
	Label string `json:"label"`
	// GuardSuffix, behind the Deployment's name, names the Service that guards it.
	GuardSuffix string `json:"guardSuffix"`
	// GuardPort is the port that the guarding Service must offer.
	GuardPort int `json:"guardPort"`
	// Verb and Resource are what the requesting user must be allowed to do in the
	// namespace; Group is the API group of the resource.
	Verb     string `json:"verb"`
	Group    string `json:"group"`
	Resource string `json:"resource"`
	// CachePermission lets an answer about permissions be a few seconds old.
	CachePermission bool `json:"cachePermission"`
}

var (
	labelName = regexp.MustCompile(
		`^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
	nameSuffix = regexp.MustCompile(`^[-a-z0-9.]{0,62}[a-z0-9]$`)
	word       = regexp.MustCompile(`^[a-z]+$`)
	group      = regexp.MustCompile(`^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$`)
)

func parse(raw json.RawMessage) (settings, error) {
	given := settings{
		Label:       "customer-id",
		GuardSuffix: "-auth",
		GuardPort:   443,
		Verb:        "get",
		Resource:    "secrets",
	}
	if err := guest.DecodeSettings(raw, &given); err != nil {
		return given, fmt.Errorf("cannot read the settings: %w", err)
	}
	switch {
	case !labelName.MatchString(given.Label):
		return given, fmt.Errorf("label: %q is not the name of a label", given.Label)
	case !nameSuffix.MatchString(given.GuardSuffix):
		return given, fmt.Errorf("guardSuffix: %q cannot end the name of a Service", given.GuardSuffix)
	case given.GuardPort < 1 || given.GuardPort > 65535:
		return given, fmt.Errorf("guardPort: %d is not between 1 and 65535", given.GuardPort)
	case !word.MatchString(given.Verb):
		return given, fmt.Errorf("verb: %q is not a verb such as get or list", given.Verb)
	case !word.MatchString(given.Resource):
		return given, fmt.Errorf("resource: %q is not a plural such as secrets", given.Resource)
	case !group.MatchString(given.Group):
		return given, fmt.Errorf("group: %q is not an API group", given.Group)
	}
	return given, nil
}
