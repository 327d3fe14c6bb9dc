package rig

import (
	"fmt"
	"math"

	"roadloop/sim/detmath"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Lidar is the model of a lidar with a field of view of 360°.
type Lidar struct {
	Calibration sensor.Lidar
	Azimuths    int     // rays per revolution and ring
	Range       float64 // m
	RangeStd    float64 // m
	Miss        float64 // probability that a ray returns nothing, in clear air
	FalseAlarm  float64 // probability that a ray returns rain or dust, in heavy rain
}

// Check returns an error for the first setting out of range.
func (c Lidar) Check() error {
	if c.Azimuths < 1 || c.Azimuths > 10000 || !(c.Range > 0) {
		return fmt.Errorf("%d azimuths or range %g m is out of range", c.Azimuths, c.Range)
	}
	return checkAll(c.RangeStd, c.Miss, c.FalseAlarm)
}

// Ideal returns the lidar without noise, misses and false returns.
func (c Lidar) Ideal() Model {
	c.RangeStd, c.Miss, c.FalseAlarm = 0, 0, 0
	return c
}

// Start returns a lidar in a run.
func (c Lidar) Start(s *Setup) (Device, error) {
	return &lidarDevice{name: s.Name, model: &c, noise: s.Stream("noise")}, nil
}

// lidarDevice is a lidar in a run.
type lidarDevice struct {
	name   string
	model  *Lidar // constant
	noise  rng.Stream
	scans  queue[sensor.Scan]
	ranges []float64 // range of the nearest hit by ring and azimuth
}

// Measure measures one revolution. The car does not move during it, as after ideal motion
// compensation. The ground returns no points.
func (r *lidarDevice) Measure(w World) {
	c := r.model
	n := c.Azimuths * len(c.Calibration.Rings)
	if len(r.ranges) != n {
		r.ranges = make([]float64, n)
	}
	for i := range r.ranges {
		r.ranges[i] = c.Range
	}
	frame := frameOf(w.Ego(), &c.Calibration.Mount)
	actors := w.Actors()
	for i := range actors {
		r.shortenRays(frame, actors[i].Box(), actors[i].Shape.Height)
	}
	props := w.Map().Props
	for i := range props {
		p := &props[i]
		if p.Kind == road.Bush || p.Pose.Pos().Dist(frame.Pos()) > c.Range+20 {
			continue
		}
		r.shortenRays(frame, p.Box(), p.Height)
	}
	s := r.scans.next()
	s.Sensor, s.Time, s.Cal, s.Points = r.name, w.Time(), &c.Calibration, s.Points[:0]
	air := w.Conditions()
	for i := range r.ranges {
		if p, ok := r.echo(i, &air); ok {
			s.Points = append(s.Points, p)
		}
	}
	r.scans.send(s)
}

// Deliver appends the oldest scan.
func (r *lidarDevice) Deliver(o *sensor.Observation) {
	o.Scans = append(o.Scans, r.scans.take(o.Now, sensor.Scan.Clone))
}

// Clone returns a device with the same scans in transit.
func (r *lidarDevice) Clone() Device {
	return &lidarDevice{name: r.name, model: r.model, noise: r.noise, scans: r.scans.clone()}
}

// shortenRays shortens the rays that hit an upright box.
func (r *lidarDevice) shortenRays(frame geom.Pose, box geom.OBB, height float64) {
	c := r.model
	center := frame.ToLocal(box.Center)
	radius := math.Hypot(box.Length, box.Width) / 2
	distance := center.Norm()
	if distance-radius > c.Range {
		return
	}
	step := 2 * math.Pi / float64(c.Azimuths)
	span := math.Pi
	if distance > radius {
		span = math.Asin(radius / distance)
	}
	first := int(math.Ceil((center.Angle() - span) / step))
	last := int(math.Floor((center.Angle() + span) / step))
	for k := first; k <= last; k++ {
		az := ((k % c.Azimuths) + c.Azimuths) % c.Azimuths
		t, ok := geom.RayOBB(frame.Pos(), frame.Yaw+float64(k)*step, box)
		if !ok {
			continue
		}
		for ring, elevation := range c.Calibration.Rings {
			z := c.Calibration.Mount.Z + t*math.Tan(elevation)
			if i := ring*c.Azimuths + az; z > 0 && z < height && t < r.ranges[i] {
				r.ranges[i] = t
			}
		}
	}
}

// transmission returns the share of returns from a distance, m, that remain in the
// given weather. In fog 5 % of contrast remain at the visibility distance
// (Koschmieder 1924). Lidar light travels both ways, so the range is about two
// thirds of the visibility.
func transmission(air *scene.Conditions, distance float64) float64 {
	left := 1 - .004*air.Rain*distance
	if air.Visibility > 0 {
		left *= detmath.Exp(-math.Pow(1.5*distance/air.Visibility, 4))
	}
	return left
}

// echo returns the measurement of ray i in the vehicle frame. Each ray draws the
// same count of random numbers, whether it hits an object or not.
func (r *lidarDevice) echo(i int, air *scene.Conditions) (sensor.Point, bool) {
	c := r.model
	luck, noise := r.noise.Float64(), 0.0
	if c.RangeStd > 0 {
		noise = c.RangeStd * r.noise.Norm()
	}
	t := r.ranges[i]
	mist := c.FalseAlarm * air.Rain
	falsely := luck < mist
	switch {
	case falsely:
		t = 2 + 12*luck/mist
	case t >= c.Range || luck > (1-c.Miss)*transmission(air, t):
		return sensor.Point{}, false
	}
	t += noise
	az := 2*math.Pi*float64(i%c.Azimuths)/float64(c.Azimuths) + c.Calibration.Mount.Yaw
	z := c.Calibration.Mount.Z + t*math.Tan(c.Calibration.Rings[i/c.Azimuths])
	s, k := math.Sincos(az)
	return sensor.Point{X: float32(c.Calibration.Mount.X + t*k), Y: float32(c.Calibration.Mount.Y + t*s), Z: float32(z), Intensity: float32(1 / (1 + t/20))}, true
}
