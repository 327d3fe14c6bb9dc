package onnx

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

// Fields calls f for every length-delimited field of a message, in order. It returns the
// first error of f, and an error for bytes that are no message.
func Fields(m []byte, f func(field protowire.Number, value []byte) error) error {
	for len(m) > 0 {
		field, kind, n := protowire.ConsumeTag(m)
		if n < 0 {
			return errors.New("not a protocol buffer")
		}
		m = m[n:]
		size := protowire.ConsumeFieldValue(field, kind, m)
		if size < 0 {
			return errors.New("damaged or cut short")
		}
		if kind == protowire.BytesType {
			v, _ := protowire.ConsumeBytes(m)
			if err := f(field, v); err != nil {
				return err
			}
		}
		m = m[size:]
	}
	return nil
}
