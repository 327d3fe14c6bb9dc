package trace

import (
	"crypto/sha256"
	"encoding/binary"
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim"
	"roadloop/sim/detmath"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
)

// Digester hashes the results of layers. It reuses its buffer; the zero value is ready.
type Digester struct{ buf []byte }

// sum hashes what was appended since the last sum.
func (d *Digester) sum() Digest {
	full := sha256.Sum256(d.buf)
	d.buf = d.buf[:0]
	return Digest(full[:8])
}

// World hashes the state of a world.
func (d *Digester) World(w *sim.World) Digest {
	d.buf = w.AppendState(d.buf[:0])
	return d.sum()
}

func (d *Digester) int(v int64) { d.buf = detmath.AppendInts(d.buf, v) }

func (d *Digester) float(vs ...float64) { d.buf = detmath.AppendFloats(d.buf, vs...) }

func (d *Digester) pose(p geom.Pose) { d.float(p.X, p.Y, p.Yaw) }

func (d *Digester) bool(v bool) { d.buf = detmath.AppendBools(d.buf, v) }

// from hashes the name of a sensor, except that of the default rig: it alone existed
// before sensors had names.
func (d *Digester) from(name, byDefault string) {
	if name != "" && name != byDefault {
		d.text(name)
	}
}

func (d *Digester) text(s string) {
	d.int(int64(len(s)))
	d.buf = append(d.buf, s...)
}

// Observation hashes every message, the pixels of frames included.
func (d *Digester) Observation(o *sensor.Observation) Digest {
	for i := range o.Frames {
		d.from(o.Frames[i].Sensor, sensor.DefaultCamera)
		d.int(int64(o.Frames[i].Time))
		d.buf = append(d.buf, o.Frames[i].Pix...)
	}
	for i := range o.Scans {
		d.from(o.Scans[i].Sensor, sensor.DefaultLidar)
		d.int(int64(o.Scans[i].Time))
		for _, p := range o.Scans[i].Points {
			for _, v := range [...]float32{p.X, p.Y, p.Z, p.Intensity} {
				d.buf = binary.LittleEndian.AppendUint32(d.buf, math.Float32bits(v))
			}
		}
	}
	for i := range o.Radars {
		d.from(o.Radars[i].Sensor, sensor.DefaultRadar)
		d.int(int64(o.Radars[i].Time))
		for _, t := range o.Radars[i].Targets {
			d.float(t.Range, t.Azimuth, t.RangeRate, t.RCS)
		}
	}
	for _, m := range o.Odometry {
		d.from(m.Sensor, sensor.DefaultOdometry)
		d.int(int64(m.Time))
		d.float(m.Speed, m.YawRate, m.Accel, m.Steer)
	}
	for _, m := range o.GNSS {
		d.from(m.Sensor, sensor.DefaultGNSS)
		d.int(int64(m.Time))
		d.pose(m.Pose)
	}
	for _, m := range o.Other {
		d.text(m.Sensor)
		d.int(int64(m.Time))
		d.buf = m.Value.AppendBytes(d.buf)
	}
	return d.sum()
}

// Images hashes what the network read.
func (d *Digester) Images(images []perception.Image) Digest {
	for i := range images {
		im := &images[i]
		d.from(im.Sensor, sensor.DefaultCamera)
		d.int(int64(im.Time))
		for j := range im.Detections {
			det := &im.Detections[j]
			d.int(int64(det.Class))
			d.float(det.Score, det.Box.X0, det.Box.Y0, det.Box.X1, det.Box.Y1, det.Distance, det.Bearing, det.Heading)
		}
		d.boundaries(im.Boundaries)
		for _, p := range im.Drivable {
			d.buf = binary.LittleEndian.AppendUint32(d.buf, math.Float32bits(p))
		}
	}
	return d.sum()
}

func (d *Digester) boundaries(bs []perception.Boundary) {
	for i := range bs {
		d.int(int64(bs[i].Side))
		d.float(bs[i].Score)
		for _, p := range bs[i].Points {
			d.float(p.X, p.Y)
		}
	}
}

// Scene hashes the believed scene.
func (d *Digester) Scene(s *perception.Scene) Digest {
	d.int(int64(s.Time))
	d.pose(s.Ego.Pose)
	d.float(s.Ego.Speed, s.Ego.Accel, s.Ego.YawRate, s.Ego.Steer, s.LaneOffset)
	d.bool(s.LaneSeen)
	for i := range s.Tracks {
		t := &s.Tracks[i]
		d.int(int64(t.ID)<<8 | int64(t.Class))
		d.pose(t.Pose)
		d.float(t.Vel.X, t.Vel.Y, t.Length, t.Width, t.Existence)
		for r := range t.Cov {
			d.float(t.Cov[r][:]...)
		}
	}
	for _, sig := range s.Signals {
		d.int(int64(sig.ID)<<8 | int64(sig.State))
		d.float(sig.Confidence)
	}
	d.boundaries(s.Boundaries)
	return d.sum()
}

// Forecasts hashes the modes of every track.
func (d *Digester) Forecasts(cast []planning.Forecast) Digest {
	for i := range cast {
		d.int(int64(cast[i].Track))
		for j := range cast[i].Modes {
			m := &cast[i].Modes[j]
			d.float(m.Probability)
			for _, p := range m.Poses {
				d.pose(p)
			}
		}
	}
	return d.sum()
}

// Plan hashes the chosen trajectory and its reason.
func (d *Digester) Plan(p *planning.Plan) Digest {
	d.buf = append(d.buf, p.Reason...)
	d.bool(p.Emergency)
	d.int(int64(p.Chosen))
	for i := range p.Waypoints {
		w := &p.Waypoints[i]
		d.int(int64(w.Time))
		d.pose(w.Pose)
		d.float(w.Speed, w.Accel, w.Curvature)
	}
	return d.sum()
}

// Command hashes a command.
func (d *Digester) Command(c vehicle.Command) Digest {
	d.float(c.Steer, c.Accel)
	return d.sum()
}
