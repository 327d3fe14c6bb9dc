package rig

import (
	"fmt"
	"sort"

	"roadloop/sim/clock"
	"roadloop/sim/road"
	"roadloop/sim/sensor"
)

// CameraReplay replays the camera frames of a run. It renders selected frames in any order, each
// from the world at the time of the frame. The frames are bit-identical to those of the
// rig, since their times, losses and noise depend only on the seed.
//
// It is not safe for concurrent use.
type CameraReplay struct {
	model  Camera
	pool   *renderPool
	frames []capturedFrame // that arrive, in the order of time
	now    Exposure
}

// capturedFrame is a frame that arrives.
type capturedFrame struct {
	taken, arrives clock.Tick
	seed           uint64 // of its noise
}

// NewCameraReplay returns the frames of a camera of a rig, on a map with a seed, from the
// start of a run until a time. The name "" means the front camera. There are no frames if
// the camera is switched off.
func NewCameraReplay(c *Config, name string, m *road.Map, seed uint64, until clock.Tick) (*CameraReplay, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("rig: %w", err)
	}
	s, model, err := c.Camera(name)
	if err != nil {
		return nil, fmt.Errorf("rig: %w", err)
	}
	r := &CameraReplay{model: model}
	if s.Period == 0 {
		return r, nil
	}
	setup := &Setup{Sensor: *s, Map: m, Seed: seed, shared: new(shared)}
	if r.pool, err = newRenderPool(&r.model, setup); err != nil {
		return nil, fmt.Errorf("rig: starting the sensor %s: %w", s.Name, err)
	}
	noise, losses := setup.Stream("noise"), setup.Stream("dropout")
	for t := clock.Tick(0); t <= until; t += s.Period {
		if !s.lost(t, &losses) {
			r.frames = append(r.frames, capturedFrame{taken: t, arrives: t + s.Latency, seed: noise.Uint64()})
		}
	}
	return r, nil
}

// Camera returns the calibration of the camera.
func (r *CameraReplay) Camera() *sensor.Camera { return &r.model.Calibration }

// Latest returns the capture time of the newest frame that has arrived by now; ok is
// false if there is none.
func (r *CameraReplay) Latest(now clock.Tick) (taken clock.Tick, ok bool) {
	n := sort.Search(len(r.frames), func(i int) bool { return r.frames[i].arrives > now })
	if n == 0 {
		return 0, false
	}
	return r.frames[n-1].taken, true
}

// Render renders the frame of w and appends its pixels to dst, in the format of
// sensor.Frame. It returns an error if no frame that arrives was captured at the time
// of w.
func (r *CameraReplay) Render(dst []byte, w World) ([]byte, error) {
	at := w.Time()
	i := sort.Search(len(r.frames), func(i int) bool { return r.frames[i].taken >= at })
	if i == len(r.frames) || r.frames[i].taken != at {
		return dst, fmt.Errorf("the camera has no frame of %v", at)
	}
	r.now.capture(w, r.model.Noise, r.frames[i].seed)
	return r.pool.render(dst, &r.now), nil
}
