// Package synth generates training frames by seed: random maps, traffic, paint,
// weather, light and camera, rendered and labelled on demand, without files. Frame i
// of a seed is always the same. It also augments frames for training and corrupts them
// for evaluation.
package synth

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"roadloop/perception"
	"roadloop/perception/camera"
	"roadloop/perception/network"
	"roadloop/perception/training"
	"roadloop/sim/geom"
	"roadloop/sim/imaging"
	"roadloop/sim/label"
	"roadloop/sim/raster"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Split separates frames for training and for evaluation. Their maps and situations
// have different seeds; the held-out split has weather that training never has.
type Split string

// Splits.
const (
	Train      Split = "train"
	Validation Split = "validation" // for model selection during training
	HeldOut    Split = "held-out"   // for published results
)

// FramesPerMap is the number of consecutive frames that share a map and a camera.
const FramesPerMap = 4

// Stream generates frames. It is safe for concurrent use with one Generator for each
// goroutine.
type Stream struct {
	Config network.Config
	Seed   uint64
	Split  Split
	// Augment is applied to the frames of a Filler.
	Augment Augmentation
	// Frames is the number of different frames of a Filler, which repeat in a new
	// order in each pass, to simulate few labels; 0 means that no frame repeats.
	Frames int64
	// ExcludeClasses excludes road users of these classes from every situation.
	ExcludeClasses []perception.Class
	// RequireClass, if not nil, requires a road user of this class in every frame, visible
	// enough that the network must find it. Situations are drawn again until they
	// contain one; few frames remain without.
	RequireClass *perception.Class
	// Corruption is applied to every frame.
	Corruption Corruption
	// Depth adds the depth channel to images.
	Depth bool
	// Camera is the nominal camera, nil for sensor.FrontCamera. A group of frames has a
	// camera that differs from it by the tolerances of a mount, equal ones for all cameras
	// of a rig.
	Camera *sensor.Camera
	// Surround adds road users on all sides of the car, for rigs with cameras all around.
	// Streams that differ in the camera alone show the same moments.
	Surround bool
	// Vary widens the ranges of the cameras of groups of frames.
	Vary CameraRanges
	// Axes are the axes of domain randomization that frames have. Without any, frames are
	// those of earlier versions.
	Axes []Axis
	// AxisShare is the probability with which a map has each of the axes; 0 means 1. With a
	// smaller one there are also frames that are nearly those without axes.
	AxisShare float64
	// CameraRange is the range of CameraAxis; nil means DefaultCameraRange.
	CameraRange *CameraRange
}

// Frame is a rendered and labelled frame. It belongs to its Generator.
type Frame struct {
	Image      *raster.Image
	Objects    []label.Object
	Lanes      [label.NumBoundaries][]geom.Vec
	NoLanes    bool           // no boundary is defined: in a turn, or the camera does not look forward
	Crossing   [2]float64     // m ahead, from and to: junction without painted boundaries
	Camera     *sensor.Camera // calibration known to perception
	Actual     *sensor.Camera // true camera; differs from Camera only if shifted
	Map        *road.Map      // nil for a frame from disk
	Conditions scene.Conditions
	// Ignore lists missing labels; frames of a Generator have all labels.
	Ignore Ignore
	// Hidden marks boundaries in Lanes that are not visible enough, where the class
	// channel does not show it: unpainted ones, and in frames from disk.
	Hidden [label.NumBoundaries]bool
	// Picture is the picture on disk that the frame was made of, nil for rendered frames.
	Picture *Picture
}

// Picture is a picture of any camera and its labels, in pixels of the picture. Its frame is
// the view of it for the network.
type Picture struct {
	ID     string // COCO's image id, or a number from 1
	Name   string // of the file
	RGB    []byte // row by row
	Camera camera.Camera
	View   *camera.View // of the frame's image
	// Labels transforms from the vehicle frame to the label frame of KITTI, nil for other
	// data sets.
	Labels *[3][4]float64
	// Objects are those of the frame, in the same order. Areas holds the areas of the masks
	// of the first ones, px², 0 if unknown. In KITTI's data sets, objects from the index
	// Regions on are regions without a place (DontCare).
	Objects []label.Object
	Areas   []float64
	Regions int
	// KITTI says that the limits of KITTI's evaluation are in pixels of this picture.
	KITTI bool
}

// Ignore lists labels that a frame does not have; missing labels do not mean that
// there are no objects. Missing lane boundaries are marked by NoLanes.
type Ignore struct {
	Drivable bool
	Place    bool // distance, position and heading of objects
	Weather  bool // light and weather
	Classes  [perception.NumClasses]bool
}

// Generator generates the frames of a stream. It is not safe for concurrent use.
type Generator struct {
	stream  Stream
	group   int64  // of the current map, -1 for none
	drawn   Stream // with the axes of the current map
	road    *road.Map
	capture *Capture
	view    scene.FrameState
	encoder *Encoder // nil for a stream without network
	imaging *imaging.Processor
}

// NewGenerator returns a generator of the stream's frames, which have the size of the
// network.
func NewGenerator(s Stream) (*Generator, error) {
	if err := s.Config.CheckSize(); err != nil {
		return nil, err
	}
	front := sensor.FrontCamera()
	if cal := cmp.Or(s.Camera, &front); s.Config.Width != cal.Width || s.Config.Height != cal.Height {
		return nil, fmt.Errorf("stream: the network needs %d×%d pixels, the camera has %d×%d",
			s.Config.Width, s.Config.Height, cal.Width, cal.Height)
	}
	m, err := NewUnencoded(s)
	if err == nil {
		m.encoder = NewEncoder(&s.Config)
	}
	return m, err
}

