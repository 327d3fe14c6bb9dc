package leaderboard

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// motion is the motion of the ego's rear axle, sampled dt apart.
type motion struct {
	smoother smoother
	dt       float64   // s
	lon, lat []float64 // acceleration, m/s²
	yaw      []float64 // rad, unwrapped
}

// motion samples the ego's motion in the steps [from, to), every every steps.
func (r *run) motion(from, to, every int) motion {
	m := motion{smoother: r.smoother, dt: float64(every) * period}
	turns := 0.0
	for i := from; i < to; i += every {
		s := &r.ego[i].State
		m.lon = append(m.lon, s.Accel)
		m.lat = append(m.lat, s.Speed*s.YawRate)
		if n := len(m.yaw); n > 0 {
			turns -= 2 * math.Pi * math.Round((s.Pose.Yaw+turns-m.yaw[n-1])/(2*math.Pi))
		}
		m.yaw = append(m.yaw, s.Pose.Yaw+turns)
	}
	return m
}

// windows are the lengths of the smoothing windows in samples.
type windows struct{ accel, jerkBase, jerk, yaw int }

// The windows of nuPlan, and those of NAVSIM, which span its complete scene of 4 s.
var (
	nuPlanWindows = windows{accel: 8, jerkBase: 8, jerk: 15, yaw: 5}
	navsimWindows = windows{accel: 41, jerkBase: 8, jerk: 41, yaw: 5}
)

// comfortBound is a comfort bound of nuPlan on one signal.
type comfortBound struct {
	name, unit string
	low, high  float64 // exclusive
	signal     func(m *motion, w windows) []float64
}

// yawAcceleration is the name of the bound that Bench2Drive applies differently.
const yawAcceleration = "yaw acceleration"

var comfortBounds = [...]comfortBound{
	{"longitudinal acceleration", "m/s²", -4.05, 2.40, func(m *motion, w windows) []float64 { return m.smooth(m.lon, fit{w.accel, 2, 0}) }},
	{"lateral acceleration", "m/s²", -4.89, 4.89, func(m *motion, w windows) []float64 { return m.smooth(m.lat, fit{w.accel, 2, 0}) }},
	{yawAcceleration, "rad/s²", -1.93, 1.93, func(m *motion, w windows) []float64 { return m.smooth(m.yaw, fit{w.yaw, 3, 2}) }},
	{"yaw rate", "rad/s", -0.95, 0.95, func(m *motion, w windows) []float64 { return m.smooth(m.yaw, fit{w.yaw, 2, 1}) }},
	{"longitudinal jerk", "m/s³", -4.13, 4.13, func(m *motion, w windows) []float64 { return m.jerk(m.lon, w) }},
	{"jerk", "m/s³", -8.37, 8.37, func(m *motion, w windows) []float64 { return m.jerk(m.magnitude(), w) }},
}

func (m *motion) smooth(samples []float64, f fit) []float64 {
	return m.smoother.smooth(samples, f, m.dt)
}

// jerk returns the derivative of a smoothed acceleration.
func (m *motion) jerk(accel []float64, w windows) []float64 {
	return m.smooth(m.smooth(accel, fit{w.jerkBase, 2, 0}), fit{w.jerk, 2, 1})
}

// magnitude returns the magnitude of the acceleration. Its derivative is nuPlan's jerk.
func (m *motion) magnitude() []float64 {
	out := make([]float64, len(m.lon))
	for i := range out {
		out[i] = math.Hypot(m.lon[i], m.lat[i])
	}
	return out
}

// firstOutside returns the index of the first sample outside the bound, -1 for none.
func (b *comfortBound) firstOutside(signal []float64) int {
	return slices.IndexFunc(signal, func(x float64) bool { return x <= b.low || x >= b.high })
}

// comfortSignals returns the smoothed signal of every bound over the run.
func (r *run) comfortSignals(w windows) [len(comfortBounds)][]float64 {
	signals, ok := r.signals[w]
	if ok {
		return signals
	}
	m := r.motion(0, r.steps(), stride)
	for k := range comfortBounds {
		signals[k] = comfortBounds[k].signal(&m, w)
	}
	r.signals[w] = signals
	return signals
}

// comfort adds a share that is lost once any bound is exceeded: the first fault takes
// it, later ones are listed without effect. Every signal is added too.
func (r *run) comfort(l *ledger, name string, weight float64, w windows) {
	var faults []fault
	for k, signal := range r.comfortSignals(w) {
		b := &comfortBounds[k]
		worst := 0.0
		for _, x := range signal {
			if math.Abs(x) > math.Abs(worst) {
				worst = x
			}
		}
		l.signal(b.name, worst, b.unit, r.hold(signal))
		if i := b.firstOutside(signal); i >= 0 {
			faults = append(faults, fault{r.time(i * stride), 0, fmt.Sprintf("%s was %.2f %s, bounds are %g to %g", b.name, signal[i], b.unit, b.low, b.high)})
		}
	}
	slices.SortStableFunc(faults, func(a, b fault) int { return cmp.Compare(a.at, b.at) })
	if len(faults) > 0 {
		faults[0].amount = 1
	}
	l.share(Term{Name: name, Weight: weight}, faults...)
}
