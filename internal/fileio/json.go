package fileio

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// DecodeJSON decodes a JSON value and refuses fields that v does not have.
func DecodeJSON(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// ReadJSON decodes a JSON file of at most limit bytes into v. Unknown fields are skipped.
func ReadJSON(path string, limit int64, v any) error {
	data, err := ReadFile(path, limit)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
