// Package stream makes training frames by seed: random maps, traffic, paint,
// weather, light and camera, rendered and labelled as they are needed, with
// nothing on disk. Frame i of a seed is the same whoever asks for it and when.
package stream

import (
	"context"
	"fmt"
	"slices"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/perception/training"
	"roadloop/perception/training/augment"
	"roadloop/perception/training/corruption"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/raster"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
	"roadloop/sim/stage"
)

// Split keeps frames for training and for judging apart. Their maps and situations
// come from different seeds; the held-out split has weather that training never sees.
type Split string

// Splits.
const (
	Train      Split = "train"
	Validation Split = "validation" // for choosing while training
	HeldOut    Split = "held-out"   // for the numbers that are published
)

// FramesPerMap is how many consecutive frames share a map and a camera.
const FramesPerMap = 4

// Stream makes frames. It is safe for concurrent use with one Maker for each
// goroutine.
type Stream struct {
	Config network.Config
	Seed   uint64
	Split  Split
	// Augment changes how the frames of a Filler look.
	Augment augment.Config
	// Frames is how many frames a Filler shows before it begins again in another
	// order, as where labels are few; 0 never shows a frame twice.
	Frames int64
	// Without leaves road users of these classes out of every situation.
	Without []perception.Class
	// Show draws situations again until one shows a road user of this class that the
	// network is asked to find. Whoever it is for, few frames have none.
	Show *perception.Class
	// Corruption makes every frame worse, in the same way.
	Corruption corruption.Corruption
	// Depth gives images the depth channel.
	Depth bool
}

// Frame is a rendered and labelled frame. It belongs to its Maker.
type Frame struct {
	Image      *raster.Image
	Objects    []label.Object
	Lanes      [label.NumBoundaries][]geom.Vec
	NoLanes    bool           // while turning: no boundary is defined
	Crossing   [2]float64     // m ahead, from and to: where a junction leaves boundaries unpainted
	Camera     *sensor.Camera // as calibrated: what perception knows
	Actual     *sensor.Camera // as it took the image; the same unless it was knocked
	Map        *road.Map      // nil of a frame read from disk
	Conditions scene.Conditions
	// Lacks tells what is not labelled; of frames of a Maker all is.
	Lacks Lacks
	// PictureScale is the number of pixels of the picture on disk for one of Image,
	// where KITTI's limits are in pixels of that picture; 0 for all other frames.
	PictureScale float64
	// Hidden marks lane boundaries that stand in Lanes but too little of which can be
	// seen, where the image's classes do not tell: those that nobody painted, and in
	// frames read from disk.
	Hidden [label.NumBoundaries]bool
}

// Lacks tells what the labels of a frame do not say, which must not be taken for
// there being none. Lane boundaries that are not labelled are told by NoLanes.
type Lacks struct {
	Drivable bool
	Place    bool // distance, position and heading of objects
	Weather  bool // light and weather
	Classes  [perception.NumClasses]bool
}

// Maker makes the frames of a stream one after the other. It is not safe for
// concurrent use.
type Maker struct {
	stream   Stream
	group    int64         // of the map at hand, -1 for none
	camera   sensor.Camera // as calibrated
	actual   sensor.Camera
	road     *road.Map
	stage    *stage.Stage
	renderer *raster.Renderer
	view     stage.View
	list     scene.List
	labeler  label.Labeler
	encoder  *Encoder
}

// NewMaker returns a maker of the stream's frames.
func NewMaker(s Stream) (*Maker, error) {
	if err := s.Config.Check(); err != nil {
		return nil, err
	}
	if err := s.Corruption.Check(); err != nil {
		return nil, fmt.Errorf("stream: %w", err)
	}
	if cal := sensor.FrontCamera(); s.Config.Width != cal.Width || s.Config.Height != cal.Height {
		return nil, fmt.Errorf("stream: the network wants %d×%d pixels, the camera has %d×%d",
			s.Config.Width, s.Config.Height, cal.Width, cal.Height)
	}
	return &Maker{stream: s, group: -1, encoder: NewEncoder(&s.Config)}, nil
}

