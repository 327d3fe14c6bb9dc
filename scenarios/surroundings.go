package scenarios

import (
	"math"
	"slices"

	"roadloop/sim"
	"roadloop/sim/road"
	"roadloop/sim/scene"
)

var controls = map[string]road.Control{
	"": road.Free, "free": road.Free, "signals": road.SignalControl, "stop": road.StopSign, "yield": road.Yield,
}

func (k *compiler) makeMap() {
	f := &k.f.Map
	control, ok := controls[f.Control]
	if !ok {
		k.fail("map.control", "%q is none of free, signals, stop, yield", f.Control)
	}
	if !slices.Contains(road.Kinds(), road.Kind(f.Kind)) {
		k.fail("map.kind", "%q is none of %v", f.Kind, road.Kinds())
	}
	p := road.Params{
		Kind: road.Kind(f.Kind), Lanes: f.Lanes, OneWay: f.OneWay, Control: control, Crosswalks: f.Crosswalks,
		Urban: f.Urban, Unmarked: f.Unmarked, Yellow: f.Yellow, Columns: f.Columns, Rows: f.Rows, Seed: k.c.Seed,
		LaneWidth:  k.value("map.lane_width", f.LaneWidth, lengths, 0),
		Length:     k.value("map.length", f.Length, lengths, 0),
		Radius:     k.value("map.radius", f.Radius, lengths, 0),
		Angle:      k.value("map.angle", f.Angle, angles, 0),
		Taper:      k.value("map.taper", f.Taper, lengths, 0),
		SpeedLimit: k.value("map.speed_limit", f.SpeedLimit, speeds, 0),
		Wear:       k.value("map.wear", f.Wear, shares, 0),
	}
	if f.Seed != nil {
		p.Seed = *f.Seed
	}
	if k.err != nil {
		return
	}
	m, err := road.Generate(p)
	if err != nil {
		k.fail("map", "%w", err)
		return
	}
	k.m = m
}

// signals sets the plans: roads along the ego's approach show what the file says,
// crossing ones red while it is not red here.
func (k *compiler) signals(ego road.LaneID) []sim.SignalOverride {
	f := k.f.Signal
	if f == nil {
		return nil
	}
	if len(k.m.Signals) == 0 {
		k.fail("signal", "the map has no signals; map.control must be signals")
		return nil
	}
	plan := road.Plan{
		Red:   k.bounded("signal.red", f.Red, times, 10, [2]float64{0, 1000}),
		Amber: k.bounded("signal.amber", f.Amber, times, 3, [2]float64{0, 20}),
		Green: k.bounded("signal.green", f.Green, times, 20, [2]float64{0, 1000}),
	}
	switch f.Start {
	case "green", "":
	case "amber":
		plan.Offset = plan.Green
	case "red":
		plan.Offset = plan.Green + plan.Amber
	default:
		k.fail("signal.start", "%q is none of red, amber, green", f.Start)
	}
	heading := k.m.Lanes[ego].Center.At(k.m.Lanes[ego].Center.Length()).Yaw
	var out []sim.SignalOverride
	for i := range k.m.Signals {
		s := &k.m.Signals[i]
		p := plan
		if math.Abs(math.Sin(s.Yaw-heading)) > .7 { // the crossing road
			p = road.Plan{Green: math.Max(plan.Red-5, 0), Amber: 3, Red: plan.Green + plan.Amber + math.Min(2, plan.Red)}
			p.Offset = p.Green + p.Amber + 1 - (plan.Green + plan.Amber) + plan.Offset
			if plan.Red < 6 {
				p = road.Plan{Red: 1}
			}
		}
		out = append(out, sim.SignalOverride{Signal: s.ID, Plan: p})
	}
	return out
}

var daylight = map[string]float64{"": .7, "day": .7, "dusk": .03, "night": -.3}

func (k *compiler) weather() scene.Conditions {
	f := &k.f.Weather
	sun, ok := daylight[f.Time]
	if !ok {
		k.fail("weather.time", "%q is none of day, dusk, night", f.Time)
	}
	unit := [2]float64{0, 1}
	c := scene.Conditions{
		SunElevation: k.bounded("weather.sun", f.Sun, angles, sun, [2]float64{-1.6, 1.6}),
		SunAzimuth:   k.value("weather.azimuth", f.Azimuth, angles, 2),
		Rain:         k.bounded("weather.rain", f.Rain, shares, 0, unit),
		Visibility:   k.bounded("weather.fog", f.Fog, lengths, 0, [2]float64{10, 1e5}),
		Glare:        k.bounded("weather.glare", f.Glare, shares, 0, unit),
	}
	c.Wet = k.bounded("weather.wet", f.Wet, shares, math.Min(1, 1.5*c.Rain), unit)
	c.Cloud = k.bounded("weather.cloud", f.Cloud, shares, math.Max(.25, c.Rain), unit)
	return c
}
