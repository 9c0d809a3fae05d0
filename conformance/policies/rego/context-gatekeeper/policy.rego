package policy

import rego.v1

namespace := input.review.namespace

violation contains {"msg": sprintf("namespace %v does not exist", [namespace])} if {
	not data.inventory.cluster.v1.Namespace[namespace]
}

violation contains {"msg": sprintf("namespace %v has no deployment", [namespace])} if {
	data.inventory.cluster.v1.Namespace[namespace]
	not data.inventory.namespace[namespace]["apps/v1"].Deployment
}
