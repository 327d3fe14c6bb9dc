package faults

import (
	"math"
	"slices"

	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
	"roadloop/trace"
)

func sensorFaults() []Fault {
	fault := func(name, means string, f func() modifier[*sensor.Observation], likely ...string) Fault {
		return Fault{name, trace.LayerSensor, means, likely, func(s *target) error {
			s.session.WrapSensors(func(in rig.Sensors) rig.Sensors { return &sensors{in, f()} })
			return nil
		}}
	}
	calibration := func(change func(*sensor.Camera)) func() modifier[*sensor.Observation] {
		return func() modifier[*sensor.Observation] { return miscalibrated(change) }
	}
	every := func(change func(*sensor.Observation)) func() modifier[*sensor.Observation] {
		return func() modifier[*sensor.Observation] {
			return modifyFunc[*sensor.Observation](func(o *sensor.Observation) *sensor.Observation {
				change(o)
				return o
			})
		}
	}
	return []Fault{
		fault("camera-yaw", "the calibrated yaw of the camera is 10° wrong", calibration(func(c *sensor.Camera) { c.Mount.Yaw += 10 * deg }), "cyclist-near-side", "red-light"),
		fault("camera-pitch", "the calibrated pitch of the camera is 4° too far down", calibration(func(c *sensor.Camera) { c.Mount.Pitch += 4 * deg }), "cyclist-near-side", "red-light"),
		fault("camera-height", "the calibrated height of the camera is 2.8 m", calibration(func(c *sensor.Camera) { c.Mount.Z = 2.8 }), "red-light", "cyclist-near-side"),
		fault("camera-focal", "the calibrated focal length is half of the true one", calibration(func(c *sensor.Camera) { c.Fx, c.Fy = c.Fx/2, c.Fy/2 }), "red-light", "cyclist-near-side"),
		fault("camera-late", "frames are a second older than their timestamps", func() modifier[*sensor.Observation] { return &lateFrames{} }, "cyclist-near-side", "red-light"),
		fault("camera-frozen", "after 2 s the camera repeats its last frame", func() modifier[*sensor.Observation] { return &frozen{} }, "red-light", "pedestrian"),
		fault("camera-mirrored", "frames are mirrored left to right", every(mirrorFrames), "cyclist-near-side", "red-light"),
		fault("camera-channels", "red and green of the frames are swapped", every(swapChannels), "red-light", "junction"),
		fault("lidar-rotated", "the scans are turned by 30°", every(func(o *sensor.Observation) { turnScans(o, 30*deg) }), "braking-lead", "obstacle"),
		fault("lidar-shifted", "the scans are shifted by 5 m to the front", every(shiftScans), "cyclist-near-side", "follow"),
		fault("radar-doppler", "range rates of the radar have the wrong sign", every(flipDoppler), "follow", "cut-in"),
		fault("radar-mirrored", "azimuths of the radar have the wrong sign", every(mirrorRadar), "cut-in", "junction"),
		fault("gnss-shifted", "positions are 2 m too far to the left", every(shiftFixes), "curve", "lane"),
		fault("gnss-heading", "headings are 10° too far to the left", every(turnFixes), "curve", "lane"),
		fault("odometry-slow", "the measured wheel speed is half of the true one", every(slowWheels), "curve", "lane"),
		fault("gyroscope-sign", "the yaw rate has the wrong sign", every(flipGyroscope), "curve", "lane"),
	}
}

const deg = math.Pi / 180

// miscalibrated attaches a wrong calibration to every frame.
func miscalibrated(change func(*sensor.Camera)) modifier[*sensor.Observation] {
	var wrong *sensor.Camera // the same for all frames
	return modifyFunc[*sensor.Observation](func(o *sensor.Observation) *sensor.Observation {
		for i := range o.Frames {
			if wrong == nil {
				c := *o.Frames[i].Cal
				change(&c)
				wrong = &c
			}
			o.Frames[i].Cal = wrong
		}
		return o
	})
}

// lateFrames delays the pixels of frames.
type lateFrames struct{ waiting [][]byte }

const frameDelay = 20 // frames

func (l *lateFrames) modify(o *sensor.Observation) *sensor.Observation {
	for i := range o.Frames {
		f := &o.Frames[i]
		l.waiting = append(l.waiting, slices.Clone(f.Pix))
		copy(f.Pix, l.waiting[0])
		if len(l.waiting) > frameDelay {
			l.waiting = l.waiting[1:]
		}
	}
	return o
}

// clone shares the images, which are immutable.
func (l *lateFrames) clone() modifier[*sensor.Observation] {
	return &lateFrames{slices.Clone(l.waiting)}
}

// frozen repeats a frame.
type frozen struct{ pix []byte }

const freezeAt = 2 * clock.PerSecond

func (z *frozen) modify(o *sensor.Observation) *sensor.Observation {
	for i := range o.Frames {
		switch f := &o.Frames[i]; {
		case f.Time < freezeAt:
		case z.pix == nil:
			z.pix = slices.Clone(f.Pix)
		default:
			copy(f.Pix, z.pix)
		}
	}
	return o
}

func (z *frozen) clone() modifier[*sensor.Observation] { return &frozen{z.pix} }

func mirrorFrames(o *sensor.Observation) {
	for i := range o.Frames {
		f := &o.Frames[i]
		for row := range slices.Chunk(f.Pix, 3*f.Cal.Width) {
			for a, b := 0, len(row)-3; a < b; a, b = a+3, b-3 {
				for c := range 3 {
					row[a+c], row[b+c] = row[b+c], row[a+c]
				}
			}
		}
	}
}

func swapChannels(o *sensor.Observation) {
	for i := range o.Frames {
		for p := range slices.Chunk(o.Frames[i].Pix, 3) {
			p[0], p[1] = p[1], p[0]
		}
	}
}

func turnScans(o *sensor.Observation, by float64) {
	u := geom.Unit(by)
	for i := range o.Scans {
		for j := range o.Scans[i].Points {
			p := &o.Scans[i].Points[j]
			x, y := float64(p.X), float64(p.Y)
			p.X, p.Y = float32(float64(u.X*x)-float64(u.Y*y)), float32(float64(u.Y*x)+float64(u.X*y))
		}
	}
}

func shiftScans(o *sensor.Observation) {
	for i := range o.Scans {
		for j := range o.Scans[i].Points {
			o.Scans[i].Points[j].X += 5
		}
	}
}

func flipDoppler(o *sensor.Observation) {
	for i := range o.Radars {
		for j := range o.Radars[i].Targets {
			t := &o.Radars[i].Targets[j]
			t.RangeRate = -t.RangeRate
		}
	}
}

func mirrorRadar(o *sensor.Observation) {
	for i := range o.Radars {
		for j := range o.Radars[i].Targets {
			t := &o.Radars[i].Targets[j]
			t.Azimuth = -t.Azimuth
		}
	}
}

func shiftFixes(o *sensor.Observation) {
	for i := range o.GNSS {
		p := &o.GNSS[i].Pose
		at := p.ToWorld(geom.Vec{Y: 2})
		p.X, p.Y = at.X, at.Y
	}
}

func turnFixes(o *sensor.Observation) {
	for i := range o.GNSS {
		p := &o.GNSS[i].Pose
		p.Yaw = geom.WrapAngle(p.Yaw + 10*deg)
	}
}

func slowWheels(o *sensor.Observation) {
	for i := range o.Odometry {
		o.Odometry[i].Speed /= 2
	}
}

func flipGyroscope(o *sensor.Observation) {
	for i := range o.Odometry {
		o.Odometry[i].YawRate = -o.Odometry[i].YawRate
	}
}
