package policy

import rego.v1

main := {
	"apiVersion": "admission.k8s.io/v1",
	"kind": "AdmissionReview",
	"response": {
		"uid": input.request.uid,
		"allowed": count(refused) == 0,
		"status": {"message": concat(", ", refused)},
	},
}

namespace := input.request.namespace

refused contains sprintf("namespace %v does not exist", [namespace]) if {
	not data.kubernetes.namespaces[namespace]
}

refused contains sprintf("namespace %v has no deployment", [namespace]) if {
	data.kubernetes.namespaces[namespace]
	count(object.get(data.kubernetes.deployments, namespace, {})) == 0
}
