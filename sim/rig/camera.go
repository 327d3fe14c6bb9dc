package rig

import (
	"roadloop/sim/clock"
	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/stage"
)

// shoot takes a picture.
func (r *Rig) shoot(w World, arrives clock.Tick) {
	conditions := w.Conditions()
	r.view = stage.View{
		View: scene.View{
			Cal: &r.config.Camera.Calibration, Ego: w.Ego().State.Pose, Time: w.Time(),
			Exposure: 1 + .2*stage.Darkness(conditions), Noise: r.config.Camera.Noise, NoiseSeed: r.camera.Uint64(),
		},
		Actors: w.Actors(), Signals: w.Signals(), Conditions: conditions,
	}
	r.st.Compose(&r.list, &r.view)
	if r.lens == nil {
		r.lens = raster.New(&r.config.Camera.Calibration, raster.Channels{})
	}
	im := r.lens.Render(&r.list)
	f := r.frames.next()
	f.Time, f.Cal = w.Time(), &r.config.Camera.Calibration
	f.Pix = append(f.Pix[:0], im.RGB...)
	r.dirt.smear(f.Pix)
	r.frames.send(f, arrives)
}
