package policy

import rego.v1

# The whole result comes from the settings, or from one of the behaviours below.
main := data.result

main := {"response": response} if data.behaviour

response := {"uid": "u", "allowed": true} if data.behaviour == "accept"

response := {"uid": "u", "allowed": semver.compare("not a version", "1.0.0") == 1} if {
	data.behaviour == "builtin-error"
}

response := {"uid": "u", "allowed": count(endless) > 0} if data.behaviour == "endless"

endless := [x | some i in numbers.range(0, 30000); some j in numbers.range(0, 30000); x := i + j; x < 0]

response := {"uid": "u", "allowed": count(hoard) > 0} if data.behaviour == "memory"

hoard := [x | some i in numbers.range(0, 30000); x := numbers.range(i, i + 10000)]

response := {"uid": "u", "allowed": count(flood) == 0} if data.behaviour == "print"

flood := [i | some i in numbers.range(0, 30000); trace("0123456789012345678901234567890123456789")]

response := {"uid": "u", "allowed": regex.match(data.pattern, input.request.text)} if data.behaviour == "regex"

response := {"uid": "u", "allowed": count(regex.find_n(data.pattern, input.request.text, -1)) > 0} if {
	data.behaviour == "find"
}

# Random values and the time are the same within one evaluation.
response := {"uid": "u", "allowed": same, "status": {"message": uuid.rfc4122("a")}} if {
	data.behaviour == "random"
	same := (uuid.rfc4122("a") == uuid.rfc4122("a")) == (time.now_ns() == time.now_ns())
}

# Remembers nothing: what it saw in the request is all there is.
response := {"uid": "u", "allowed": true, "warnings": [json.marshal(input)]} if data.behaviour == "echo"
