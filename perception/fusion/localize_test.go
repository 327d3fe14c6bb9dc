package fusion

import (
	"math"
	"testing"

	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/sensor"
)

// circle is the true pose of a car that drives at 10 m/s on a circle of 50 m.
func circle(t clock.Tick) geom.Pose {
	const speed, rate = 10.0, 0.2
	a := rate * t.Seconds()
	return geom.Pose{X: speed / rate * math.Sin(a), Y: speed / rate * (1 - math.Cos(a)), Yaw: geom.WrapAngle(a)}
}

func odometryAt(t clock.Tick, bias float64) sensor.Odometry {
	return sensor.Odometry{Time: t, Speed: 10, YawRate: 0.2 + bias}
}

// A GNSS position that arrives 100 ms late is propagated by the motion since then.
func TestLateGNSSIsPropagated(t *testing.T) {
	var l localizer
	for k := clock.Tick(0); k <= 50; k++ {
		m := odometryAt(k, 0)
		l.addOdometry(&m, &defaults)
	}
	l.addGNSS(&sensor.GNSS{Time: 40, Pose: circle(40), StdPos: 0.01, StdYaw: 0.001}, &defaults)
	for _, at := range []clock.Tick{50, 45, 40, 10} {
		got, want := l.at(at), circle(at)
		if got.Pos().Dist(want.Pos()) > 1e-3 || math.Abs(geom.WrapAngle(got.Yaw-want.Yaw)) > 1e-6 {
			t.Errorf("at %v: %v, want %v", at, got, want)
		}
	}
}

func TestLocalizerEstimatesGyroscopeBias(t *testing.T) {
	const bias = 0.004
	r := rng.New(5, "localizer", "test")
	var l localizer
	for k := clock.Tick(0); k <= 6000; k++ {
		m := odometryAt(k, bias)
		l.addOdometry(&m, &defaults)
		if k%10 == 6 && k > 6 {
			p := circle(k - 6)
			p.X, p.Y, p.Yaw = p.X+0.05*r.Norm(), p.Y+0.05*r.Norm(), p.Yaw+0.005*r.Norm()
			l.addGNSS(&sensor.GNSS{Time: k - 6, Pose: p, StdPos: 0.05, StdYaw: 0.005}, &defaults)
		}
	}
	if math.Abs(l.x[3]-bias) > 0.001 {
		t.Errorf("bias %.4f rad/s, want %.4f", l.x[3], bias)
	}
	if e := l.pose().Pos().Dist(circle(6000).Pos()); e > 0.06 {
		t.Errorf("position is off by %.3f m", e)
	}
}

// Without odometry the car is assumed to keep its motion.
func TestCoasting(t *testing.T) {
	var l localizer
	m := sensor.Odometry{Speed: 10}
	l.addOdometry(&m, &defaults)
	l.addGNSS(&sensor.GNSS{Pose: geom.Pose{Y: 3}, StdPos: 0.1, StdYaw: 0.01}, &defaults)
	before := l.p[0][0]
	l.coast(100, &defaults)
	if got := l.pose(); math.Abs(got.X-10) > 1e-9 || got.Y != 3 {
		t.Errorf("after 1 s at %v, want (10, 3)", got)
	}
	if l.p[0][0] <= before {
		t.Error("coasting made the position no less certain")
	}
}

// Without GNSS, lane boundaries 20 cm to the side correct the position, and only
// across the road.
func TestLaneCorrectsAcross(t *testing.T) {
	var l localizer
	m := sensor.Odometry{}
	l.addOdometry(&m, &defaults)
	l.addGNSS(&sensor.GNSS{StdPos: 0.3, StdYaw: 0.01}, &defaults)
	for range 300 {
		l.correctLateral(geom.Vec{X: l.x[0] + 5, Y: l.x[1]}, geom.Vec{Y: 1}, 0.2-l.x[1], square(defaults.LaneStd))
	}
	if math.Abs(l.x[1]-0.2) > 0.03 || math.Abs(l.x[0]) > 1e-6 {
		t.Errorf("pulled to (%.3f, %.3f), want (0, 0.2)", l.x[0], l.x[1])
	}
	before := l.x
	l.correctLateral(geom.Vec{X: 5}, geom.Vec{Y: 1}, 5, square(defaults.LaneStd))
	if l.x != before {
		t.Error("a lane 5 m off corrected the position")
	}
}
