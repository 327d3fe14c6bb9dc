package fusion

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// historyTicks is the maximum age of a late measurement, ticks.
const historyTicks = 128

// localizer estimates the ego pose with an extended Kalman filter over (x, y, yaw,
// gyroscope bias): odometry predicts, GNSS positions correct.
//
// Measurements arrive late. Odometry alone measures the motion since then precisely,
// so a late position is propagated by that motion and applied now.
type localizer struct {
	started bool // received odometry
	ready   bool // received a position
	x       vec4 // x, y, yaw, bias of the gyroscope
	p       mat4
	odo     sensor.Odometry // last message
	// deadReckoned is the pose by odometry alone at each of the last ticks, in an
	// arbitrary frame, at index time modulo historyTicks.
	deadReckoned [historyTicks]geom.Pose
	from         clock.Tick // time of the first entry of deadReckoned
	lastGNSS     clock.Tick // time of the last position
	floor        float64    // lower bound of the reported position error, m
}

// addOdometry dead-reckons to an odometry message; a message that is not newer than
// the last one is ignored.
func (l *localizer) addOdometry(m *sensor.Odometry, p *Params) {
	if !l.started {
		l.started, l.from, l.odo = true, m.Time, *m
		return
	}
	if m.Time <= l.odo.Time {
		return
	}
	at := l.deadReckoned[int(l.odo.Time)%historyTicks]
	for t := l.odo.Time + 1; t <= m.Time; t++ {
		at = advance(at, m.Speed, m.YawRate-l.x[3], clock.Step)
		l.deadReckoned[int(t)%historyTicks] = at
	}
	if l.ready {
		l.predict(m, (m.Time - l.odo.Time).Seconds(), p)
	}
	l.odo = *m
}

// coast dead-reckons to now with the last odometry.
func (l *localizer) coast(now clock.Tick, p *Params) {
	m := l.odo
	m.Time = now
	l.addOdometry(&m, p)
}

// advance moves a pose along an arc for dt seconds.
func advance(p geom.Pose, speed, yawRate, dt float64) geom.Pose {
	step := geom.Unit(p.Yaw + yawRate*dt/2).Scale(speed * dt)
	return geom.Pose{X: p.X + step.X, Y: p.Y + step.Y, Yaw: geom.WrapAngle(p.Yaw + yawRate*dt)}
}

func (l *localizer) predict(m *sensor.Odometry, dt float64, p *Params) {
	to := advance(l.pose(), m.Speed, m.YawRate-l.x[3], dt)
	dx, dy := to.X-l.x[0], to.Y-l.x[1]
	l.x[0], l.x[1], l.x[2] = to.X, to.Y, to.Yaw
	// F = ∂(x, y, yaw, bias)/∂(x, y, yaw, bias): the heading turns the displacement,
	// the bias changes the heading.
	f := mat4{{1, 0, -dy, dy * dt / 2}, {0, 1, dx, -dx * dt / 2}, {0, 0, 1, -dt}, {0, 0, 0, 1}}
	l.p = propagate(&f, &l.p)
	u := geom.Unit(to.Yaw)
	va, vc := p.DistanceDrift*dt, p.SlipDrift*dt
	if m.Speed < 0.1 {
		va, vc = 1e-6*dt, 1e-6*dt
	}
	l.p[0][0] += va*u.X*u.X + vc*u.Y*u.Y
	l.p[1][1] += va*u.Y*u.Y + vc*u.X*u.X
	l.p[0][1] += (va - vc) * u.X * u.Y
	l.p[1][0] = l.p[0][1]
	l.p[2][2] += p.YawDrift * dt
	l.p[3][3] += p.BiasDrift * dt
}

// propagate returns F·P·Fᵀ.
func propagate(f, p *mat4) (out mat4) {
	var fp mat4
	for i := range 4 {
		for j := range 4 {
			for k := range 4 {
				fp[i][j] += f[i][k] * p[k][j]
			}
		}
	}
	for i := range 4 {
		for j := range 4 {
			for k := range 4 {
				out[i][j] += fp[i][k] * f[j][k]
			}
		}
	}
	return out
}

// pose returns the estimate now.
func (l *localizer) pose() geom.Pose { return geom.Pose{X: l.x[0], Y: l.x[1], Yaw: l.x[2]} }

// since returns the current pose in the vehicle frame at time t.
func (l *localizer) since(t clock.Tick) geom.Pose {
	now := l.odo.Time
	t = max(l.from, min(t, now), now-historyTicks+1)
	then := l.deadReckoned[int(t)%historyTicks]
	return then.Relative(l.deadReckoned[int(now)%historyTicks])
}

// at returns the estimated pose at time t, up to historyTicks ago.
func (l *localizer) at(t clock.Tick) geom.Pose {
	way := l.since(t)
	inverse := way.Relative(geom.Pose{})
	return l.pose().Compose(inverse)
}

// addGNSS corrects the estimate with a position.
func (l *localizer) addGNSS(m *sensor.GNSS, p *Params) {
	l.lastGNSS = m.Time
	z := m.Pose.Compose(l.since(m.Time))
	varPos := math.Max(m.StdPos*m.StdPos, 1e-6)
	varYaw := math.Max(m.StdYaw*m.StdYaw, 1e-6)
	l.floor = m.StdPos / 2
	if !l.ready {
		l.ready = true
		l.x = vec4{z.X, z.Y, z.Yaw, 0}
		l.p = mat4{{varPos, 0, 0, 0}, {0, varPos, 0, 0}, {0, 0, varYaw, 0}, {0, 0, 0, p.BiasVar}}
		return
	}
	f := filter{l.x, l.p}
	f.update(vec4{0, 0, 1, 0}, l.x[2]+geom.WrapAngle(z.Yaw-l.x[2]), varYaw)
	f.update(vec4{1, 0, 0, 0}, z.X, varPos)
	f.update(vec4{0, 1, 0, 0}, z.Y, varPos)
	l.setState(&f)
}

// correctLateral corrects the estimate with a measured lateral error: at the point p
// ahead, the car is by meters to the left of the estimate, along the unit vector
// left.
func (l *localizer) correctLateral(p, left geom.Vec, by, variance float64) {
	arm := p.Sub(geom.Vec{X: l.x[0], Y: l.x[1]})
	h := vec4{left.X, left.Y, arm.Left().Dot(left), 0}
	f := filter{l.x, l.p}
	s := f.covariance(h, h) + variance
	if by*by > 9*s {
		return // another marking
	}
	f.update(h, f.apply(h)+by, variance)
	l.setState(&f)
}

func (l *localizer) setState(f *filter) {
	l.x, l.p = f.x, f.p
	l.x[2] = geom.WrapAngle(l.x[2])
}

// ego returns the estimate for the scene.
func (l *localizer) ego() perception.Ego {
	std := math.Sqrt(math.Max(l.p[0][0], l.p[1][1]))
	return perception.Ego{
		Pose: l.pose(), Speed: l.odo.Speed, Accel: l.odo.Accel,
		YawRate: l.odo.YawRate - l.x[3], Steer: l.odo.Steer,
		PosStd: math.Hypot(std, l.floor),
	}
}
