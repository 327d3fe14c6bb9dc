// Package corruption makes frames worse in nine ways and five degrees, to see how
// soon perception fails (Hendrycks and Dietterich 2019; for detectors Michaelis et
// al. 2019). Weather and light change the world before it is rendered; what goes
// wrong in the camera changes the pixels; a camera that was knocked sees from
// elsewhere than the stack believes. Labels stay those of the clean frame where
// the view stays.
package corruption

import (
	"fmt"
	"strings"

	"roadloop/sim/scene"
	"roadloop/sim/sensor"
	"roadloop/sim/stage"
)

// Kind is a way to make a frame worse.
type Kind string

// Kinds of corruption.
const (
	Noise Kind = "noise" // of the sensor
	Blur  Kind = "blur"  // out of focus
	Dirt  Kind = "dirt"  // on the lens
	JPEG  Kind = "jpeg"  // blocks and ringing of strong compression
	Fog   Kind = "fog"
	Rain  Kind = "rain"
	Night Kind = "night"
	Glare Kind = "glare" // the low sun ahead
	Shift Kind = "shift" // the camera turned in its mount, uncalibrated
)

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{Noise, Blur, Dirt, JPEG, Fog, Rain, Night, Glare, Shift} }

// ParseKind returns the kind of that name.
func ParseKind(name string) (Kind, error) {
	var names []string
	for _, k := range Kinds() {
		if string(k) == name {
			return k, nil
		}
		names = append(names, string(k))
	}
	return "", fmt.Errorf("corruption %q is none of %s", name, strings.Join(names, ", "))
}

// Severities is the number of degrees.
const Severities = 5

// Corruption is a kind and its degree, 1 to Severities. The zero value changes nothing.
type Corruption struct {
	Kind     Kind `json:"kind"`
	Severity int  `json:"severity"`
}

// Check reports a corruption that does not exist.
func (c Corruption) Check() error {
	if c == (Corruption{}) {
		return nil
	}
	if c.Severity < 1 || c.Severity > Severities {
		return fmt.Errorf("corruption %s of severity %d, want 1 to %d", c.Kind, c.Severity, Severities)
	}
	_, err := ParseKind(string(c.Kind))
	return err
}

// String names kind and degree.
func (c Corruption) String() string { return fmt.Sprintf("%s %d", c.Kind, c.Severity) }

// pick returns the strength of the degree.
func (c Corruption) pick(s [Severities]float64) float64 { return s[c.Severity-1] }

// World changes weather and light of a view that is about to be rendered.
func (c Corruption) World(v *stage.View) {
	w := &v.Conditions
	switch c.Kind {
	case Fog: // visibility, m
		*w = scene.Conditions{SunElevation: w.SunElevation, SunAzimuth: w.SunAzimuth, Wet: w.Wet, Cloud: 1,
			Visibility: c.pick([...]float64{200, 120, 80, 55, 40})}
	case Rain:
		w.Rain, w.Visibility, w.Glare = c.pick([...]float64{.2, .4, .6, .8, 1}), 0, 0
		w.Wet, w.Cloud = max(w.Wet, .5+w.Rain/2), 1
	case Night: // ever darker, with ever less exposure
		w.SunElevation, w.Glare = c.pick([...]float64{-.02, -.08, -.15, -.3, -.6}), 0
		v.Exposure = c.pick([...]float64{1.2, 1.05, .9, .75, .6})
	case Glare:
		*w = scene.Conditions{SunElevation: .1, SunAzimuth: v.Ego.Yaw + .1, Wet: w.Wet, Glare: c.pick([...]float64{.2, .4, .6, .8, 1})}
	}
}

// Camera turns a camera in its mount: left, down, and about its axis.
func (c Corruption) Camera(cal *sensor.Camera) {
	if c.Kind != Shift {
		return
	}
	const degree = 0.017453292519943295 // rad
	turn := degree * c.pick([...]float64{.25, .5, 1, 1.75, 3})
	cal.Mount.Yaw += turn
	cal.Mount.Pitch += turn / 2
	cal.Mount.Roll += turn / 2
}
