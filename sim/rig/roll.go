package rig

import (
	"fmt"
	"sort"

	"roadloop/sim/clock"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/sensor"
)

// Roll is the pictures that the camera of a rig takes in a run, of which one develops
// those that one wants to see, in any order, from the world as it was when they were
// taken. They are those that the rig delivers, to the last bit: when a picture is taken,
// lost or noisy follows from the seed alone, whatever happens in the world.
//
// It is not safe for concurrent use.
type Roll struct {
	config CameraConfig
	dark   *darkroom
	shots  []shot // that arrive, in the order of time
	now    Exposure
}

// shot is a picture that arrives.
type shot struct {
	taken, arrives clock.Tick
	seed           uint64 // of its noise
}

// NewRoll returns the pictures that the camera of a rig with that configuration, map and
// seed takes from the start of a run until a time. A camera that is switched off takes
// none.
func NewRoll(c *Config, m *road.Map, seed uint64, until clock.Tick) (*Roll, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("rig: %w", err)
	}
	r := &Roll{config: c.Camera}
	if r.config.Period == 0 {
		return r, nil
	}
	var err error
	if r.dark, err = newDarkroom(&r.config, m, seed); err != nil {
		return nil, err
	}
	noise, losses := rng.New(seed, cameraEntity, "noise"), rng.New(seed, cameraEntity, "dropout")
	for t := clock.Tick(0); t <= until; t += r.config.Period {
		if !r.config.lost(t, &losses) {
			r.shots = append(r.shots, shot{taken: t, arrives: t + r.config.Latency, seed: noise.Uint64()})
		}
	}
	return r, nil
}

// Camera returns the calibration of the camera.
func (r *Roll) Camera() *sensor.Camera { return &r.config.Calibration }

// Newest returns when the newest picture was taken of those that had arrived at a time;
// ok is false where none had.
func (r *Roll) Newest(now clock.Tick) (taken clock.Tick, ok bool) {
	n := sort.Search(len(r.shots), func(i int) bool { return r.shots[i].arrives > now })
	if n == 0 {
		return 0, false
	}
	return r.shots[n-1].taken, true
}

// Develop appends to dst the pixels of the picture of w, red, green and blue row by row
// as in a sensor.Frame. It fails where the camera took none at the time of w that
// arrived.
func (r *Roll) Develop(dst []byte, w World) ([]byte, error) {
	at := w.Time()
	i := sort.Search(len(r.shots), func(i int) bool { return r.shots[i].taken >= at })
	if i == len(r.shots) || r.shots[i].taken != at {
		return dst, fmt.Errorf("the camera has no picture of %v", at)
	}
	r.now.take(w, r.config.Noise, r.shots[i].seed)
	return r.dark.develop(dst, &r.config.Calibration, &r.now), nil
}
