package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"gopkg.in/yaml.v3"
)

// metadata has the members of the section that fixture policies use. Its field
// order is the order in the section, so equal files give equal bytes.
type metadata struct {
	ProtocolVersion       string            `json:"protocolVersion"                 yaml:"-"`
	Rules                 []rule            `json:"rules"                           yaml:"rules"`
	Mutating              *bool             `json:"mutating"                        yaml:"mutating"`
	Annotations           map[string]string `json:"annotations,omitempty"           yaml:"annotations"`
	BackgroundAudit       *bool             `json:"backgroundAudit,omitempty"       yaml:"backgroundAudit"`
	ExecutionMode         string            `json:"executionMode"                   yaml:"executionMode"`
	PolicyType            string            `json:"policyType,omitempty"            yaml:"policyType"`
	ContextAwareResources []resource        `json:"contextAwareResources,omitempty" yaml:"contextAwareResources"`
	HostCapabilities      []string          `json:"hostCapabilities,omitempty"      yaml:"hostCapabilities"`
}

type rule struct {
	APIGroups   []string `json:"apiGroups"   yaml:"apiGroups"`
	APIVersions []string `json:"apiVersions" yaml:"apiVersions"`
	Resources   []string `json:"resources"   yaml:"resources"`
	Operations  []string `json:"operations"  yaml:"operations"`
}

type resource struct {
	APIVersion string `json:"apiVersion" yaml:"apiVersion"`
	Kind       string `json:"kind"       yaml:"kind"`
}

// sectionContent turns a metadata.yml into the JSON of the section.
func sectionContent(text []byte) ([]byte, error) {
	metadata := metadata{ProtocolVersion: "v1"}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&metadata); err != nil {
		return nil, err
	}
	if err := metadata.check(); err != nil {
		return nil, err
	}
	return json.Marshal(metadata)
}

func (metadata metadata) check() error {
	switch metadata.ExecutionMode {
	case "wasi", "kubewarden-wapc", "opa", "gatekeeper":
	default:
		return fmt.Errorf("executionMode is %q, which no host knows", metadata.ExecutionMode)
	}
	if metadata.Mutating == nil {
		return errors.New("mutating is missing")
	}
	if len(metadata.Rules) == 0 {
		return errors.New("rules are missing")
	}
	for i, rule := range metadata.Rules {
		for _, part := range [][]string{rule.APIGroups, rule.APIVersions, rule.Resources, rule.Operations} {
			if len(part) == 0 {
				return fmt.Errorf("rule %d lacks one of apiGroups, apiVersions, resources, operations", i+1)
			}
		}
	}
	for i, resource := range metadata.ContextAwareResources {
		if resource.APIVersion == "" || resource.Kind == "" {
			return fmt.Errorf("contextAwareResources: entry %d lacks apiVersion or kind", i+1)
		}
	}
	return nil
}