// NewUnencoded returns a generator of frames of any size. It has no Encode; the stream's
// Config has no effect.
func NewUnencoded(s Stream) (*Generator, error) {
	if err := s.Corruption.Check(); err != nil {
		return nil, fmt.Errorf("stream: %w", err)
	}
	if err := s.Vary.Check(); err != nil {
		return nil, fmt.Errorf("stream: %w", err)
	}
	if err := s.CheckAxes(); err != nil {
		return nil, fmt.Errorf("stream: %w", err)
	}
	front := sensor.FrontCamera()
	cal := cmp.Or(s.Camera, &front)
	return &Generator{stream: s, group: -1, imaging: imaging.New(cal.Width, cal.Height)}, nil
}

// Frame generates frame i.
func (m *Generator) Frame(i int64) (*Frame, error) {
	if err := m.prepareGroup(i / FramesPerMap); err != nil {
		return nil, fmt.Errorf("stream %s: frame %d: %w", m.stream.Split, i, err)
	}
	r := rng.New(m.stream.Seed, name(m.stream.Split, i), "situation")
	f := m.render(&r)
	for range maxDraws {
		if m.showsRequired(f) {
			break
		}
		f = m.render(&r)
	}
	m.electronics(i, 0, f.Image.RGB)
	spoil := rng.New(m.stream.Seed, name(m.stream.Split, i), "corruption")
	if err := m.stream.Corruption.Pixels(&spoil, f.Image.RGB, f.Image.Width); err != nil {
		return nil, fmt.Errorf("stream %s: frame %d: %w", m.stream.Split, i, err)
	}
	return f, nil
}

// electronics applies the camera electronics of frame i to a picture. Pictures of a frame
// differ in noise, by their number.
func (m *Generator) electronics(i int64, picture int, rgb []byte) {
	if !m.drawn.has(ImagingAxis) {
		return
	}
	draw := rng.New(m.stream.Seed, name(m.stream.Split, i), "imaging")
	cam := imaging.Random(&draw)
	for range picture {
		draw.Uint64() // the noise of those before
	}
	m.imaging.Apply(&cam, draw.Uint64(), rgb)
}

// maxDraws limits the draws of a situation.
const maxDraws = 50

// render draws a random situation, renders and labels it.
func (m *Generator) render(r *rng.Stream) *Frame {
	m.view.Cal = &m.capture.actual
	drawSituation(m.road, r, &m.view, &m.drawn)
	m.stream.Corruption.World(&m.view)
	return m.capture.Frame(&m.view)
}

// View returns the situation of the last frame. It belongs to the generator; the next
// frame overwrites it.
func (m *Generator) View() *scene.FrameState { return &m.view }

// showsRequired reports whether a frame contains the required class.
func (m *Generator) showsRequired(f *Frame) bool {
	if m.stream.RequireClass == nil {
		return true
	}
	return slices.ContainsFunc(f.Objects, func(o label.Object) bool { return Labeled(&o) && Class(&o) == *m.stream.RequireClass })
}

// prepareGroup generates the map and the camera of a group of frames, unless they are
// current.
func (m *Generator) prepareGroup(group int64) error {
	if group == m.group {
		return nil
	}
	r := rng.New(m.stream.Seed, name(m.stream.Split, group), "map")
	var err error
	if m.road, err = m.randomMap(&r); err != nil {
		return err
	}
	m.drawn = m.stream
	m.drawn.Axes = m.stream.drawAxes(group)
	style := scene.Style{Appearance: m.drawn.appearance(), Seed: m.stream.Seed ^ uint64(group)}
	builder, err := scene.NewStyledBuilder(m.road, style)
	if err != nil {
		return err
	}
	front := sensor.FrontCamera()
	camera := m.drawn.randomCamera(&r, cmp.Or(m.stream.Camera, &front))
	actual := camera
	m.stream.Corruption.Camera(&actual)
	m.capture = NewCapture(m.road, builder, &camera, &actual, m.stream.Depth)
	m.group = group
	return nil
}

// signalProb is the probability of redrawing a training map until it has signals: few
// maps have signals, and signals fill few pixels.
const signalProb = .3

// randomMap returns a random map. Training has signals more often than evaluation.
func (m *Generator) randomMap(r *rng.Stream) (*road.Map, error) {
	drawn, err := road.Random(r.Uint64())
	again := m.stream.Split == Train && r.Chance(signalProb)
	for err == nil && again && len(drawn.Signals) == 0 {
		drawn, err = road.Random(r.Uint64())
	}
	return drawn, err
}

// Encode writes a frame as input and target of the network.
func (m *Generator) Encode(f *Frame, image, target []float32) {
	m.encoder.Encode(f, image, target)
}

// Filler returns a function that fills batches of the stream: batch b of n frames
// starts at frame b·n. Each goroutine needs its own.
func (s Stream) Filler() (training.Filler, error) {
	m, err := NewGenerator(s)
	if err != nil {
		return nil, err
	}
	look, order := NewAugmenter(s.Augment), s.sampler()
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
