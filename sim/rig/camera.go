package rig

import (
	"fmt"
	"slices"
	"sync"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/raster"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Exposure is the world that a camera frame shows. The frame is rendered only on arrival,
// so that frames in transit, and those in clones of the rig, need little memory. An
// exposure is valid as long as its frame and must not be changed.
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

// sampleCamera captures the exposure of a frame.
func (r *Rig) sampleCamera(w World, arrives clock.Tick) {
	e := r.exposures.next()
	e.capture(w, r.config.Camera.Noise, r.camera.Uint64())
	r.exposures.send(e, arrives)
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

func cloneExposure(e Exposure) Exposure {
	e.actors, e.signals = slices.Clone(e.actors), slices.Clone(e.signals)
	return e
}

// renderPool renders frames. Several rigs may share it and render at the same time.
// It keeps no state from one frame to the next.
type renderPool struct {
	st      *scene.Builder
	dirt    dirt      // on the lens
	workers sync.Pool // of *worker
}

// newRenderPool returns the render pool for the camera of a run with the given seed.
func newRenderPool(c *CameraConfig, m *road.Map, seed uint64) (*renderPool, error) {
	st, err := scene.NewBuilder(m)
	if err != nil {
		return nil, fmt.Errorf("rig: %w", err)
	}
	blots := rng.New(seed, cameraEntity, "dirt")
	return &renderPool{st: st, dirt: lensDirt(&c.Calibration, c.Dirt, &blots)}, nil
}

// worker holds the renderer and buffers for one frame at a time.
type worker struct {
	renderer *raster.Renderer
	list     scene.List
}

// renderFrames renders exposures and appends the frames to dst. The pixels are in
// r.framePixels, which grows as necessary.
func (r *Rig) renderFrames(dst []sensor.Frame, exposures []Exposure) []sensor.Frame {
	cal := &r.config.Camera.Calibration
	for i := range exposures {
		if i == len(r.framePixels) {
			r.framePixels = append(r.framePixels, nil)
		}
		e := &exposures[i]
		r.framePixels[i] = r.cameraPool.render(r.framePixels[i][:0], cal, e)
		dst = append(dst, sensor.Frame{Time: e.view.Time, Cal: cal, Pix: r.framePixels[i], Truth: e})
	}
	return dst
}

// render renders an exposure and appends its pixels to dst.
func (d *renderPool) render(dst []byte, cal *sensor.Camera, e *Exposure) []byte {
	at, ok := d.workers.Get().(*worker)
	if !ok {
		at = &worker{renderer: raster.New(cal, raster.Channels{})}
	}
	defer d.workers.Put(at)
	view := e.View()
	view.Cal = cal
	d.st.Build(&at.list, &view)
	dst = append(dst, at.renderer.Render(&at.list).RGB...)
	d.dirt.apply(dst)
	return dst
}
