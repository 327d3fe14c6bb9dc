package fileio

import (
	"bytes"
	"encoding/json"
)

// DecodeJSON decodes a JSON value and refuses fields that v does not have.
func DecodeJSON(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(v)
}
