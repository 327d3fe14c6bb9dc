package drive

import (
	"sync"

	"roadloop/policy"
	"roadloop/sim"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
)

// Maps is a kind of procedural maps.
type Maps string

// Kinds of maps.
const (
	// Highway are one-way roads of two to four lanes: straight, curved, with an on-ramp, an
	// off-ramp or a lane that ends.
	Highway Maps = "highway"
	// Town are grids of streets, junctions and roundabouts with signals, signs and
	// crosswalks.
	Town Maps = "town"
	// Any are the maps of road.RandomParams.
	Any Maps = "any"
)

// params draws the parameters of a map.
func (k Maps) params(seed uint64) road.Params {
	if k == Any {
		return road.RandomParams(seed)
	}
	r := rng.New(seed, string(k), "map")
	p := road.Params{LaneWidth: r.Range(3.2, 3.75), Seed: seed, Yellow: r.Chance(.3)}
	if r.Chance(.4) {
		p.Wear = r.Range(.1, .7)
	}
	if k == Highway {
		p.Kind = []road.Kind{road.KindStraight, road.KindCurve, road.KindSCurve, road.KindMerge, road.KindExit, road.KindDrop}[r.IntN(6)]
		p.OneWay, p.Lanes, p.SpeedLimit = true, 2+r.IntN(3), r.Range(20, 33)
		p.Radius, p.Angle, p.Length = r.Range(350, 900), r.Range(.3, .8), r.Range(900, 1200)
		if p.Kind == road.KindDrop {
			p.Taper = r.Range(250, 400)
		}
		return p
	}
	p.Kind = []road.Kind{road.KindTown, road.KindTown, road.KindFourWay, road.KindTee, road.KindRoundabout}[r.IntN(5)]
	p.Lanes, p.SpeedLimit, p.Urban, p.Crosswalks = 1, r.Range(8, 14), true, r.Chance(.6)
	p.Control = []road.Control{road.Free, road.SignalControl, road.SignalControl, road.StopSign, road.Yield}[r.IntN(5)]
	switch p.Kind {
	case road.KindTown:
		p.Length = r.Range(60, 110)
	case road.KindRoundabout:
		p.Control, p.Radius, p.Length = road.Yield, r.Range(16, 22), r.Range(120, 150)
	default:
		p.Lanes, p.Length = 1+r.IntN(2), r.Range(120, 160)
	}
	return p
}

// mapSeed returns the seed of map n of a set. Maps of training have seeds of training.
func mapSeed(n int, training bool) uint64 {
	if training {
		return policy.TrainingSeed(uint64(n))
	}
	return uint64(n)
}

// site is a map with everything that is derived from it. Environments share it.
type site struct {
	m     *road.Map
	world *sim.World // on the map, never stepped: its derived data is shared

	sceneOnce sync.Once
	scene     *scene.Builder
	sceneErr  error
	edgesOnce sync.Once
	edges     *edges
	tilesOnce sync.Once
	tiles     *tiles
}

// newSite returns the site of a map.
func newSite(m *road.Map) (*site, error) {
	w, err := sim.New(&sim.Spec{Map: m})
	if err != nil {
		return nil, err
	}
	return &site{m: m, world: w}, nil
}

// builder returns the builder of camera images.
func (s *site) builder() (*scene.Builder, error) {
	s.sceneOnce.Do(func() { s.scene, s.sceneErr = scene.NewBuilder(s.m) })
	return s.scene, s.sceneErr
}

// roadEdges returns the edges of the road.
func (s *site) roadEdges() *edges {
	s.edgesOnce.Do(func() { s.edges = newEdges(s.m) })
	return s.edges
}

// roadTiles returns the road as seen from above.
func (s *site) roadTiles() *tiles {
	s.tilesOnce.Do(func() { s.tiles = newTiles(s.m) })
	return s.tiles
}
