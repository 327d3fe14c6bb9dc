package palette

import (
	"image/color"
	"math"
	"strings"
	"testing"
)

// luminance is the relative luminance of WCAG 2.2.
func luminance(c color.RGBA) float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= .04045 {
			return x / 12.92
		}
		return math.Pow((x+.055)/1.055, 2.4)
	}
	return .2126*linear(c.R) + .7152*linear(c.G) + .0722*linear(c.B)
}

// contrast is the contrast ratio of WCAG 2.2, 1 to 21.
func contrast(a, b color.RGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + .05) / (math.Min(x, y) + .05)
}

// Graphics need a contrast of 3 to their background (WCAG 2.2, 1.4.11).
func TestContrastToBackground(t *testing.T) {
	for _, tone := range tones[:16] {
		if c := contrast(tone.Light, rgb(0xffffff)); c < 3 {
			t.Errorf("%s on white: contrast %.2f", tone.Name, c)
		}
		if c := contrast(tone.Dark, rgb(0x14171b)); c < 3 {
			t.Errorf("%s on a dark page: contrast %.2f", tone.Name, c)
		}
	}
}

func TestClassesDiffer(t *testing.T) {
	classes := []Tone{Car, Truck, Pedestrian, Cyclist, Cone, SignalRed, SignalAmber, SignalGreen}
	for i, a := range classes {
		for _, b := range classes[i+1:] {
			if a.Dark == b.Dark || a.Light == b.Light {
				t.Errorf("%s and %s share a color", a.Name, b.Name)
			}
		}
	}
}

func TestCSSDeclaresEveryToneOnce(t *testing.T) {
	css := CSS()
	if !strings.Contains(css, "--ego: light-dark(#d55e00, #d55e00);") {
		t.Errorf("no --ego in\n%s", css)
	}
	for _, tone := range tones {
		if n := strings.Count(css, "--"+tone.Name+":"); n != 1 {
			t.Errorf("--%s is declared %d times", tone.Name, n)
		}
	}
}
