// Package object reads the parts of a Kubernetes object that policies look at.
//
// Keys are matched exactly. Decoding into structs would take "Labels" for
// "labels", and an object could then show a policy labels that Kubernetes does
// not see.
package object

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Metadata is what policies need of an object's metadata.
type Metadata struct {
	Name        string
	Labels      map[string]string
	Annotations map[string]string
}

// MetadataOf reads the metadata of an object; absent parts are empty.
func MetadataOf(raw json.RawMessage) (Metadata, error) {
	var metadata Metadata
	members, err := Members(raw)
	if err != nil {
		return metadata, err
	}
	inner, err := membersOf(members, "metadata")
	if err != nil {
		return metadata, err
	}
	if err := read(inner, "name", &metadata.Name); err != nil {
		return metadata, err
	}
	if err := read(inner, "labels", &metadata.Labels); err != nil {
		return metadata, err
	}
	return metadata, read(inner, "annotations", &metadata.Annotations)
}

// WithAnnotations gives the object with these annotations set, and everything
// else, numbers included, as it was.
func WithAnnotations(raw json.RawMessage, annotations map[string]string) (json.RawMessage, error) {
	members, err := Members(raw)
	if err != nil {
		return nil, err
	}
	metadata, err := membersOf(members, "metadata")
	if err != nil {
		return nil, err
	}
	present := map[string]string{}
	if err := read(metadata, "annotations", &present); err != nil {
		return nil, err
	}
	if present == nil {
		present = map[string]string{}
	}
	for key, value := range annotations {
		present[key] = value
	}
	if metadata["annotations"], err = json.Marshal(present); err != nil {
		return nil, err
	}
	if members["metadata"], err = json.Marshal(metadata); err != nil {
		return nil, err
	}
	return json.Marshal(members)
}

// Members gives the members of a JSON object, each as it was written.
func Members(raw json.RawMessage) (map[string]json.RawMessage, error) {
	if len(raw) == 0 {
		return nil, errors.New("the request has no object")
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, fmt.Errorf("cannot read the object: %w", err)
	}
	if members == nil {
		return nil, errors.New("the request has no object")
	}
	return members, nil
}

func membersOf(parent map[string]json.RawMessage, key string) (map[string]json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := read(parent, key, &members); err != nil {
		return nil, err
	}
	if members == nil {
		members = map[string]json.RawMessage{}
	}
	return members, nil
}

func read(parent map[string]json.RawMessage, key string, target any) error {
	value, present := parent[key]
	if !present {
		return nil
	}
	if err := json.Unmarshal(value, target); err != nil {
		return fmt.Errorf("cannot read %s of the object: %w", key, err)
	}
	return nil
}
