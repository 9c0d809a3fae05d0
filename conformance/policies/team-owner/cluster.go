package main

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/kubewarden/policy-sdk-go/pkg/capabilities"
	"github.com/kubewarden/policy-sdk-go/pkg/capabilities/kubernetes"
	"github.com/kubewarden/policy-sdk-go/protocol"

	"portcullis.dev/conformance/policies/internal/object"
)

// cluster asks the host what the Kubernetes API server knows.
type cluster struct {
	host *capabilities.Host
}

// freshness says whether an answer may come from the host's cache.
type freshness bool

const (
	cached freshness = false
	fresh  freshness = true
)

type service struct {
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		Ports []struct {
			Port int `json:"port"`
		} `json:"ports"`
	} `json:"spec"`
}

// ownerOf gives the label of a namespace, or "" when it has none.
func (cluster cluster) ownerOf(namespace, label string, freshness freshness) (string, error) {
	answer, err := kubernetes.GetResource(cluster.host, kubernetes.GetResourceRequest{
		APIVersion:   "v1",
		Kind:         "Namespace",
		Name:         namespace,
		DisableCache: bool(freshness),
		FieldMasks:   []string{"metadata.labels"},
	})
	if err != nil {
		return "", err
	}
	metadata, err := object.MetadataOf(answer)
	if err != nil {
		return "", err
	}
	if metadata.Name != namespace {
		return "", fmt.Errorf("asked for namespace %s and got %q", namespace, metadata.Name)
	}
	return metadata.Labels[label], nil
}

// otherNamespaces names the namespaces, apart from the given one, that carry the label.
func (cluster cluster) otherNamespaces(namespace, label, value string) ([]string, error) {
	labels := label + "=" + value
	fields := "metadata.name!=" + namespace
	answer, err := kubernetes.ListResources(cluster.host, kubernetes.ListAllResourcesRequest{
		APIVersion:    "v1",
		Kind:          "Namespace",
		LabelSelector: &labels,
		FieldSelector: &fields,
		FieldMasks:    []string{"metadata.name"},
	})
	if err != nil {
		return nil, err
	}
	items, err := itemsOf[json.RawMessage](answer)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(items))
	for _, item := range items {
		metadata, err := object.MetadataOf(item)
		if err != nil {
			return nil, err
		}
		names = append(names, metadata.Name)
	}
	// The host's order is its own; a refusal should read the same each time.
	slices.Sort(names)
	return names, nil
}

// services gives the services of a namespace that have the name and the label.
func (cluster cluster) services(namespace, name, label, value string) ([]service, error) {
	labels := label + "=" + value
	fields := "metadata.name=" + name
	answer, err := kubernetes.ListResourcesByNamespace(cluster.host, kubernetes.ListResourcesByNamespaceRequest{
		APIVersion:    "v1",
		Kind:          "Service",
		Namespace:     namespace,
		LabelSelector: &labels,
		FieldSelector: &fields,
		FieldMasks:    []string{"metadata.name", "spec.ports.port"},
	})
	if err != nil {
		return nil, err
	}
	return itemsOf[service](answer)
}

// may asks whether the user is allowed what the settings name.
func (cluster cluster) may(user protocol.UserInfo, rules settings, namespace string,
) (kubernetes.SubjectAccessReviewStatus, error) {
	return kubernetes.CanI(cluster.host, kubernetes.CanIRequest{
		SubjectAccessReview: kubernetes.SubjectAccessReview{
			User:   user.Username,
			Groups: user.Groups,
			ResourceAttributes: kubernetes.ResourceAttributes{
				Namespace: namespace,
				Verb:      rules.Verb,
				Group:     rules.Group,
				Resource:  rules.Resource,
			},
		},
		DisableCache: !rules.CachePermission,
	})
}

// itemsOf reads a list, and takes an answer without items for a fault: it must not
// pass for "nothing found".
func itemsOf[T any](answer []byte) ([]T, error) {
	var list struct {
		Items *[]T `json:"items"`
	}
	if err := json.Unmarshal(answer, &list); err != nil {
		return nil, fmt.Errorf("the host's answer is not a list: %w", err)
	}
	if list.Items == nil {
		return nil, fmt.Errorf("the host's answer is not a list: %.100q", answer)
	}
	return *list.Items, nil
}
