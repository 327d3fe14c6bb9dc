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
	"roadloop/sim/stage"
)

// Exposure is the world that a frame shows. The frame is rendered when it arrives: until
// then, and in copies of the rig, an exposure takes little room. It is valid as long as
// the frame, and must not be changed.
type Exposure struct {
	view    stage.View
	actors  []actor.Actor
	signals []road.SignalState
}

// View returns what the exposure shows, without a camera.
func (e *Exposure) View() stage.View {
	v := e.view
	v.Actors, v.Signals = e.actors, e.signals
	return v
}

// shoot exposes a picture.
func (r *Rig) shoot(w World, arrives clock.Tick) {
	e := r.exposures.next()
	e.take(w, r.config.Camera.Noise, r.camera.Uint64())
	r.exposures.send(e, arrives)
}

// take exposes a world, with noise of the given strength and seed.
func (e *Exposure) take(w World, noise float64, seed uint64) {
	conditions := w.Conditions()
	e.actors, e.signals = append(e.actors[:0], w.Actors()...), append(e.signals[:0], w.Signals()...)
	e.view = stage.View{
		View: scene.View{
			Ego: w.Ego().State.Pose, Time: w.Time(),
			Exposure: 1 + .2*stage.Darkness(conditions), Noise: noise, NoiseSeed: seed,
		},
		Conditions: conditions,
	}
}

func cloneExposure(e Exposure) Exposure {
	e.actors, e.signals = slices.Clone(e.actors), slices.Clone(e.signals)
	return e
}

// darkroom develops pictures, one at a time for each rig that shares it. It holds
// nothing from one picture to the next.
type darkroom struct {
	st    *stage.Stage
	dirt  dirt      // on the lens
	desks sync.Pool // of *desk
}

// newDarkroom returns the darkroom of the camera of a run with that seed.
func newDarkroom(c *CameraConfig, m *road.Map, seed uint64) (*darkroom, error) {
	st, err := stage.New(m)
	if err != nil {
		return nil, fmt.Errorf("rig: %w", err)
	}
	blots := rng.New(seed, cameraEntity, "dirt")
	return &darkroom{st: st, dirt: soil(&c.Calibration, c.Dirt, &blots)}, nil
}

// desk is what developing one picture takes.
type desk struct {
	lens *raster.Renderer
	list scene.List
}

// develop appends the frames of exposures to dst, with pixels in the films, of which
// it makes more where there are too few.
func (r *Rig) develop(dst []sensor.Frame, exposures []Exposure) []sensor.Frame {
	cal := &r.config.Camera.Calibration
	for i := range exposures {
		if i == len(r.films) {
			r.films = append(r.films, nil)
		}
		e := &exposures[i]
		r.films[i] = r.dark.develop(r.films[i][:0], cal, e)
		dst = append(dst, sensor.Frame{Time: e.view.Time, Cal: cal, Pix: r.films[i], Truth: e})
	}
	return dst
}

// develop appends the pixels of an exposure to dst.
func (d *darkroom) develop(dst []byte, cal *sensor.Camera, e *Exposure) []byte {
	at, ok := d.desks.Get().(*desk)
	if !ok {
		at = &desk{lens: raster.New(cal, raster.Channels{})}
	}
	defer d.desks.Put(at)
	view := e.View()
	view.Cal = cal
	d.st.Compose(&at.list, &view)
	dst = append(dst, at.lens.Render(&at.list).RGB...)
	d.dirt.smear(dst)
	return dst
}
