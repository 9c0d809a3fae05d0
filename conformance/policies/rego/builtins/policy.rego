package policy

import rego.v1

main := {"response": {
	"uid": "u",
	"allowed": true,
	"warnings": [json.marshal(result)],
}}

args := data.args

result := base64url.encode_no_pad(args[0]) if data.builtin == "base64url.encode_no_pad"

result := crypto.hmac.equal(args[0], args[1]) if data.builtin == "crypto.hmac.equal"

result := crypto.hmac.md5(args[0], args[1]) if data.builtin == "crypto.hmac.md5"

result := crypto.hmac.sha1(args[0], args[1]) if data.builtin == "crypto.hmac.sha1"

result := crypto.hmac.sha256(args[0], args[1]) if data.builtin == "crypto.hmac.sha256"

result := crypto.hmac.sha512(args[0], args[1]) if data.builtin == "crypto.hmac.sha512"

result := crypto.md5(args[0]) if data.builtin == "crypto.md5"

result := crypto.sha1(args[0]) if data.builtin == "crypto.sha1"

result := crypto.sha256(args[0]) if data.builtin == "crypto.sha256"

result := glob.quote_meta(args[0]) if data.builtin == "glob.quote_meta"

result := graph.reachable_paths(args[0], args[1]) if data.builtin == "graph.reachable_paths"

result := hex.decode(args[0]) if data.builtin == "hex.decode"

result := hex.encode(args[0]) if data.builtin == "hex.encode"

result := indexof_n(args[0], args[1]) if data.builtin == "indexof_n"

result := io.jwt.decode(args[0]) if data.builtin == "io.jwt.decode"

result := json.marshal_with_options(args[0], args[1]) if data.builtin == "json.marshal_with_options"

result := json.patch(args[0], args[1]) if data.builtin == "json.patch"

result := net.cidr_contains_matches(args[0], args[1]) if data.builtin == "net.cidr_contains_matches"

result := net.cidr_expand(args[0]) if data.builtin == "net.cidr_expand"

result := net.cidr_is_valid(args[0]) if data.builtin == "net.cidr_is_valid"

result := net.cidr_merge(args[0]) if data.builtin == "net.cidr_merge"

result := numbers.range_step(args[0], args[1], args[2]) if data.builtin == "numbers.range_step"

result := object.subset(args[0], args[1]) if data.builtin == "object.subset"

result := opa.runtime() if data.builtin == "opa.runtime"

result := rand.intn(args[0], args[1]) if data.builtin == "rand.intn"

result := regex.find_n(args[0], args[1], args[2]) if data.builtin == "regex.find_n"

result := regex.replace(args[0], args[1], args[2]) if data.builtin == "regex.replace"

result := regex.split(args[0], args[1]) if data.builtin == "regex.split"

result := regex.template_match(args[0], args[1], args[2], args[3]) if data.builtin == "regex.template_match"

result := semver.compare(args[0], args[1]) if data.builtin == "semver.compare"

result := semver.is_valid(args[0]) if data.builtin == "semver.is_valid"

result := sprintf(args[0], args[1]) if data.builtin == "sprintf"

result := strings.any_prefix_match(args[0], args[1]) if data.builtin == "strings.any_prefix_match"

result := strings.any_suffix_match(args[0], args[1]) if data.builtin == "strings.any_suffix_match"

result := strings.count(args[0], args[1]) if data.builtin == "strings.count"

result := strings.split_n(args[0], args[1], args[2]) if data.builtin == "strings.split_n"

result := time.add_date(args[0], args[1], args[2], args[3]) if data.builtin == "time.add_date"

result := time.clock(args[0]) if data.builtin == "time.clock"

result := time.date(args[0]) if data.builtin == "time.date"

result := time.diff(args[0], args[1]) if data.builtin == "time.diff"

result := time.format(args[0]) if data.builtin == "time.format"

result := time.now_ns() if data.builtin == "time.now_ns"

result := time.parse_duration_ns(args[0]) if data.builtin == "time.parse_duration_ns"

result := time.parse_ns(args[0], args[1]) if data.builtin == "time.parse_ns"

result := time.parse_rfc3339_ns(args[0]) if data.builtin == "time.parse_rfc3339_ns"

result := time.weekday(args[0]) if data.builtin == "time.weekday"

result := trace(args[0]) if data.builtin == "trace"

result := units.parse(args[0]) if data.builtin == "units.parse"

result := units.parse_bytes(args[0]) if data.builtin == "units.parse_bytes"

result := urlquery.decode(args[0]) if data.builtin == "urlquery.decode"

result := urlquery.decode_object(args[0]) if data.builtin == "urlquery.decode_object"

result := urlquery.encode(args[0]) if data.builtin == "urlquery.encode"

result := urlquery.encode_object(args[0]) if data.builtin == "urlquery.encode_object"

result := uuid.parse(args[0]) if data.builtin == "uuid.parse"

result := uuid.rfc4122(args[0]) if data.builtin == "uuid.rfc4122"

result := yaml.is_valid(args[0]) if data.builtin == "yaml.is_valid"

result := yaml.marshal(args[0]) if data.builtin == "yaml.marshal"

result := yaml.unmarshal(args[0]) if data.builtin == "yaml.unmarshal"
