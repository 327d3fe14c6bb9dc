package rig

import (
	"fmt"
	"runtime"
	"slices"
	"sync"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/imaging"
	"roadloop/sim/raster"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Camera is the model of a camera.
type Camera struct {
	Calibration sensor.Camera
	Noise       float64 // standard deviation in 8-bit levels
	Dirt        float64 // share of the lens that is covered, 0..1
	Coarse      bool    // takes one sample per pixel; see raster.Channels
	Blank       bool    // frames have no pixels, for a detector that reads their truth
	// Imaging is the model of lens, sensor and image processing; the zero value changes
	// nothing.
	Imaging imaging.Camera
}

// Check returns an error for the first setting out of range.
func (c Camera) Check() error {
	if !(c.Dirt >= 0 && c.Dirt <= 1) {
		return fmt.Errorf("dirt %g is outside 0 to 1", c.Dirt)
	}
	if k := &c.Calibration; k.Width < 1 || k.Height < 1 || k.Width*k.Height > 1<<24 {
		return fmt.Errorf("size of %d×%d pixels is out of range", k.Width, k.Height)
	}
	if err := c.Imaging.Check(); err != nil {
		return err
	}
	return checkAll(c.Noise)
}

// Ideal returns the camera without noise, dirt and the effects of imaging.
func (c Camera) Ideal() Model {
	return Camera{Calibration: c.Calibration, Coarse: c.Coarse, Blank: c.Blank}
}

// Start returns a camera in a run.
func (c Camera) Start(s *Setup) (Device, error) {
	pool, err := newRenderPool(&c, s)
	if err != nil {
		return nil, err
	}
	return &cameraDevice{name: s.Name, model: &c, pool: pool, noise: s.Stream("noise")}, nil
}

// cameraDevice is a camera in a run.
type cameraDevice struct {
	name      string
	model     *Camera     // constant
	pool      *renderPool // shared with clones
	noise     rng.Stream
	exposures queue[captured]
	rendered  []*rendered // the first n are in the last observation
	n         int
	now       clock.Tick // of that observation
}

// captured is an exposure in transit.
type captured struct {
	exposure Exposure
	early    *early // nil if the frame is rendered on arrival
}

// early is a frame that another core renders while the exposure is in transit.
type early struct {
	pix  []byte
	done chan struct{} // receives when pix is complete
}

// rendered is a frame in an observation.
type rendered struct {
	exposure Exposure
	pix      []byte
}

// Measure captures the exposure of a frame. With several cores its rendering starts at
// once, while the world and the driver go on. The frame is a function of its exposure, so
// that it does not depend on when it is rendered.
func (d *cameraDevice) Measure(w World) {
	c := d.exposures.next()
	c.exposure.capture(w, d.model.Noise, d.noise.Uint64())
	if d.model.Blank || runtime.GOMAXPROCS(0) == 1 {
		c.early = nil
	} else {
		if c.early == nil {
			c.early = &early{done: make(chan struct{}, 1)}
		}
		go d.pool.renderEarly(c.early, c.exposure)
	}
	d.exposures.send(c)
}

// Deliver delivers the oldest frame.
func (d *cameraDevice) Deliver(o *sensor.Observation) {
	if o.Now != d.now {
		d.n, d.now = 0, o.Now
	}
	if d.n == len(d.rendered) {
		d.rendered = append(d.rendered, new(rendered))
	}
	f := d.rendered[d.n]
	d.n++
	c := d.exposures.take(o.Now, cloneCaptured)
	f.exposure = c.exposure
	switch {
	case d.model.Blank:
	case c.early != nil:
		<-c.early.done
		f.pix, c.early.pix = c.early.pix, f.pix
	default:
		f.pix = d.pool.render(f.pix[:0], &f.exposure)
	}
	o.Frames = append(o.Frames, sensor.Frame{Sensor: d.name, Time: f.exposure.view.Time, Cal: &d.model.Calibration, Pix: f.pix, Truth: &f.exposure})
}

// Clone returns a device with the same frames in transit. It renders them again on arrival,
// so that clones that are kept for long need little memory.
func (d *cameraDevice) Clone() Device {
	c := &cameraDevice{name: d.name, model: d.model, pool: d.pool, noise: d.noise, exposures: d.exposures.clone()}
	for i := range c.exposures.kept {
		c.exposures.kept[i].message.early = nil
	}
	return c
}

// Exposure is the world that a camera frame shows. An exposure is valid as long as its
// frame and must not be changed.
type Exposure struct {
	view    scene.FrameState
	actors  []actor.Actor
	signals []road.SignalState
}

// View returns the view that the exposure shows, without a camera.
func (e *Exposure) View() scene.FrameState {
	v := e.view
	v.Actors, v.Signals = e.actors, e.signals
	return v
}

// capture captures a world, with image noise of the given standard deviation and seed.
func (e *Exposure) capture(w World, noise float64, seed uint64) {
	conditions := w.Conditions()
	e.actors, e.signals = append(e.actors[:0], w.Actors()...), append(e.signals[:0], w.Signals()...)
	e.view = scene.FrameState{
		View: scene.View{
			Ego: w.Ego().State.Pose, Time: w.Time(),
			Exposure: 1 + .2*scene.Darkness(conditions), Noise: noise, NoiseSeed: seed,
		},
		Conditions: conditions,
	}
}

func cloneCaptured(c captured) captured {
	e := &c.exposure
	e.actors, e.signals = slices.Clone(e.actors), slices.Clone(e.signals)
	return c
}

// renderPool renders the frames of a camera. Several rigs may share it and render at the
// same time. It keeps no state from one frame to the next.
type renderPool struct {
	builder *scene.Builder
	cal     *sensor.Camera
	coarse  bool
	dirt    dirt // on the lens
	imaging imaging.Camera
	workers sync.Pool // of *worker
}

// newRenderPool returns the render pool for a camera.
func newRenderPool(c *Camera, s *Setup) (*renderPool, error) {
	builder, err := s.sceneBuilder()
	if err != nil {
		return nil, err
	}
	blots := s.Stream("dirt")
	return &renderPool{builder: builder, cal: &c.Calibration, coarse: c.Coarse, dirt: lensDirt(&c.Calibration, c.Dirt, &blots), imaging: c.Imaging}, nil
}

// worker holds the renderer and buffers for one frame at a time.
type worker struct {
	renderer *raster.Renderer
	list     scene.List
	imaging  *imaging.Processor // nil without effects of imaging
}

// renderEarly renders an exposure ahead of its arrival.
func (p *renderPool) renderEarly(to *early, e Exposure) {
	to.pix = p.render(to.pix[:0], &e)
	to.done <- struct{}{}
}

// render renders an exposure and appends its pixels to dst.
func (p *renderPool) render(dst []byte, e *Exposure) []byte {
	at, ok := p.workers.Get().(*worker)
	if !ok {
		at = &worker{renderer: raster.New(p.cal, raster.Channels{Coarse: p.coarse})}
		if p.imaging != (imaging.Camera{}) {
			at.imaging = imaging.New(p.cal.Width, p.cal.Height)
		}
	}
	defer p.workers.Put(at)
	view := e.View()
	view.Cal = p.cal
	p.builder.Build(&at.list, &view)
	dst = append(dst, at.renderer.Render(&at.list).RGB...)
	p.dirt.apply(dst)
	if at.imaging != nil {
		at.imaging.Apply(&p.imaging, view.NoiseSeed, dst)
	}
	return dst
}
