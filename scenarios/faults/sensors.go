package faults

import (
	"cmp"
	"math"
	"slices"

	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
	"roadloop/trace"
)

// sensorFaults returns the faults of sensors, injected into the sensor with the given
// name, or for "" each into that of the default rig.
func sensorFaults(at string) []Fault {
	cameras := sensorKind[rig.Camera]{cmp.Or(at, sensor.DefaultCamera), at}
	lidars := sensorKind[rig.Lidar]{cmp.Or(at, sensor.DefaultLidar), at}
	radars := sensorKind[rig.Radar]{cmp.Or(at, sensor.DefaultRadar), at}
	receivers := sensorKind[rig.GNSS]{cmp.Or(at, sensor.DefaultGNSS), at}
	wheels := sensorKind[rig.Odometry]{cmp.Or(at, sensor.DefaultOdometry), at}
	calibration := func(change func(*sensor.Camera)) newModifier { return cameras.frames(miscalibrated(change)) }
	return []Fault{
		cameras.fault("camera-yaw", "the calibrated yaw of the camera is 10° wrong", calibration(func(c *sensor.Camera) { c.Mount.Yaw += 10 * deg }), "cyclist-near-side", "red-light"),
		cameras.fault("camera-pitch", "the calibrated pitch of the camera is 4° too far down", calibration(func(c *sensor.Camera) { c.Mount.Pitch += 4 * deg }), "cyclist-near-side", "red-light"),
		cameras.fault("camera-height", "the calibrated height of the camera is 2.8 m", calibration(func(c *sensor.Camera) { c.Mount.Z = 2.8 }), "red-light", "cyclist-near-side"),
		cameras.fault("camera-focal", "the calibrated focal length is half of the true one", calibration(func(c *sensor.Camera) { c.Fx, c.Fy = c.Fx/2, c.Fy/2 }), "red-light", "cyclist-near-side"),
		cameras.fault("camera-late", "frames are a second older than their timestamps", cameras.frames(func() modifier[*sensor.Frame] { return &lateFrames{} }), "cyclist-near-side", "red-light"),
		cameras.fault("camera-frozen", "after 2 s the camera repeats its last frame", cameras.frames(func() modifier[*sensor.Frame] { return &frozen{} }), "red-light", "pedestrian"),
		cameras.fault("camera-mirrored", "frames are mirrored left to right", cameras.frames(always(mirrorFrame)), "cyclist-near-side", "red-light"),
		cameras.fault("camera-channels", "red and green of the frames are swapped", cameras.frames(always(swapChannels)), "red-light", "junction"),
		lidars.fault("lidar-rotated", "the scans are turned by 30°", lidars.scans(func(s *sensor.Scan) { turnScan(s, 30*deg) }), "braking-lead", "obstacle"),
		lidars.fault("lidar-shifted", "the scans are shifted by 5 m to the front", lidars.scans(shiftScan), "cyclist-near-side", "follow"),
		radars.fault("radar-doppler", "range rates of the radar have the wrong sign", radars.radars(flipDoppler), "follow", "cut-in"),
		radars.fault("radar-mirrored", "azimuths of the radar have the wrong sign", radars.radars(mirrorRadar), "cut-in", "junction"),
		receivers.fault("gnss-shifted", "positions are 2 m too far to the left", receivers.gnss(shiftFix), "curve", "lane"),
		receivers.fault("gnss-heading", "headings are 10° too far to the left", receivers.gnss(turnFix), "curve", "lane"),
		wheels.fault("odometry-slow", "the measured wheel speed is half of the true one", wheels.odometry(func(m *sensor.Odometry) { m.Speed /= 2 }), "curve", "lane"),
		wheels.fault("gyroscope-sign", "the yaw rate has the wrong sign", wheels.odometry(func(m *sensor.Odometry) { m.YawRate = -m.YawRate }), "curve", "lane"),
	}
}

const deg = math.Pi / 180

// newModifier returns a modifier in its initial state.
type newModifier func() modifier[*sensor.Observation]

// sensorKind makes the faults of a sensor with a model of type M.
type sensorKind[M rig.Model] struct {
	sensor string // its name
	named  string // the same, if the name of the fault contains it
}

// fault returns a fault of the sensor.
func (k sensorKind[M]) fault(name, means string, f newModifier, likely ...string) Fault {
	if k.named != "" {
		name += "@" + k.named
	}
	return Fault{name, trace.LayerSensor, means, likely, func(s *target) error {
		if _, err := rig.ModelOf[M](&s.session.Case().Rig, k.sensor); err != nil {
			return err
		}
		s.session.WrapSensors(func(in rig.Sensors) rig.Sensors { return &sensors{in, f()} })
		return nil
	}}
}

// frames modifies the frames of the sensor.
func (k sensorKind[M]) frames(f func() modifier[*sensor.Frame]) newModifier {
	return func() modifier[*sensor.Observation] { return &frameModifier{k.sensor, f()} }
}

// scans changes the lidar scans of the sensor.
func (k sensorKind[M]) scans(change func(*sensor.Scan)) newModifier {
	return always(func(o *sensor.Observation) {
		for i := range o.Scans {
			if m := &o.Scans[i]; m.Sensor == k.sensor {
				change(m)
			}
		}
	})
}

