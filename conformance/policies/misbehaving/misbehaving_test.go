package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestAnUnknownBehaviourIsAnsweredWithTheKnownOnes(t *testing.T) {
	_, err := parse(json.RawMessage(`{"behaviour":"behave"}`))
	if err == nil || !strings.Contains(err.Error(), `unknown behaviour "behave": choose one of accept, `) ||
		!strings.Contains(err.Error(), "settings-silent") {
		t.Error(err)
	}
}

func TestEveryBehaviourIsTaken(t *testing.T) {
	for name := range behaviours {
		if _, err := parse(json.RawMessage(`{"behaviour":"` + name + `"}`)); err != nil {
			t.Error(err)
		}
	}
	for name := range settingsBehaviours {
		if _, err := parse(json.RawMessage(`{"behaviour":"` + name + `"}`)); err != nil {
			t.Error(err)
		}
	}
}

func TestAMisspeltMemberIsRefused(t *testing.T) {
	if _, err := parse(json.RawMessage(`{"behaviour":"sleep","millis":1}`)); err == nil {
		t.Error("it was taken")
	}
}
