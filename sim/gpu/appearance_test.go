package gpu_test

import (
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/gpu"
	"roadloop/sim/raster"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Both renderers agree on the detailed appearance: reflections, static shadows, skies, snow.
func TestAgreesOnDetailedAppearance(t *testing.T) {
	cal := sensor.FrontCamera()
	detailed := scene.Appearance{Horizon: true, Vehicles: true, People: true, Roadside: true, Road: true, Light: true}
	ours, reference := gpu.New(&cal, cal.Width, cal.Height), raster.New(&cal, raster.Channels{})
	for name, sky := range map[string]scene.Conditions{
		"noon": {SunElevation: .9, SunAzimuth: 2.2, Cloud: .2}, "low sun": {SunElevation: .2, SunAzimuth: .4, Cloud: .1},
		"snow": {SunElevation: .5, Cloud: 1, Snow: .6, SnowCover: .8, Visibility: 400}, "night": {SunElevation: -.3, Cloud: .5},
	} {
		for _, p := range []road.Params{
			{Kind: road.KindStraight, Lanes: 3, OneWay: true, Length: 500, Seed: 1},
			{Kind: road.KindFourWay, Urban: true, Lanes: 2, Crosswalks: true, Control: road.SignalControl, Seed: 2},
		} {
			m, err := road.Generate(p)
			if err != nil {
				t.Fatal(err)
			}
			st, err := scene.NewStyledBuilder(m, scene.Style{Appearance: detailed, Seed: 3})
			if err != nil {
				t.Fatal(err)
			}
			v := scene.FrameState{View: scene.View{Cal: &cal, Ego: m.Lanes[0].Center.At(60)}, Conditions: sky,
				Hood: &scene.Hood{Color: scene.RGB{.3, .1, .1}, Reach: 1.5, Drop: .55, Width: 1.8}}
			for i, k := range []actor.Kind{actor.Car, actor.Truck, actor.Pedestrian, actor.Cyclist, actor.Car, actor.Bus} {
				at := v.Ego.Compose(geom.Pose{X: 9 + 7*float64(i), Y: []float64{0, -3.4, 4.5}[i%3], Yaw: .3 * float64(i)})
				v.Actors = append(v.Actors, actor.Actor{ID: actor.ID(i + 1), Kind: k, Shape: actor.DefaultShape(k),
					Appearance: actor.Appearance{Paint: [3]uint8{byte(40 * i), 90, 120}, Variant: uint32(i)}, State: actor.State{Pose: at}})
			}
			var list scene.List
			st.Build(&list, &v)
			if got := psnr(draw(ours, &cal, &list), reference.Render(&list).RGB); got < wantPSNR {
				t.Errorf("%s, %s: PSNR %.1f dB, want %.0f", p.Kind, name, got, wantPSNR)
			}
		}
	}
}
