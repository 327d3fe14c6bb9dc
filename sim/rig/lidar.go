package rig

import (
	"math"

	"roadloop/sim/clock"
	"roadloop/sim/detmath"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// sampleLidar measures one lidar revolution. The car does not move during it, as after
// ideal motion compensation. The ground returns no points.
func (r *Rig) sampleLidar(w World, arrives clock.Tick) {
	c := &r.config.Lidar
	n := c.Azimuths * len(c.Rings)
	if len(r.ranges) != n {
		r.ranges = make([]float64, n)
	}
	for i := range r.ranges {
		r.ranges[i] = c.Range
	}
	ego := w.Ego().State.Pose
	frame := ego.Compose(geom.Pose{X: c.Mount.X, Y: c.Mount.Y, Yaw: c.Mount.Yaw})
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
		r.shortenRays(frame, geom.OBB{Center: p.Pose.Pos(), Yaw: p.Pose.Yaw, Length: p.Length, Width: p.Width}, p.Height)
	}
	s := r.scans.next()
	s.Time, s.Points = w.Time(), s.Points[:0]
	air := w.Conditions()
	for i := range r.ranges {
		if p, ok := r.echo(i, &air); ok {
			s.Points = append(s.Points, p)
		}
	}
	r.scans.send(s, arrives)
}

// shortenRays shortens the rays that hit an upright box.
func (r *Rig) shortenRays(frame geom.Pose, box geom.OBB, height float64) {
	c := &r.config.Lidar
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
		for ring, elevation := range c.Rings {
			z := c.Mount.Z + t*math.Tan(elevation)
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
func (r *Rig) echo(i int, air *scene.Conditions) (sensor.Point, bool) {
	c := &r.config.Lidar
	luck, noise := r.lidar.Float64(), 0.0
	if c.RangeStd > 0 {
		noise = c.RangeStd * r.lidar.Norm()
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
	az := 2*math.Pi*float64(i%c.Azimuths)/float64(c.Azimuths) + c.Mount.Yaw
	z := c.Mount.Z + t*math.Tan(c.Rings[i/c.Azimuths])
	s, k := math.Sincos(az)
	return sensor.Point{X: float32(c.Mount.X + t*k), Y: float32(c.Mount.Y + t*s), Z: float32(z), Intensity: float32(1 / (1 + t/20))}, true
}
