package guest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kubewarden/policy-sdk-go/protocol"
)

var policy = Policy{
	Validate: func(request protocol.ValidationRequest) ([]byte, error) {
		return []byte("validated " + request.Request.Uid), nil
	},
	ValidateSettings: func(settings json.RawMessage) ([]byte, error) {
		return append([]byte("settings "), settings...), nil
	},
}

func TestTheArgumentChoosesTheOperation(t *testing.T) {
	for operation, wanted := range map[string]string{
		"validate":          "validated 7",
		"validate-settings": `settings {"request":{"uid":"7"}}`,
	} {
		answer, err := policy.answer([]string{"policy.wasm", operation}, strings.NewReader(`{"request":{"uid":"7"}}`))
		if err != nil || string(answer) != wanted {
			t.Errorf("%s gave %s, %v", operation, answer, err)
		}
	}
}

func TestWrongUseIsAnError(t *testing.T) {
	for _, arguments := range [][]string{{"policy.wasm"}, {"policy.wasm", "mutate"}, {"policy.wasm", "validate", "x"}} {
		if answer, err := policy.answer(arguments, strings.NewReader(`{}`)); err == nil {
			t.Errorf("%v gave %s", arguments, answer)
		}
	}
	if answer, err := policy.answer([]string{"policy.wasm", "validate"}, strings.NewReader(`{`)); err == nil {
		t.Errorf("half a request gave %s", answer)
	}
}

func TestSettingsWithUnknownKeysOrMoreThanOneValueAreRefused(t *testing.T) {
	var target struct {
		Known string `json:"known"`
	}
	if err := DecodeSettings(json.RawMessage(`{"known":"x"}`), &target); err != nil || target.Known != "x" {
		t.Errorf("got %v, %v", target, err)
	}
	for _, text := range []string{``, `{"unknown":1}`, `{}{}`, `[]`, `{"known":1}`} {
		if err := DecodeSettings(json.RawMessage(text), &target); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
