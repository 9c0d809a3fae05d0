// team-owner keeps the customers of a cluster apart: a Deployment carries the
// customer label of its namespace, no other namespace belongs to that customer,
// the Service that guards the Deployment exists, and whoever applies it may read
// the customer's secrets.
//
// It asks the host with every Kubernetes call there is, and whatever the host
// cannot answer is a refusal that says so.
package main

import (
	"encoding/json"

	sdk "github.com/kubewarden/policy-sdk-go"
	"github.com/kubewarden/policy-sdk-go/pkg/capabilities"
	"github.com/kubewarden/policy-sdk-go/protocol"

	"portcullis.dev/conformance/policies/internal/guest"
)

func main() {
	host := capabilities.NewHost()
	guest.Run(guest.Policy{
		Validate: func(request protocol.ValidationRequest) ([]byte, error) {
			return validate(&host, request)
		},
		ValidateSettings: validateSettings,
	})
}

func validateSettings(raw json.RawMessage) ([]byte, error) {
	if _, err := parse(raw); err != nil {
		return sdk.RejectSettings(sdk.Message(err.Error()))
	}
	return sdk.AcceptSettings()
}

func validate(host *capabilities.Host, request protocol.ValidationRequest) ([]byte, error) {
	rules, err := parse(request.Settings)
	if err != nil {
		return nil, err
	}
	if request.Request.Operation == "DELETE" {
		// A customer may always leave.
		return sdk.AcceptRequest()
	}
	if err := judge(cluster{host}, rules, request.Request); err != nil {
		return sdk.RejectRequest(sdk.Message(err.Error()), sdk.NoCode)
	}
	return sdk.AcceptRequest()
}
