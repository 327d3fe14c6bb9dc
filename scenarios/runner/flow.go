package runner

import (
	"fmt"
	"math"

	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/rng"
)

const (
	// shortestHeadway (s) and shortestGap (m, front to front) are the closest following
	// at which traffic does not brake at once.
	shortestHeadway = 1.5
	shortestGap     = 9.0
)

// flow adds the vehicles of a flow: all vehicles that pass S later, back to the start of
// the lane. Headways follow the shifted exponential distribution of free traffic (Cowan
// 1975, model M2).
func (k *compiler) flow(i int, spec *sim.Spec, p *Spec) {
	f := &k.f.Flows[i]
	at := func(field string) string { return fmt.Sprintf("flows[%d].%s", i, field) }
	l := k.lane(at("lane"), f.Lane)
	rate := f.Rate.Or(0)
	speed := f.Speed.Or(l.SpeedLimit)
	route := k.route(at("route"), l.ID, f.Route)
	k.checkOnLane(at("s"), f.S, l, 0)
	if rate == 0 || k.err != nil {
		return
	}
	least := math.Max(shortestHeadway, shortestGap/speed)
	draw := rng.New(k.c.Seed, "flow/"+f.ID, "headways")
	s := f.S.Or(l.StopS - 5)
	s -= draw.Float64() / rate * speed
	for n := 1; s > 0; n++ {
		kind := k.flowKind(f.Kind, &draw)
		name := fmt.Sprintf("%s %d", f.ID, n)
		k.checkNameFree(name, p.Names)
		spec.Actors = append(spec.Actors, sim.ActorSpec{
			Name: name, Kind: kind, Start: sim.Start{Lane: l.ID, S: s, Speed: speed},
			Behavior: sim.Drive{Route: route, Speed: speed, KeepLane: true},
		})
		p.Names = append(p.Names, name)
		headway := math.Max(0, 1/rate-least) * -math.Log(1-draw.Float64())
		s -= speed*(least+headway) + actor.DefaultShape(kind).Length - actor.DefaultShape(actor.Car).Length
	}
}

// flowKind returns the requested kind, or draws one: 10 % trucks, 15 % vans, 75 % cars.
func (k *compiler) flowKind(name string, r *rng.Stream) actor.Kind {
	kind, given := actor.ParseKind(name)
	switch u := r.Float64(); {
	case given:
		return kind
	case u < 0.1:
		return actor.Truck
	case u < 0.25:
		return actor.Van
	}
	return actor.Car
}
