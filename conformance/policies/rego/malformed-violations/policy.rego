package policy

import rego.v1

# Undefined when the parameters have no result.
violation := input.parameters.result
