package synth

import (
	"testing"

	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Snow falls and lies in frames with the axis, is called snow, and brings no weather to
// training that is held out.
func TestSnowIsNotHeldOutWeather(t *testing.T) {
	m, err := road.Random(3)
	if err != nil {
		t.Fatal(err)
	}
	cal := sensor.FrontCamera()
	for _, split := range []Split{Train, HeldOut} {
		names := make(map[string]int)
		for i := range 2000 {
			r := rng.New(uint64(i), "weather", "situation")
			v := scene.FrameState{View: scene.View{Cal: &cal}}
			drawSituation(m, &r, &v, &Stream{Split: split, Axes: []Axis{SnowAxis}})
			f := Frame{Conditions: v.Conditions}
			names[f.Weather()]++
		}
		for _, name := range []string{"day snow", "dusk snow", "night snow"} {
			if names[name] < 10 {
				t.Errorf("%s: %d frames of %s", split, names[name], name)
			}
		}
		held := names["dusk rain"] + names["night fog"]
		if split == Train && held > 0 || split == HeldOut && held < 900 {
			t.Errorf("%s: %d frames of held-out weather: %v", split, held, names)
		}
	}
}

// A corruption of the weather leaves the snow on the ground.
func TestCorruptionsKeepSnow(t *testing.T) {
	for _, kind := range []CorruptionKind{Fog, Rain, Night, Glare} {
		v := scene.FrameState{Conditions: scene.Conditions{SnowCover: .7}}
		Corruption{Kind: kind, Severity: 2}.World(&v)
		if v.Conditions.SnowCover != .7 {
			t.Errorf("%s: snow cover %g", kind, v.Conditions.SnowCover)
		}
	}
}
