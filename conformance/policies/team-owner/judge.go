package main

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/kubewarden/policy-sdk-go/protocol"

	"portcullis.dev/conformance/policies/internal/object"
)

// Names and label values go into selectors. Admission runs before validation, so
// what could widen a selector must be refused here.
var (
	objectName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$`)
	labelValue = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
)

// judge gives the reason for which the request is refused, or nil.
func judge(cluster cluster, rules settings, request protocol.KubernetesAdmissionRequest) error {
	if request.Kind.Group != "apps" || request.Kind.Kind != "Deployment" {
		return fmt.Errorf("team-owner judges Deployments only, but was asked about a %s", request.Kind.Kind)
	}
	if !objectName.MatchString(request.Namespace) {
		return fmt.Errorf("a Deployment needs a namespace, and %q is none", request.Namespace)
	}
	deployment, err := object.MetadataOf(request.Object)
	if err != nil {
		return err
	}
	if !objectName.MatchString(deployment.Name) {
		return fmt.Errorf("a Deployment needs a name, and %q is none", deployment.Name)
	}
	customer, present := deployment.Labels[rules.Label]
	if !present {
		return fmt.Errorf("label %s is missing on Deployment %s", rules.Label, deployment.Name)
	}
	if !labelValue.MatchString(customer) {
		return fmt.Errorf("label %s is %q, which no label may be", rules.Label, customer)
	}
	if err := sameOwner(cluster, rules, request.Namespace, customer); err != nil {
		return err
	}
	if err := soleOwner(cluster, rules, request.Namespace, customer); err != nil {
		return err
	}
	if err := guarded(cluster, rules, request.Namespace, deployment.Name, customer); err != nil {
		return err
	}
	return permitted(cluster, rules, request)
}

// sameOwner compares the label with the Namespace's. A cached Namespace may be
// some seconds old, so a refusal is only spoken on a fresh one.
func sameOwner(cluster cluster, rules settings, namespace, customer string) error {
	owner, err := cluster.ownerOf(namespace, rules.Label, cached)
	if err == nil && owner == customer {
		return nil
	}
	owner, err = cluster.ownerOf(namespace, rules.Label, fresh)
	switch {
	case err != nil:
		return fmt.Errorf("cannot look up namespace %s: %w", namespace, err)
	case owner == "":
		return fmt.Errorf("label %s is %q, but namespace %s belongs to nobody", rules.Label, customer, namespace)
	case owner != customer:
		return fmt.Errorf("label %s is %q, but namespace %s belongs to %q", rules.Label, customer, namespace, owner)
	}
	return nil
}

// soleOwner makes sure that no other namespace claims the customer.
func soleOwner(cluster cluster, rules settings, namespace, customer string) error {
	others, err := cluster.otherNamespaces(namespace, rules.Label, customer)
	if err != nil {
		return fmt.Errorf("cannot list the namespaces of %s %q: %w", rules.Label, customer, err)
	}
	if len(others) > 0 {
		return fmt.Errorf("%s %q belongs to namespace %s, but namespace %s claims it too",
			rules.Label, customer, namespace, others[0])
	}
	return nil
}

// guarded makes sure that the Service in front of the Deployment is there.
func guarded(cluster cluster, rules settings, namespace, deployment, customer string) error {
	guard := deployment + rules.GuardSuffix
	services, err := cluster.services(namespace, guard, rules.Label, customer)
	switch {
	case err != nil:
		return fmt.Errorf("cannot list the services of namespace %s: %w", namespace, err)
	case len(services) == 0:
		return fmt.Errorf("service %s with label %s=%s is missing in namespace %s",
			guard, rules.Label, customer, namespace)
	case len(services) > 1:
		return fmt.Errorf("asked for service %s and got %d services", guard, len(services))
	case services[0].Metadata.Name != guard:
		return fmt.Errorf("asked for service %s and got %s", guard, services[0].Metadata.Name)
	}
	for _, port := range services[0].Spec.Ports {
		if port.Port == rules.GuardPort {
			return nil
		}
	}
	return fmt.Errorf("service %s in namespace %s does not offer port %d", guard, namespace, rules.GuardPort)
}

// permitted makes sure that whoever sends the request may do what it leads to.
func permitted(cluster cluster, rules settings, request protocol.KubernetesAdmissionRequest) error {
	if request.UserInfo.Username == "" {
		return errors.New("the request does not say whose it is")
	}
	status, err := cluster.may(request.UserInfo, rules, request.Namespace)
	switch {
	case err != nil:
		return fmt.Errorf("cannot ask what user %s may do: %w", request.UserInfo.Username, err)
	case status.Allowed && !status.Denied:
		return nil
	case status.EvaluationError != "":
		return fmt.Errorf("user %s may not %s %s in namespace %s: %s", request.UserInfo.Username,
			rules.Verb, rules.Resource, request.Namespace, status.EvaluationError)
	}
	return fmt.Errorf("user %s may not %s %s in namespace %s",
		request.UserInfo.Username, rules.Verb, rules.Resource, request.Namespace)
}
