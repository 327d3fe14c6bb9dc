package vehicle_test

import (
	"math"
	"testing"

	"roadloop/sim/vehicle"
)

// Published derivatives of the BMW 320i at u = (0.15 rad/s, 0.63 g), from the
// unit tests of CommonRoad's vehicle models (TU Munich).
const derivativeTolerance = 1e-12

var publishedInput = vehicle.Input{SteerRate: 0.15, Accel: 0.63 * 9.81}

func TestKinematicMatchesPublishedDerivative(t *testing.T) {
	p := vehicle.BMW320i()
	x := vehicle.KSState{X: 3.9579422297936526, Y: 0.0391650102771405, Steer: 0.0378491427211811,
		Speed: 16.3546957860883566, Yaw: 0.0294717351052816}
	f := p.Kinematic(x, publishedInput)
	compare(t, []float64{f.X, f.Y, f.Steer, f.Speed, f.Yaw},
		[]float64{16.3475935934250209, 0.4819314886013121, 0.15, 5.1464424102339752, 0.2401426578627629}, derivativeTolerance)
}

func TestSingleTrackMatchesPublishedDerivative(t *testing.T) {
	p := vehicle.BMW320i()
	x := vehicle.STState{X: 2.0233348142065677, Y: 0.0041907137716636, Steer: 0.0197545248559617,
		Speed: 15.7216236334290116, Yaw: 0.0025857914776859, YawRate: 0.0529001056654038, Slip: 0.0033012170610298}
	f := p.SingleTrack(x, publishedInput)
	compare(t, flat(f), []float64{15.7213512030862397, 0.0925527979719355, 0.15, 5.3536773276413925,
		0.0529001056654038, 0.6435589397748606, 0.0313297971641291}, derivativeTolerance)
}

// TestTrajectories integrates with RK4 at 1 ms: 15 m/s, steering 0.15 rad/s for
// 0.2 s, then straight on for 0.8 s.
func TestTrajectories(t *testing.T) {
	const tolerance = 1e-6 // the references have six decimals
	bmw := vehicle.BMW320i()
	t.Run("kinematic", func(t *testing.T) {
		x := vehicle.KSState{Speed: 15}
		for i := range 1000 {
			x = bmw.StepKinematic(x, steerFirst(i, 0), 1e-3)
		}
		compare(t, []float64{x.X, x.Y, x.Steer, x.Speed, x.Yaw}, []float64{14.944532, 1.062508, 0.03, 15, 0.157087}, tolerance)
	})
	for _, c := range []struct {
		name  string
		accel float64
		want  []float64
	}{
		{"dynamic", 0, []float64{14.952022, 0.978773, 0.03, 15, 0.144917, 0.174492, 0.004379}},
		{"dynamic braking", -0.7 * 9.81, []float64{11.532718, 0.705482, 0.03, 8.133, 0.136016, 0.112279, 0.010974}},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := vehicle.STState{Speed: 15}
			for i := range 1000 {
				x = bmw.StepSingleTrack(x, steerFirst(i, c.accel), 1e-3)
			}
			compare(t, flat(x), c.want, tolerance)
		})
	}
}

// steerFirst is the input of the trajectory oracle at millisecond i.
func steerFirst(i int, accel float64) vehicle.Input {
	if i < 200 {
		return vehicle.Input{SteerRate: 0.15, Accel: accel}
	}
	return vehicle.Input{Accel: accel}
}

// The single-track model is neutral by construction: its steady yaw rate per
// steering angle is v/L at every speed, for the BMW 7.755 /s at 20 m/s.
func TestNeutralSteer(t *testing.T) {
	for _, p := range []vehicle.Params{vehicle.FordEscort(), vehicle.BMW320i(), vehicle.VWVanagon()} {
		for _, v := range []float64{5, 10, 20, 30} {
			const steer = 0.002
			x := vehicle.STState{Speed: v, Steer: steer}
			for range 5000 {
				x = p.StepSingleTrack(x, vehicle.Input{}, 2e-3)
			}
			if want := v / p.Wheelbase(); math.Abs(x.YawRate/steer-want) > 1e-6*want {
				t.Errorf("%s at %g m/s: yaw rate gain %.6f, want %.6f", p.Name, v, x.YawRate/steer, want)
			}
		}
	}
	bmw := vehicle.BMW320i()
	if gain := 20 / bmw.Wheelbase(); math.Abs(gain-7.755) > 5e-4 {
		t.Errorf("20 m/s over the BMW's wheelbase is %.4f, want 7.755", gain)
	}
}

// The published sets in SI units, to the digits that the source's table gives.
func TestPublishedParameters(t *testing.T) {
	want := map[string][]float64{
		"Ford Escort": {0.8839, 1.5088, 1225.89, 1538.85, 0.5944},
		"BMW 320i":    {1.1562, 1.4227, 1093.30, 1791.60, 0.6137},
		"VW Vanagon":  {1.1508, 1.3211, 1478.90, 2473.12, 0.8045},
	}
	for _, p := range []vehicle.Params{vehicle.FordEscort(), vehicle.BMW320i(), vehicle.VWVanagon()} {
		got := []float64{p.FrontAxle, p.RearAxle, p.Mass, p.YawInertia, p.CGHeight}
		for i, w := range want[p.Name] {
			if math.Abs(got[i]-w) > 1e-5*w+5e-5 {
				t.Errorf("%s: value %d is %.5f, want %.5f", p.Name, i, got[i], w)
			}
		}
	}
}

func TestLimits(t *testing.T) {
	p := vehicle.BMW320i()
	for _, c := range []struct {
		name         string
		steer, speed float64
		ask, want    vehicle.Input
	}{
		{"within", 0, 5, vehicle.Input{SteerRate: 0.1, Accel: 3}, vehicle.Input{SteerRate: 0.1, Accel: 3}},
		{"steering rate", 0, 5, vehicle.Input{SteerRate: -2}, vehicle.Input{SteerRate: -0.4}},
		{"left stop", 1.066, 5, vehicle.Input{SteerRate: 0.1}, vehicle.Input{}},
		{"back from the left stop", 1.066, 5, vehicle.Input{SteerRate: -0.1}, vehicle.Input{SteerRate: -0.1}},
		{"tires", 0, 5, vehicle.Input{Accel: -20}, vehicle.Input{Accel: -11.5}},
		{"engine power", 0, 2 * 7.319, vehicle.Input{Accel: 20}, vehicle.Input{Accel: 11.5 / 2}},
		{"top speed", 0, 50.8, vehicle.Input{Accel: 1}, vehicle.Input{}},
	} {
		if got := p.Limit(c.ask, c.steer, c.speed); math.Abs(got.Accel-c.want.Accel) > 1e-12 || got.SteerRate != c.want.SteerRate {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func flat(x vehicle.STState) []float64 {
	return []float64{x.X, x.Y, x.Steer, x.Speed, x.Yaw, x.YawRate, x.Slip}
}

func compare(t *testing.T, got, want []float64, tolerance float64) {
	t.Helper()
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tolerance) {
			t.Errorf("component %d: got %.16f, want %.16f", i, got[i], want[i])
		}
	}
}
