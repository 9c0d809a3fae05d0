module portcullis.dev/conformance/policies

go 1.26.0

toolchain go1.26.8

require github.com/kubewarden/policy-sdk-go v0.13.1

require (
	github.com/go-openapi/strfmt v0.21.3 // indirect
	github.com/kubewarden/k8s-objects v1.29.0-kw1 // indirect
	github.com/wapc/wapc-guest-tinygo v0.3.3 // indirect
	gopkg.in/yaml.v3 v3.0.1
)

replace github.com/go-openapi/strfmt => github.com/kubewarden/strfmt v0.1.3