// radars changes the radar scans of the sensor.
func (k sensorKind[M]) radars(change func(*sensor.RadarScan)) newModifier {
	return always(func(o *sensor.Observation) {
		for i := range o.Radars {
			if m := &o.Radars[i]; m.Sensor == k.sensor {
				change(m)
			}
		}
	})
}

// gnss changes the positions of the sensor.
func (k sensorKind[M]) gnss(change func(*sensor.GNSS)) newModifier {
	return always(func(o *sensor.Observation) {
		for i := range o.GNSS {
			if m := &o.GNSS[i]; m.Sensor == k.sensor {
				change(m)
			}
		}
	})
}

// odometry changes the odometry of the sensor.
func (k sensorKind[M]) odometry(change func(*sensor.Odometry)) newModifier {
	return always(func(o *sensor.Observation) {
		for i := range o.Odometry {
			if m := &o.Odometry[i]; m.Sensor == k.sensor {
				change(m)
			}
		}
	})
}

// always returns modifiers without state that change a value in place.
func always[T any](change func(*T)) func() modifier[*T] {
	return func() modifier[*T] {
		return modifyFunc[*T](func(x *T) *T {
			change(x)
			return x
		})
	}
}

// frameModifier modifies the frames of one camera.
type frameModifier struct {
	camera   string
	modifier modifier[*sensor.Frame]
}

func (m *frameModifier) modify(o *sensor.Observation) *sensor.Observation {
	for i := range o.Frames {
		if f := &o.Frames[i]; f.Sensor == m.camera {
			o.Frames[i] = *m.modifier.modify(f)
		}
	}
	return o
}

func (m *frameModifier) clone() modifier[*sensor.Observation] {
	return &frameModifier{m.camera, m.modifier.clone()}
}

// miscalibrated attaches a wrong calibration to every frame.
func miscalibrated(change func(*sensor.Camera)) func() modifier[*sensor.Frame] {
	return func() modifier[*sensor.Frame] {
		var wrong *sensor.Camera // the same for all frames
		return modifyFunc[*sensor.Frame](func(f *sensor.Frame) *sensor.Frame {
			if wrong == nil {
				c := *f.Cal
				change(&c)
				wrong = &c
			}
			f.Cal = wrong
			return f
		})
	}
}

// lateFrames delays the pixels of frames.
type lateFrames struct{ waiting [][]byte }

const frameDelay = 20 // frames

func (l *lateFrames) modify(f *sensor.Frame) *sensor.Frame {
	l.waiting = append(l.waiting, slices.Clone(f.Pix))
	copy(f.Pix, l.waiting[0])
	if len(l.waiting) > frameDelay {
		l.waiting = l.waiting[1:]
	}
	return f
}

// clone shares the images, which are immutable.
func (l *lateFrames) clone() modifier[*sensor.Frame] {
	return &lateFrames{slices.Clone(l.waiting)}
}

// frozen repeats a frame.
type frozen struct{ pix []byte }

const freezeAt = 2 * clock.PerSecond

func (z *frozen) modify(f *sensor.Frame) *sensor.Frame {
	switch {
	case f.Time < freezeAt:
	case z.pix == nil:
		z.pix = slices.Clone(f.Pix)
	default:
		copy(f.Pix, z.pix)
	}
	return f
}

func (z *frozen) clone() modifier[*sensor.Frame] { return &frozen{z.pix} }

func mirrorFrame(f *sensor.Frame) {
	for row := range slices.Chunk(f.Pix, 3*f.Cal.Width) {
		for a, b := 0, len(row)-3; a < b; a, b = a+3, b-3 {
			for c := range 3 {
				row[a+c], row[b+c] = row[b+c], row[a+c]
			}
		}
	}
}

func swapChannels(f *sensor.Frame) {
	for p := range slices.Chunk(f.Pix, 3) {
		p[0], p[1] = p[1], p[0]
	}
}

func turnScan(s *sensor.Scan, by float64) {
	u := geom.Unit(by)
	for j := range s.Points {
		p := &s.Points[j]
		x, y := float64(p.X), float64(p.Y)
		p.X, p.Y = float32(float64(u.X*x)-float64(u.Y*y)), float32(float64(u.Y*x)+float64(u.X*y))
	}
}

func shiftScan(s *sensor.Scan) {
	for j := range s.Points {
		s.Points[j].X += 5
	}
}

func flipDoppler(s *sensor.RadarScan) {
	for j := range s.Targets {
		t := &s.Targets[j]
		t.RangeRate = -t.RangeRate
	}
}

func mirrorRadar(s *sensor.RadarScan) {
	for j := range s.Targets {
		t := &s.Targets[j]
		t.Azimuth = -t.Azimuth
	}
}

func shiftFix(m *sensor.GNSS) {
	at := m.Pose.ToWorld(geom.Vec{Y: 2})
	m.Pose.X, m.Pose.Y = at.X, at.Y
}

func turnFix(m *sensor.GNSS) { m.Pose.Yaw = geom.WrapAngle(m.Pose.Yaw + 10*deg) }
