package replay

import (
	"bytes"
	"testing"

	"roadloop/sim/clock"
)

// The camera image is black before the first one arrives, stays until the next one, and
// never shows an unchecked moment.
func TestFrames(t *testing.T) {
	p := open(t, recorded(t))
	frame := func(at int) []byte {
		t.Helper()
		pix, w, h, err := p.Frame(clock.Tick(at))
		if err != nil || w != 320 || h != 192 || len(pix) != 4*w*h || pix[3] != 255 {
			t.Fatalf("at %d: %d bytes for %d×%d, %v", at, len(pix), w, h, err)
		}
		return bytes.Clone(pix)
	}
	black := frame(100)
	if !bytes.Equal(bytes.ReplaceAll(black, []byte{0, 0, 0, 255}, nil), nil) {
		t.Error("there is an image before the first one arrives")
	}
	if _, err := p.Go(20); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(frame(3), black) {
		t.Error("an image arrives before its latency is over")
	}
	at50, last := frame(50), frame(95)
	if bytes.Equal(at50, last) || bytes.Equal(at50, black) {
		t.Error("the image does not change with time")
	}
	if !bytes.Equal(frame(1000), last) {
		t.Error("the image shows an unchecked moment")
	}
	if !bytes.Equal(frame(50), at50) {
		t.Error("the same moment gives another image after other calls")
	}
}
