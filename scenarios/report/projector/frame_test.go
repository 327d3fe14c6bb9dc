package projector

import (
	"bytes"
	"testing"

	"roadloop/sim/clock"
)

// The car's camera shows nothing before its first picture arrives, the same picture until
// the next one does, and nothing that was not found equal.
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
		t.Error("before anything happened there is a picture")
	}
	if _, err := p.Go(20); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(frame(3), black) {
		t.Error("a picture arrives before its latency is over")
	}
	at50, last := frame(50), frame(95)
	if bytes.Equal(at50, last) || bytes.Equal(at50, black) {
		t.Error("the picture does not follow the time")
	}
	if !bytes.Equal(frame(1000), last) {
		t.Error("it shows what has not happened yet")
	}
	if !bytes.Equal(frame(50), at50) {
		t.Error("the same moment looks different after others")
	}
}
