package object

import (
	"encoding/json"
	"testing"
)

func TestKeysAreMatchedExactly(t *testing.T) {
	metadata, err := MetadataOf(json.RawMessage(
		`{"metadata":{"labels":{"a":"1"},"Labels":{"b":"2"}},"Metadata":{"labels":{"c":"3"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(metadata.Labels) != 1 || metadata.Labels["a"] != "1" {
		t.Errorf("got %v", metadata.Labels)
	}
}

func TestAbsentAndNullPartsAreEmpty(t *testing.T) {
	for _, text := range []string{`{}`, `{"metadata":null}`, `{"metadata":{"labels":null,"annotations":null}}`} {
		metadata, err := MetadataOf(json.RawMessage(text))
		if err != nil || len(metadata.Labels) != 0 || len(metadata.Annotations) != 0 {
			t.Errorf("%s gave %v, %v", text, metadata, err)
		}
	}
}

func TestWhatIsNoObjectIsAnError(t *testing.T) {
	for _, text := range []string{``, `null`, `[]`, `"x"`, `{"metadata":[]}`, `{"metadata":{"labels":{"a":1}}}`} {
		if metadata, err := MetadataOf(json.RawMessage(text)); err == nil {
			t.Errorf("%q gave %v", text, metadata)
		}
	}
}

func TestAnnotatingLeavesEverythingElseAsItWas(t *testing.T) {
	for text, wanted := range map[string]string{
		`{"big":12345678901234567890,"metadata":{"name":"x","annotations":{"a":"1"}}}`://
		`{"big":12345678901234567890,"metadata":{"annotations":{"a":"1","b":"2"},"name":"x"}}`,
		`{"spec":{"float":1.50}}`:           `{"metadata":{"annotations":{"b":"2"}},"spec":{"float":1.50}}`,
		`{"metadata":{"annotations":null}}`: `{"metadata":{"annotations":{"b":"2"}}}`,
	} {
		annotated, err := WithAnnotations(json.RawMessage(text), map[string]string{"b": "2"})
		if err != nil || string(annotated) != wanted {
			t.Errorf("%s gave %s, %v", text, annotated, err)
		}
	}
}
