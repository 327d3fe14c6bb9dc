package runner

import (
	"errors"
	"math"

	"roadloop/sim"
	"roadloop/sim/road"
	"roadloop/sim/scene"
)

var controls = map[string]road.Control{
	"": road.Free, "free": road.Free, "signals": road.SignalControl, "stop": road.StopSign, "yield": road.Yield,
}

// mapCache keeps the last map, because cases of a scenario usually share their map.
type mapCache struct {
	made   *road.Map
	params road.Params
	world  *sim.World // a world on this map
}

// generate returns the map with these parameters.
func (c *mapCache) generate(p road.Params) (*road.Map, error) {
	if c.made != nil && c.params == p {
		return c.made, nil
	}
	m, err := road.Generate(p)
	if err == nil {
		c.made, c.params, c.world = m, p, nil
	}
	return m, err
}

func (k *compiler) makeMap(maps *mapCache) {
	f := &k.f.Map
	p := road.Params{
		Kind: road.Kind(f.Kind), Lanes: f.Lanes, OneWay: f.OneWay, Control: controls[f.Control], Crosswalks: f.Crosswalks,
		Urban: f.Urban, Unmarked: f.Unmarked, Yellow: f.Yellow, Columns: f.Columns, Rows: f.Rows, Seed: k.c.Seed,
		LaneWidth: f.LaneWidth.Or(0), Length: f.Length.Or(0), Radius: f.Radius.Or(0), Angle: f.Angle.Or(0),
		Taper: f.Taper.Or(0), SpeedLimit: f.SpeedLimit.Or(0), Wear: f.Wear.Or(0),
	}
	if f.Seed != nil {
		p.Seed = *f.Seed
	}
	m, err := maps.generate(p)
	if err != nil {
		k.failMap(err)
		return
	}
	k.m = m
}

// failMap reports a map that cannot be generated, at the field with the error.
func (k *compiler) failMap(err error) {
	var wrong *road.ParamError
	if !errors.As(err, &wrong) {
		k.fail("map", "%w", err)
		return
	}
	path := "map." + wrong.Param
	if wrong.Max > 0 {
		if err := k.f.Map.CheckMagnitude(wrong.Param, wrong.Min, wrong.Max); err != nil {
			k.fail(path, "%w, %s", err, wrong.Reason)
			return
		}
	}
	k.fail(path, "%s", wrong.Reason)
}

// signals sets the signal timing. Roads parallel to the ego's approach follow the file.
// Crossing roads have red while these do not.
func (k *compiler) signals(ego road.LaneID) []sim.SignalOverride {
	f := k.f.Signal
	if f == nil {
		return nil
	}
	if len(k.m.Signals) == 0 {
		k.fail("signal", "the map has no signals; map.control must be signals")
		return nil
	}
	plan := road.SignalPlan{Red: f.Red.Or(10), Amber: f.Amber.Or(3), Green: f.Green.Or(20)}
	if plan.Red+plan.Amber+plan.Green == 0 {
		k.fail("signal", "shows nothing: red, amber and green all last 0 s")
	}
	switch f.Start {
	case "amber":
		plan.Offset = plan.Green
	case "red":
		plan.Offset = plan.Green + plan.Amber
	}
	heading := k.m.Lanes[ego].Center.At(k.m.Lanes[ego].Center.Length()).Yaw
	var out []sim.SignalOverride
	for i := range k.m.Signals {
		s := &k.m.Signals[i]
		p := plan
		if math.Abs(math.Sin(s.Yaw-heading)) > .7 { // the crossing road
			p = road.SignalPlan{Green: math.Max(plan.Red-5, 0), Amber: 3, Red: plan.Green + plan.Amber + math.Min(2, plan.Red)}
			p.Offset = p.Green + p.Amber + 1 - (plan.Green + plan.Amber) + plan.Offset
			if plan.Red < 6 {
				p = road.SignalPlan{Red: 1}
			}
		}
		out = append(out, sim.SignalOverride{Signal: s.ID, Plan: p})
	}
	return out
}

var daylight = map[string]float64{"": .7, "day": .7, "dusk": .03, "night": -.3}

func (k *compiler) weather() scene.Conditions {
	f := &k.f.Weather
	c := scene.Conditions{
		SunElevation: f.Sun.Or(daylight[f.Time]),
		SunAzimuth:   f.Azimuth.Or(2),
		Rain:         f.Rain.Or(0),
		Visibility:   f.Fog.Or(0),
		Glare:        f.Glare.Or(0),
	}
	c.Wet = f.Wet.Or(math.Min(1, 1.5*c.Rain))
	c.Cloud = f.Cloud.Or(math.Max(.25, c.Rain))
	return c
}
