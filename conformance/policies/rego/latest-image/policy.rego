package policy

import rego.v1

main := {
	"apiVersion": "admission.k8s.io/v1",
	"kind": "AdmissionReview",
	"response": response,
}

response := object.union(verdict, patch)

verdict := {"uid": input.request.uid, "allowed": true} if count(refused) == 0

verdict := {
	"uid": input.request.uid,
	"allowed": false,
	"status": {"message": concat(", ", refused), "code": 403},
} if {
	count(refused) > 0
}

refused contains sprintf("image %v has no fixed tag", [image]) if {
	some container in input.request.object.spec.containers
	image := container.image
	not regex.match(`:[^:/]+$`, image)
}

refused contains sprintf("image %v is the latest", [container.image]) if {
	some container in input.request.object.spec.containers
	endswith(container.image, ":latest")
}

default patch := {}

patch := {"patchType": "JSONPatch", "patch": base64.encode(json.marshal(operations))} if {
	data.pullPolicy
	count(operations) > 0
}

operations := [operation |
	some i, container in input.request.object.spec.containers
	not container.imagePullPolicy
	operation := {
		"op": "add",
		"path": sprintf("/spec/containers/%d/imagePullPolicy", [i]),
		"value": data.pullPolicy,
	}
]
