package road

import (
	"fmt"
	"strconv"

	"roadloop/sim/geom"
	"roadloop/sim/rng"
)

// Generate returns a procedural map. Equal parameters give equal maps.
func Generate(p Params) (*Map, error) {
	p, err := p.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", p.Kind, err)
	}
	b := &builder{}
	g := generator{builder: b, p: p, random: rng.New(p.Seed, "map/"+string(p.Kind), "shape")}
	switch p.Kind {
	case KindStraight, KindArc, KindCurve, KindSCurve:
		g.single()
	case KindMerge:
		g.merge()
	case KindExit:
		g.exit()
	case KindDrop:
		g.drop()
	case KindFourWay:
		g.crossing(4)
	case KindTee:
		g.crossing(3)
	case KindRoundabout:
		g.roundabout()
	case KindTown:
		g.town()
	default:
		return nil, fmt.Errorf("unknown map kind %q", p.Kind)
	}
	m, err := b.finish(string(p.Kind) + "-" + strconv.FormatUint(p.Seed, 10))
	if err != nil {
		return nil, err
	}
	s := scenery{m: m, random: rng.New(p.Seed, "map/"+string(p.Kind), "scenery"), urban: p.Urban}
	s.furnish(g.roads)
	return m, nil
}

// generator holds the state of Generate.
type generator struct {
	*builder
	p      Params
	random rng.Stream
	roads  []roadway
}

func (g *generator) road(pts []geom.Vec, sec section) *roadway {
	g.roads = append(g.roads, g.addRoad(pts, sec))
	return &g.roads[len(g.roads)-1]
}