// Frame makes frame i.
func (m *Maker) Frame(i int64) (*Frame, error) {
	if err := m.enter(i / FramesPerMap); err != nil {
		return nil, fmt.Errorf("stream %s: frame %d: %w", m.stream.Split, i, err)
	}
	r := rng.New(m.stream.Seed, name(m.stream.Split, i), "situation")
	f := m.shoot(&r)
	for range maxDraws {
		if m.shows(f) {
			break
		}
		f = m.shoot(&r)
	}
	spoil := rng.New(m.stream.Seed, name(m.stream.Split, i), "corruption")
	if err := m.stream.Corruption.Pixels(&spoil, f.Image.RGB, f.Image.Width); err != nil {
		return nil, fmt.Errorf("stream %s: frame %d: %w", m.stream.Split, i, err)
	}
	return f, nil
}

// maxDraws bounds how often a situation is drawn again.
const maxDraws = 50

// shoot draws a situation, renders and labels it.
func (m *Maker) shoot(r *rng.Stream) *Frame {
	m.view.Cal = &m.actual
	draw(m.road, r, &m.view, &m.stream)
	m.stream.Corruption.World(&m.view)
	m.stage.Compose(&m.list, &m.view)
	im := m.renderer.Render(&m.list)
	lanes, ok := m.labeler.Lanes(m.road, m.view.Ego)
	from, to := m.labeler.Crossing(m.road, m.view.Ego)
	return &Frame{
		Crossing: [2]float64{from, to},
		Image:    im, Objects: m.labeler.Objects(im, m.road, &m.view), Lanes: lanes, NoLanes: !ok,
		Hidden: m.labeler.Unpainted(m.road, m.view.Ego),
		Camera: &m.camera, Actual: &m.actual, Map: m.road, Conditions: m.view.Conditions,
	}
}

// shows reports whether a frame shows what every frame of the stream has to.
func (m *Maker) shows(f *Frame) bool {
	if m.stream.Show == nil {
		return true
	}
	return slices.ContainsFunc(f.Objects, func(o label.Object) bool { return Wanted(&o) && Class(&o) == *m.stream.Show })
}

// enter makes the map and the camera of a group of frames, unless it has them.
func (m *Maker) enter(group int64) error {
	if group == m.group {
		return nil
	}
	r := rng.New(m.stream.Seed, name(m.stream.Split, group), "map")
	var err error
	if m.road, err = m.randomMap(&r); err != nil {
		return err
	}
	if m.stage, err = stage.New(m.road); err != nil {
		return err
	}
	m.camera = camera(&r)
	m.actual = m.camera
	m.stream.Corruption.Camera(&m.actual)
	m.renderer = raster.New(&m.actual, raster.Channels{Class: true, Instance: true, Depth: m.stream.Depth})
	m.group = group
	return nil
}

// signalShare is how often a map for training is drawn again until it has signals,
// which few maps have and which fill few pixels.
const signalShare = .3

// randomMap draws a map. Training sees signals oftener than the frames that judge.
func (m *Maker) randomMap(r *rng.Stream) (*road.Map, error) {
	drawn, err := road.Random(r.Uint64())
	again := m.stream.Split == Train && r.Chance(signalShare)
	for err == nil && again && len(drawn.Signals) == 0 {
		drawn, err = road.Random(r.Uint64())
	}
	return drawn, err
}

// Encode writes a frame as input and target of the network.
func (m *Maker) Encode(f *Frame, image, target []float32) {
	m.encoder.Encode(f, image, target)
}

// Filler returns a function that fills batches of the stream: batch b of n frames
// holds the frames from b·n on. Each goroutine needs its own.
func (s Stream) Filler() (training.Filler, error) {
	m, err := NewMaker(s)
	if err != nil {
		return nil, err
	}
	look, order := augment.New(s.Augment), s.deck()
	return func(ctx context.Context, index int64, dst *training.Batch) error {
		size, target := s.Config.ImageSize(), s.Config.TargetSize()
		n := int64(len(dst.Images) / size)
		for k := range n {
			if err := ctx.Err(); err != nil {
				return err
			}
			f, err := m.Frame(order.Frame(index*n + k))
			if err != nil {
				return err
			}
			r := rng.New(s.Seed, name(s.Split, index*n+k), "augment")
			look.Apply(&r, f.Image.RGB, f.Image.Width)
			m.Encode(f, dst.Images[k*int64(size):(k+1)*int64(size)], dst.Targets[k*int64(target):(k+1)*int64(target)])
		}
		return nil
	}, nil
}
