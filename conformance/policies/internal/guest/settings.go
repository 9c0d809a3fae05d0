package guest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// DecodeSettings reads settings into target and refuses keys that target does
// not have, so that a misspelt one cannot switch a rule off.
func DecodeSettings(settings json.RawMessage, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(settings))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one JSON value")
	}
	return nil
}
