package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kubewarden/policy-sdk-go/protocol"
)

const teams = `{"required":{"owner":"team-[a-z]+","tier":null},"denied":["legacy"]}`

func messageOf(t *testing.T, operation, object, settings string) string {
	t.Helper()
	var request protocol.ValidationRequest
	request.Request.Operation = operation
	request.Request.Object = json.RawMessage(object)
	request.Settings = json.RawMessage(settings)
	answer, err := validate(request)
	if err != nil {
		t.Fatal(err)
	}
	var response protocol.ValidationResponse
	if err := json.Unmarshal(answer, &response); err != nil {
		t.Fatal(err)
	}
	if response.Accepted {
		return "accepted"
	}
	return *response.Message
}

func TestLabelsAreJudged(t *testing.T) {
	for labels, wanted := range map[string]string{
		`{"owner":"team-a","tier":"x"}`:             "accepted",
		`{"owner":"team-a","tier":""}`:              "accepted",
		`{"tier":"x"}`:                              `label "owner" is missing`,
		`{"owner":"a-team-a","tier":"x"}`:           `label "owner" is "a-team-a", which does not match team-[a-z]+`,
		`{"owner":"team-a\nx","tier":"x"}`:          `label "owner" is "team-a\nx", which does not match team-[a-z]+`,
		`{"owner":"team-a","tier":"x","legacy":""}`: `label "legacy" is denied`,
		`{"Owner":"team-a","tier":"x"}`:             `label "owner" is missing`,
		`null`:                                      `label "owner" is missing; label "tier" is missing`,
		`{"owner":"team-a","tier":1}`:               "cannot read labels of the object: json: cannot unmarshal number into Go value of type string",
	} {
		message := messageOf(t, "CREATE", `{"metadata":{"labels":`+labels+`}}`, teams)
		if message != wanted {
			t.Errorf("%s gave %s", labels, message)
		}
	}
}

func TestOnlyADeletionMayComeWithoutAnObject(t *testing.T) {
	if message := messageOf(t, "DELETE", "", teams); message != "accepted" {
		t.Errorf("DELETE gave %s", message)
	}
	if message := messageOf(t, "CREATE", "", teams); message != "the request has no object" {
		t.Errorf("CREATE gave %s", message)
	}
}

func TestSettingsAreRefusedWithTheirReason(t *testing.T) {
	for settings, reason := range map[string]string{
		teams:                                  "",
		`{}`:                                   "name at least one label",
		`{"require":{}}`:                       `unknown field \"require\"`,
		`{"required":{"owner":"("}}`:           "constraint of label \\\"owner\\\" cannot be used",
		`{"required":{"owner":"a)|(?:b"}}`:     "constraint of label \\\"owner\\\" cannot be used",
		`{"required":{"not a label":null}}`:    "is not the name of a label",
		`{"denied":["-x"]}`:                    "is not the name of a label",
		`{"required":{"a":""},"denied":["a"]}`: "is both required and denied",
	} {
		answer, err := validateSettings(json.RawMessage(settings))
		if err != nil {
			t.Fatal(err)
		}
		valid := strings.Contains(string(answer), `"valid":true`)
		if valid != (reason == "") || !strings.Contains(string(answer), reason) {
			t.Errorf("%s gave %s", settings, answer)
		}
	}
}
