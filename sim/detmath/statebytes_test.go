package detmath_test

import (
	"bytes"
	"math"
	"testing"

	"roadloop/sim/detmath"
)

func TestBytes(t *testing.T) {
	got := detmath.AppendBools(detmath.AppendFloats(detmath.AppendInts([]byte{7}, 1, -2), 1, math.Copysign(0, -1)), true, false)
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
