package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"sync"

	"roadloop/perception/training/synth"
	"roadloop/sim/detmath"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
)

// Drive is a recorded drive: the world at equal intervals of time. The worlds are of one
// run, so that actors keep their IDs, which become the IDs of tracks.
type Drive struct {
	Name   string  // such as cut-in/1
	Driver string  // such as "stack, oracle"
	Source string  // what determines the drive, such as the SHA-256 of its trace
	Seed   uint64  // of the noise of sensors
	Period float64 // s between two worlds
	Worlds []rig.World
}

// Map returns the map of the drive.
func (d *Drive) Map() *road.Map { return d.Worlds[0].Map() }

// driven are the frames of drives.
type driven struct {
	drives  []Drive
	first   []int    // number of the first frame of each drive
	maps    []string // digest of the map of each drive
	subsets []Subset // of each drive
	end     int
	sensors rig.Config
	depth   bool
	scenes  []func() (*scene.Builder, error) // of the map of each drive
	masks   []func() ([]byte, error)         // of the map of each drive
}

func newDriven(drives []Drive, sensors rig.Config, depth bool, of shares) (*driven, error) {
	d := &driven{drives: drives, sensors: sensors, depth: depth}
	known := make(map[string]int) // numbers of the maps
	for i := range drives {
		x := &drives[i]
		if len(x.Worlds) == 0 {
			return nil, fmt.Errorf("drive %s has no frames", x.Name)
		}
		id := mapDigest(x.Map())
		n, ok := known[id]
		if !ok {
			n = len(known)
			known[id] = n
		}
		d.first, d.maps, d.subsets = append(d.first, d.end), append(d.maps, id), append(d.subsets, of.subset(n))
		d.scenes = append(d.scenes, sync.OnceValues(func() (*scene.Builder, error) { return scene.NewBuilder(x.Map()) }))
		d.masks = append(d.masks, sync.OnceValues(func() ([]byte, error) { return mapMask(x.Map()) }))
		d.end += len(x.Worlds)
	}
	if d.end > MaxFrame+1 {
		return nil, fmt.Errorf("%d frames: want at most %d", d.end, MaxFrame+1)
	}
	return d, nil
}

func (d *driven) numbers() (first, end int) { return 0, d.end }

func (d *driven) producer() (producer, error) {
	return &driveProducer{of: d, drive: -1, ranging: ranging(d.sensors)}, nil
}

// driveProducer renders the frames of drives.
type driveProducer struct {
	of       *driven
	drive    int // number of the drive; the captures have its map
	captures []*synth.Capture
	ranging  rig.Config
}

func (p *driveProducer) moment(number int) (*exportFrame, error) {
	d := p.of
	n := 0
	for n+1 < len(d.drives) && d.first[n+1] <= number {
		n++
	}
	if err := p.open(n); err != nil {
		return nil, err
	}
	x := &d.drives[n]
	at := place{Number: number, Sequence: n, Index: number - d.first[n], Subset: d.subsets[n]}
	at.Key = isKey(at.Index, x.Period)
	w := x.Worlds[at.Index]
	out := &exportFrame{
		number: number, place: at, world: w, mapID: d.maps[n],
		time: float64(at.Index) * x.Period, period: x.Period, mask: d.masks[n],
	}
	k := 0
	for s, m := range rig.Of[rig.Camera](&d.sensors) {
		out.shots = append(out.shots, shot{s.Name, p.captures[k].Frame(frameState(x.Seed, w, s.Name, m.Noise))})
		k++
	}
	out.Frame = out.shots[0].Frame
	ego := w.Ego()
	out.about = metadata{
		Frame: number, Seed: x.Seed, Map: w.Map().Name, Scenario: x.Name, Driver: x.Driver, Time: &out.time,
		Speed: round(ego.State.Speed), YawRate: round(ego.State.YawRate),
	}
	noise := sensorNoise(x.Seed, w, "sensors")
	return out, out.measure(p.ranging, noise.Uint64())
}

// open prepares the captures for a drive.
func (p *driveProducer) open(n int) error {
	if n == p.drive {
		return nil
	}
	b, err := p.of.scenes[n]()
	if err != nil {
		return err
	}
	p.captures = p.captures[:0]
	for _, m := range rig.Of[rig.Camera](&p.of.sensors) {
		p.captures = append(p.captures, synth.NewCapture(p.of.drives[n].Map(), b, &m.Calibration, &m.Calibration, p.of.depth))
	}
	p.drive = n
	return nil
}

// frameState returns the view of a camera on a world.
func frameState(seed uint64, w rig.World, camera string, noise float64) *scene.FrameState {
	r := sensorNoise(seed, w, camera)
	conditions := w.Conditions()
	return &scene.FrameState{
		View: scene.View{
			Ego: w.Ego().State.Pose, Time: w.Time(), Exposure: 1 + .2*scene.Darkness(conditions), Noise: noise, NoiseSeed: r.Uint64(),
		},
		Actors: w.Actors(), Signals: w.Signals(), Conditions: conditions,
	}
}

// sensorNoise returns the stream of the noise of a sensor at the time of a world.
func sensorNoise(seed uint64, w rig.World, sensor string) rng.Stream {
	return rng.New(seed, fmt.Sprintf("data/%s/%d", sensor, w.Time()), "noise")
}

// mapDigest returns a digest of the geometry of a map. Maps with the same digest must not
// be in two lists of a data set.
func mapDigest(m *road.Map) string {
	h := sha256.New()
	var b []byte
	add := func(pts []geom.Vec) {
		b = binary.LittleEndian.AppendUint64(b[:0], uint64(len(pts)))
		for _, p := range pts {
			b = detmath.AppendFloats(b, p.X, p.Y)
		}
		h.Write(b)
	}
	for i := range m.Lanes {
		add(m.Lanes[i].Center.Points())
		h.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(m.Lanes[i].Width)))
	}
	for i := range m.Surfaces {
		add(m.Surfaces[i].Left)
		add(m.Surfaces[i].Right)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
