package prediction

import (
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim/detmath"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

const (
	turnPrior   = 0.15 // weight of a constant turn relative to lane following
	changePrior = 1.2  // weight of a lane change that a drift indicates
	maxTurn     = 0.6  // maximum heading difference between a vehicle and its lane, rad
	launch      = 1.5  // s, assumed duration of an acceleration
)

// vehicleModes appends the modes of a moving vehicle.
func (p *Predictor) vehicleModes(dst []planning.Mode, t *perception.Track, tr trend) []planning.Mode {
	course := course{speed: t.Vel.Norm(), accel: p.persistent(tr.accel)}
	p.lanes = p.m.LanesAt(p.lanes[:0], t.Pose.Pos())
	for _, id := range p.lanes {
		dst = p.alongLane(dst, t, id, course)
	}
	if len(dst) == 0 {
		for _, id := range p.lanes {
			dst = p.against(dst, t, id, course)
		}
	}
	weight := turnPrior
	if len(dst) == 0 {
		weight = 1
	}
	if len(dst) < maxModes {
		dst = constantTurn(dst, t, tr.turns, course, weight)
	}
	return dst
}

// persistent returns the part of an acceleration that is assumed to last.
func (p *Predictor) persistent(a float64) float64 {
	if a > -p.params.Braking && a < 0.5 {
		return 0
	}
	return a
}

// course is a motion along a line: braking continues to a stop, acceleration
// ends after launch seconds.
type course struct{ speed, accel float64 }

// way returns the distance covered in t seconds.
func (c course) way(t float64) float64 {
	if c.accel < 0 {
		t = math.Min(t, -c.speed/c.accel)
		return c.speed*t + c.accel*t*t/2
	}
	u := math.Min(t, launch)
	return c.speed*t + c.accel*u*u/2 + c.accel*u*(t-u)
}

// alongLane appends the modes of a vehicle that follows lane id or its neighbors.
func (p *Predictor) alongLane(dst []planning.Mode, t *perception.Track, id road.LaneID, c course) []planning.Mode {
	l := &p.m.Lanes[id]
	s, d := l.Center.Project(t.Pose.Pos())
	at := l.Center.At(s)
	off := geom.WrapAngle(t.Pose.Yaw - at.Yaw)
	if math.Abs(off) > maxTurn {
		return dst
	}
	fit := detmath.Exp(-d*d/2 - off*off/0.08)
	drift := t.Vel.Dot(at.Forward().Left())
	n := len(dst)
	dst = p.branches(dst, lanePath{lane: id, s: s, d: d, drift: drift}, c, fit)
	if t.Class == perception.Cyclist {
		keepOffset(dst[n:], d)
	}
	return p.changes(dst, l, lanePath{s: s, d: d, drift: drift}, c, fit)
}

// against appends the mode of a vehicle that drives against lane id along the road, at
// its current lateral offset.
func (p *Predictor) against(dst []planning.Mode, t *perception.Track, id road.LaneID, c course) []planning.Mode {
	l := &p.m.Lanes[id]
	s, d := l.Center.Project(t.Pose.Pos())
	off := geom.WrapAngle(t.Pose.Yaw + math.Pi - l.Center.At(s).Yaw)
	if math.Abs(off) > maxTurn || len(dst) >= maxModes {
		return dst
	}
	dst, mode := extend(dst, detmath.Exp(-d*d/2-off*off/0.08))
	start := 0.0 // distance from the vehicle back to s = 0 of the lane
	for i := range mode.Poses {
		way := c.way(after(i))
		for way-start > s && len(l.Prev) > 0 {
			start += s
			l = &p.m.Lanes[l.Prev[0]]
			s = l.Center.Length()
		}
		at := l.Center.Offset(s-(way-start), d)
		mode.Poses[i] = geom.Pose{X: at.X, Y: at.Y, Yaw: geom.WrapAngle(at.Yaw + math.Pi)}
	}
	return dst
}

// keepOffset shifts modes from the lane center to the lateral offset d: cyclists keep
// to their side of the lane.
func keepOffset(modes []planning.Mode, d float64) {
	for i := range modes {
		for j := range modes[i].Poses {
			q := &modes[i].Poses[j]
			back := d * (1 - detmath.Exp(-after(j)/2))
			n := q.Forward().Left().Scale(back)
			q.X, q.Y = q.X+n.X, q.Y+n.Y
		}
	}
}

// changes appends the mode of a lane change if the vehicle drifts toward a neighboring
// lane.
func (p *Predictor) changes(dst []planning.Mode, l *road.Lane, from lanePath, c course, fit float64) []planning.Mode {
	to, side := l.Left, 1.0
	if from.drift < 0 {
		to, side = l.Right, -1
	}
	if to == road.None || math.Abs(from.drift) < p.params.Drift || from.d*side < -0.3 || len(dst) >= maxModes {
		return dst
	}
	n := &p.m.Lanes[to]
	pos := l.Center.Offset(from.s, from.d).Pos()
	s, d := n.Center.Project(pos)
	return p.branches(dst, lanePath{lane: to, s: s, d: d, shift: math.Abs(from.drift)}, c, changePrior*fit)
}

// lanePath is a lane position and the lanes up to it, from which branches start.
type lanePath struct {
	lane  road.LaneID
	s, d  float64
	drift float64 // lateral speed, m/s
	shift float64 // lateral speed of a lane change, m/s; 0 returns to the center
	from  float64 // distance from the vehicle to s = 0 of the lane
	lanes [6]road.LaneID
	ends  [6]float64
	n     int
}

// branches appends one mode for each route through the lanes ahead.
func (p *Predictor) branches(dst []planning.Mode, st lanePath, c course, weight float64) []planning.Mode {
	if st.n == 0 {
		st.from = -st.s
	}
	l := &p.m.Lanes[st.lane]
	end := st.from + l.Center.Length()
	st.lanes[st.n], st.ends[st.n] = st.lane, end
	st.n++
	full := st.n == len(st.lanes) || len(dst) >= maxModes-1
	if end > c.way(after(planning.Horizon-1)) || len(l.Next) == 0 || full {
		return p.follow(dst, &st, c, weight)
	}
	st.from = end
	total := 0.0
	for _, id := range l.Next {
		total += likelihood(p.m.Lanes[id].Turn)
	}
	for _, id := range l.Next {
		next := st
		next.lane = id
		if len(dst) < maxModes {
			dst = p.branches(dst, next, c, weight*likelihood(p.m.Lanes[id].Turn)/total)
		}
	}
	return dst
}

// likelihood is the prior weight of a turn at a fork.
func likelihood(t road.Turn) float64 {
	if t == road.Straight {
		return 2
	}
	return 1
}

// follow appends the mode along the lanes of a strand with its lateral motion.
func (p *Predictor) follow(dst []planning.Mode, st *lanePath, c course, weight float64) []planning.Mode {
	dst, mode := extend(dst, weight)
	k, start := 0, -st.s
	for i := range mode.Poses {
		t := after(i)
		way := c.way(t)
		for k < st.n-1 && way > st.ends[k] {
			start = st.ends[k]
			k++
		}
		d, rate := p.lateralOffset(st, t)
		center := &p.m.Lanes[st.lanes[k]].Center
		mode.Poses[i] = center.Offset(way-start, d)
		if c.speed > 1 {
			mode.Poses[i].Yaw += math.Atan2(rate, c.speed)
		}
	}
	return dst
}

// lateralOffset returns the lateral offset from the lane center after t seconds and its
// rate: an exponential decay when the lane is kept, and a linear decrease,
// slightly faster than now, in a lane change.
func (p *Predictor) lateralOffset(st *lanePath, t float64) (d, rate float64) {
	if st.shift == 0 {
		d = st.d * detmath.Exp(-t/p.params.Recenter)
		return d, -d / p.params.Recenter
	}
	shift := math.Max(1, 1.2*st.shift)
	left := math.Abs(st.d) - shift*t
	if left <= 0 {
		return 0, 0
	}
	return math.Copysign(left, st.d), -math.Copysign(shift, st.d)
}

// constantTurn appends the mode of constant turn rate: the motion continues
// along the velocity, with the turn rate in rad/s.
func constantTurn(dst []planning.Mode, t *perception.Track, rate float64, c course, weight float64) []planning.Mode {
	dst, mode := extend(dst, weight)
	rate = math.Max(-0.5, math.Min(0.5, rate))
	yaw, pos, way := t.Vel.Angle(), t.Pose.Pos(), 0.0
	for i := range mode.Poses {
		next := c.way(after(i))
		turn := rate * planning.ForecastStep.Seconds()
		if next == way {
			turn = 0
		}
		pos = pos.Add(geom.Unit(yaw + turn/2).Scale(next - way))
		yaw, way = yaw+turn, next
		mode.Poses[i] = geom.Pose{X: pos.X, Y: pos.Y, Yaw: geom.WrapAngle(t.Pose.Yaw + yaw - t.Vel.Angle())}
	}
	return dst
}
