package statebytes_test

import (
	"bytes"
	"math"
	"testing"

	"roadloop/internal/statebytes"
)

func TestBytes(t *testing.T) {
	got := statebytes.Bools(statebytes.Floats(statebytes.Ints([]byte{7}, 1, -2), 1, math.Copysign(0, -1)), true, false)
	want := []byte{
		7,
		1, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x80,
		1, 0,
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got % x, want % x", got, want)
	}
}
