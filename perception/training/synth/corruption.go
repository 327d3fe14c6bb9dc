package synth

import (
	"fmt"
	"strings"

	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// CorruptionKind is a kind of corruption.
type CorruptionKind string

// Kinds of corruption.
const (
	Noise CorruptionKind = "noise" // of the sensor
	Blur  CorruptionKind = "blur"  // out of focus
	Dirt  CorruptionKind = "dirt"  // on the lens
	JPEG  CorruptionKind = "jpeg"  // blocks and ringing of strong compression
	Fog   CorruptionKind = "fog"
	Rain  CorruptionKind = "rain"
	Night CorruptionKind = "night"
	Glare CorruptionKind = "glare" // the low sun ahead
	Shift CorruptionKind = "shift" // the camera rotated in its mount, not recalibrated
)

// CorruptionKinds lists all kinds.
func CorruptionKinds() []CorruptionKind {
	return []CorruptionKind{Noise, Blur, Dirt, JPEG, Fog, Rain, Night, Glare, Shift}
}

// ParseCorruptionKind returns the kind with the given name.
func ParseCorruptionKind(name string) (CorruptionKind, error) {
	var names []string
	for _, k := range CorruptionKinds() {
		if string(k) == name {
			return k, nil
		}
		names = append(names, string(k))
	}
	return "", fmt.Errorf("corruption %q is not one of %s", name, strings.Join(names, ", "))
}

// Severities is the number of severities.
const Severities = 5

// Corruption degrades frames, to measure the robustness of perception (Hendrycks and
// Dietterich 2019; for detectors Michaelis et al. 2019): a kind and its severity, 1 to
// Severities. Weather and light change the world before it is rendered; camera faults
// change the pixels; a shifted camera has another pose than its calibration. Labels stay
// those of the clean frame if the view is the same. The zero value changes nothing.
type Corruption struct {
	Kind     CorruptionKind `json:"kind"`
	Severity int            `json:"severity"`
}

// Check returns an error for an unknown kind or severity.
func (c Corruption) Check() error {
	if c == (Corruption{}) {
		return nil
	}
	if c.Severity < 1 || c.Severity > Severities {
		return fmt.Errorf("corruption %s of severity %d, want 1 to %d", c.Kind, c.Severity, Severities)
	}
	_, err := ParseCorruptionKind(string(c.Kind))
	return err
}

// String returns kind and severity.
func (c Corruption) String() string { return fmt.Sprintf("%s %d", c.Kind, c.Severity) }

// pick returns the parameter for the severity.
func (c Corruption) pick(s [Severities]float64) float64 { return s[c.Severity-1] }

// World changes weather and light of a view before it is rendered.
func (c Corruption) World(v *scene.FrameState) {
	w := &v.Conditions
	switch c.Kind {
	case Fog: // visibility, m
		*w = scene.Conditions{SunElevation: w.SunElevation, SunAzimuth: w.SunAzimuth, Wet: w.Wet, Snow: w.Snow, SnowCover: w.SnowCover, Cloud: 1,
			Visibility: c.pick([...]float64{200, 120, 80, 55, 40})}
	case Rain:
		w.Rain, w.Snow, w.Visibility, w.Glare = c.pick([...]float64{.2, .4, .6, .8, 1}), 0, 0, 0
		w.Wet, w.Cloud = max(w.Wet, .5+w.Rain/2), 1
	case Night: // darker and with less exposure at each severity
		w.SunElevation, w.Glare = c.pick([...]float64{-.02, -.08, -.15, -.3, -.6}), 0
		v.Exposure = c.pick([...]float64{1.2, 1.05, .9, .75, .6})
	case Glare:
		*w = scene.Conditions{SunElevation: .1, SunAzimuth: v.Ego.Yaw + .1, Wet: w.Wet, SnowCover: w.SnowCover, Glare: c.pick([...]float64{.2, .4, .6, .8, 1})}
	}
}

// Camera rotates a camera in its mount: left, down, and about its axis.
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
