package raster_test

import (
	"math"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// sample is a scene to render in tests and benchmarks.
type sample struct {
	name string
	road road.Params
	lane road.LaneID
	s    float64
	sky  scene.Conditions
	// place lists actors by kind, position (ahead, left) relative to the ego, and yaw.
	place []placed
}

type placed struct {
	kind        actor.Kind
	ahead, left float64
	yaw         float64
	lights      actor.Lights
}

var (
	noon      = scene.Conditions{SunElevation: .8, SunAzimuth: 2.2, Cloud: .3}
	nightRain = scene.Conditions{SunElevation: -.3, Rain: .6, Wet: 1, Cloud: 1}
	fog       = scene.Conditions{SunElevation: .5, Visibility: 90, Cloud: 1}
	lowSun    = scene.Conditions{SunElevation: .10, SunAzimuth: .25, Glare: .5, Cloud: .2}
)

var samples = []sample{
	{"town", road.Params{Kind: road.KindTown, Urban: true, Crosswalks: true, Control: road.SignalControl, Seed: 3}, 0, 48, noon, []placed{
		{actor.Car, 16, 0, 0, actor.BrakeLights}, {actor.Car, 26, 3.5, math.Pi, 0}, {actor.Pedestrian, 12, -4.2, 0, 0},
		{actor.Child, 14, -4.8, .4, 0}, {actor.Cyclist, 22, -1.4, 0, 0}, {actor.Pedestrian, 33, 1, 1.6, 0}}},
	{"motorway", road.Params{Kind: road.KindStraight, Lanes: 3, OneWay: true, Length: 900, SpeedLimit: 33, Seed: 1}, 1, 100, noon, []placed{
		{actor.Truck, 30, -3.5, 0, 0}, {actor.Car, 35, 0, 0, 0}, {actor.Van, 18, 3.5, 0, actor.RightIndicator}, {actor.Bus, 80, -3.5, 0, 0}}},
	{"curve", road.Params{Kind: road.KindCurve, Radius: 70, Angle: 1.2, Yellow: true, Wear: .4, Seed: 4}, 0, 150, lowSun, []placed{
		{actor.Motorcycle, 20, 0.5, .1, 0}, {actor.Car, 35, 8, 2.7, actor.Headlights}, {actor.Cone, 9, -1.8, 0, 0}, {actor.Cone, 12, -1.7, 0, 0}}},
	{"night-rain", road.Params{Kind: road.KindFourWay, Urban: true, Control: road.SignalControl, Lanes: 2, Crosswalks: true, Seed: 2}, 0, 115, nightRain, []placed{
		{actor.Car, 14, 0, 0, actor.BrakeLights | actor.Headlights}, {actor.Car, 30, 7, math.Pi, actor.Headlights}, {actor.Pedestrian, 18, -5, 1.5, 0}}},
	{"fog", road.Params{Kind: road.KindStraight, Seed: 8}, 0, 100, fog, []placed{
		{actor.Car, 20, 0, 0, 0}, {actor.Car, 55, 3.5, math.Pi, 0}, {actor.Box, 10, -.4, .3, 0}}},
}

// compose returns the list of a sample for a camera.
func compose(t testing.TB, c *sample, cal *sensor.Camera) (*scene.Builder, *scene.FrameState) {
	t.Helper()
	m, err := road.Generate(c.road)
	if err != nil {
		t.Fatal(err)
	}
	st, err := scene.NewBuilder(m)
	if err != nil {
		t.Fatal(err)
	}
	ego := m.Lanes[c.lane].Center.At(c.s)
	v := &scene.FrameState{View: scene.View{Cal: cal, Ego: ego, Noise: 1.5, NoiseSeed: 7}, Conditions: c.sky}
	r := rng.New(1, c.name, "looks")
	for i, p := range c.place {
		at := ego.Compose(geom.Pose{X: p.ahead, Y: p.left, Yaw: p.yaw})
		a := actor.Actor{ID: actor.ID(i + 1), Kind: p.kind, Shape: actor.DefaultShape(p.kind)}
		a.Appearance = actor.Appearance{Paint: [3]uint8{byte(r.IntN(256)), byte(r.IntN(256)), byte(r.IntN(256))}, Variant: uint32(r.Uint64())}
		a.State = actor.State{Pose: at, Lights: p.lights, Gait: 1}
		v.Actors = append(v.Actors, a)
	}
	for range m.Signals {
		v.Signals = append(v.Signals, road.SignalState(1+len(v.Signals)%3))
	}
	return st, v
}
