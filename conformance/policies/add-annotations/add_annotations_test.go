package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kubewarden/policy-sdk-go/protocol"
)

func answerTo(t *testing.T, operation, object string) string {
	t.Helper()
	var request protocol.ValidationRequest
	request.Request.Operation = operation
	request.Request.Object = json.RawMessage(object)
	request.Settings = json.RawMessage(`{"annotations":{"seen/by":"portcullis"}}`)
	answer, err := validate(request)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

func TestAnObjectIsChangedOnlyWhenSomethingIsMissing(t *testing.T) {
	for object, wanted := range map[string]string{
		`{"metadata":{"annotations":{"seen/by":"portcullis","x":"y"}}}`://
		`{"accepted":true}`,
		`{"metadata":{"annotations":{"seen/by":"nobody"}}}`://
		`{"accepted":true,"mutated_object":{"metadata":{"annotations":{"seen/by":"portcullis"}}}}`,
		`{"kind":"Pod"}`://
		`{"accepted":true,"mutated_object":{"kind":"Pod","metadata":{"annotations":{"seen/by":"portcullis"}}}}`,
	} {
		if answer := answerTo(t, "CREATE", object); answer != wanted {
			t.Errorf("%s gave %s", object, answer)
		}
	}
}

func TestADeletionIsAcceptedAndAnAbsentObjectIsNot(t *testing.T) {
	if answer := answerTo(t, "DELETE", ""); answer != `{"accepted":true}` {
		t.Errorf("DELETE gave %s", answer)
	}
	if answer := answerTo(t, "CREATE", ""); !strings.Contains(answer, `"accepted":false`) {
		t.Errorf("CREATE gave %s", answer)
	}
}

func TestSettingsAreRefusedWithTheirReason(t *testing.T) {
	for settings, reason := range map[string]string{
		`{"annotations":{"a.b/c":"anything at all"}}`: `{"valid":true}`,
		`{}`:                            "name at least one annotation",
		`{"annotations":{"a b":"c"}}`:   "is not the name of an annotation",
		`{"annotations":{"a":1}}`:       "cannot read the settings",
		`{"annotation":{"a":"c"}}`:      "unknown field",
		`{"annotations":{"a/b/c":"c"}}`: "is not the name of an annotation",
	} {
		answer, err := validateSettings(json.RawMessage(settings))
		if err != nil || !strings.Contains(string(answer), reason) {
			t.Errorf("%s gave %s, %v", settings, answer, err)
		}
	}
}
