package dataset

import (
	"fmt"
	"sync"

	"roadloop/perception/training/synth"
	"roadloop/sim/rig"
	"roadloop/sim/rng"
	"roadloop/sim/road"
)

// randomWorlds are the frames of a stream of random worlds.
type randomWorlds struct {
	stream     synth.Stream
	sensors    rig.Config
	first, end int
	shares     shares
}

func (r *randomWorlds) numbers() (first, end int) { return r.first, r.end }

func (r *randomWorlds) producer() (producer, error) {
	p := &randomProducer{of: r, ranging: ranging(r.sensors)}
	for s, m := range rig.Of[rig.Camera](&r.sensors) {
		stream := r.stream
		stream.Camera = &m.Calibration
		g, err := synth.NewUnencoded(stream)
		if err != nil {
			return nil, err
		}
		p.cameras = append(p.cameras, s.Name)
		p.generators = append(p.generators, g)
	}
	return p, nil
}

// randomProducer makes random worlds.
type randomProducer struct {
	of         *randomWorlds
	cameras    []string
	generators []*synth.Generator // by camera
	ranging    rig.Config
	mapped     *road.Map // mask is that of this map
	mask       func() ([]byte, error)
}

func (p *randomProducer) moment(number int) (*exportFrame, error) {
	s := &p.of.stream
	out := &exportFrame{number: number, place: place{Number: number, Sequence: alone, Key: true, Subset: p.of.shares.subset(number / synth.FramesPerMap)}}
	for i, g := range p.generators {
		f, err := g.Frame(int64(number))
		if err != nil {
			return nil, err
		}
		out.shots = append(out.shots, shot{p.cameras[i], f})
	}
	out.Frame = out.shots[0].Frame
	out.world = newStillWorld(out.Map, p.generators[0].View())
	if p.mapped != out.Map {
		p.mapped, p.mask = out.Map, sync.OnceValues(func() ([]byte, error) { return mapMask(out.Map) })
	}
	out.mask = p.mask
	out.mapID = fmt.Sprintf("%s-%d-%d", s.Split, s.Seed, number/synth.FramesPerMap)
	out.about = metadata{Frame: number, Seed: s.Seed, Stream: s.Split, Map: out.Map.Name}
	noise := rng.New(s.Seed, fmt.Sprintf("%s/%d", s.Split, number), "sensors")
	return out, out.measure(p.ranging, noise.Uint64())
}
