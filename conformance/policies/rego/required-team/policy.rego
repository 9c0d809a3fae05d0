package policy

import rego.v1

violation contains {"msg": "label team is missing"} if {
	not input.review.object.metadata.labels.team
}

violation contains {"msg": msg} if {
	team := input.review.object.metadata.labels.team
	not team in input.parameters.teams
	msg := sprintf("team %v is not one of %v", [team, input.parameters.teams])
}
