package vehicle_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"roadloop/sim/geom"
	"roadloop/sim/vehicle"
)

const dry = 0.9

func newPlant(model vehicle.Model, speed float64) vehicle.Plant {
	p := vehicle.Plant{Params: vehicle.BMW320i(), Actuators: vehicle.DefaultActuators(), Model: model}
	p.Place(geom.Pose{}, speed)
	return p
}

func TestBrakingEndsAtStandstill(t *testing.T) {
	for _, model := range []vehicle.Model{vehicle.DynamicModel, vehicle.KinematicModel} {
		p := newPlant(model, 20)
		last := 0.0
		for range 600 {
			p.Step(vehicle.Command{Accel: -8}, dry)
			m := p.Motion()
			if m.Speed < 0 || m.Pose.X < last {
				t.Fatalf("model %d rolls backward: %+v after x = %g", model, m, last)
			}
			last = m.Pose.X
		}
		if m := p.Motion(); m.Speed != 0 || m.Accel != 0 {
			t.Errorf("model %d: still moves: %+v", model, m)
		}
		// v²/2a = 25 m, and with a first-order lag τ about v·τ = 4 m more.
		if last < 28.5 || last > 29.5 {
			t.Errorf("model %d: stopped after %.2f m, want about 29", model, last)
		}
	}
}

// Braking distance grows as the inverse of friction once the tires limit it.
func TestFrictionLimitsBraking(t *testing.T) {
	for _, mu := range []float64{0.6, 0.3, 0.1} {
		p := newPlant(vehicle.DynamicModel, 15)
		p.Actuators.BrakeLag = 0
		for range 3000 {
			p.Step(vehicle.Command{Accel: -9}, mu)
		}
		want := 15 * 15 / (2 * mu * 9.81)
		if got := p.Motion().Pose.X; math.Abs(got-want) > 0.01*want {
			t.Errorf("friction %g: stopped after %.2f m, want %.2f", mu, got, want)
		}
	}
}

// On a circle that needs more side force than the friction allows, the car
// understeers; the lateral acceleration never exceeds the grip.
func TestFrictionLimitsCornering(t *testing.T) {
	for _, mu := range []float64{0.9, 0.3} {
		p := newPlant(vehicle.DynamicModel, 20)
		most := 0.0
		for range 300 {
			p.Step(vehicle.Command{Steer: 0.15}, mu)
			before := p.State()
			p.Step(vehicle.Command{Steer: 0.15}, mu)
			after := p.State()
			turn := (after.Yaw + after.Slip - before.Yaw - before.Slip) / 0.01
			most = math.Max(most, math.Abs(turn*after.Speed))
		}
		if grip := mu * 9.81; most > 1.001*grip || most < 0.9*grip {
			t.Errorf("friction %g: lateral acceleration up to %.2f m/s², want about %.2f", mu, most, grip)
		}
	}
}

// A first-order lag reaches 1 - 1/e of a step after its time constant.
func TestActuatorLag(t *testing.T) {
	const share = 1 - 1/math.E
	for _, c := range []struct {
		name  string
		cmd   vehicle.Command
		ticks int
		got   func(*vehicle.Plant) float64
		full  float64
	}{
		{"steering 0.15 s", vehicle.Command{Steer: 0.02}, 15, func(p *vehicle.Plant) float64 { return p.Motion().Steer }, 0.02},
		{"brake 0.2 s", vehicle.Command{Accel: -3}, 20, func(p *vehicle.Plant) float64 { return -p.Motion().Accel }, 3},
		{"throttle 0.4 s", vehicle.Command{Accel: 2}, 40, func(p *vehicle.Plant) float64 { return p.Motion().Accel }, 2},
	} {
		p := newPlant(vehicle.DynamicModel, 10)
		for range c.ticks {
			p.Step(c.cmd, dry)
		}
		if got := c.got(&p) / c.full; math.Abs(got-share) > 0.01 {
			t.Errorf("%s: %.4f of the step after one time constant, want %.4f", c.name, got, share)
		}
	}
}

// The rear axle of a car on a steady circle runs on radius L/tan(steer) when it
// is slow.
func TestSlowCircle(t *testing.T) {
	p := newPlant(vehicle.DynamicModel, 1)
	for range 200 {
		p.Step(vehicle.Command{Steer: 0.3}, dry)
	}
	m := p.Motion()
	if want := p.Params.Wheelbase() / math.Tan(0.3); math.Abs(m.Speed/m.YawRate-want) > 0.01*want {
		t.Errorf("radius %.3f m, want %.3f", m.Speed/m.YawRate, want)
	}
}

// The yaw rate must not jump at the speed at which the model changes.
func TestModelChangeIsSmooth(t *testing.T) {
	p := newPlant(vehicle.DynamicModel, 1)
	before := 0.0
	for i := range 400 {
		p.Step(vehicle.Command{Steer: 0.1, Accel: 1}, dry)
		rate := p.Motion().YawRate
		if math.Abs(rate-before) > 0.01 {
			t.Fatalf("tick %d at %.2f m/s: yaw rate jumps from %.4f to %.4f", i, p.Motion().Speed, before, rate)
		}
		before = rate
	}
}

// For all commands the motion stays finite and within the tire limits, and a
// copied plant continues identically.
func TestPlantStaysPhysical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPlant(vehicle.Model(rapid.IntRange(0, 1).Draw(t, "model")), rapid.Float64Range(0, 40).Draw(t, "speed"))
		mu := rapid.Float64Range(0.1, 1.05).Draw(t, "friction")
		for range 100 {
			cmd := vehicle.Command{Steer: rapid.Float64().Draw(t, "steer"), Accel: rapid.Float64().Draw(t, "accel")}
			before, fork := wheelSpeed(&p), p
			p.Step(cmd, mu)
			fork.Step(cmd, mu)
			m := p.Motion()
			if math.IsNaN(m.Pose.X + m.Pose.Y + m.Pose.Yaw + m.Speed + m.YawRate) {
				t.Fatalf("motion is not finite: %+v", m)
			}
			most := mu * 9.81 * 0.01
			if p.Model == vehicle.DynamicModel && before < 2.2 {
				most += 0.005 // the model changes, and with it the reference point of the speed
			}
			if after := wheelSpeed(&p); after < 0 || math.Abs(after-before) > most+1e-9 {
				t.Fatalf("speed from %g to %g in one tick on friction %g", before, after, mu)
			}
			if fork != p {
				t.Fatal("a copy of the plant moved differently")
			}
		}
	})
}

// wheelSpeed returns the speed that the pedals act on: the rear axle's in the
// kinematic model, the center of mass's in the dynamic model.
func wheelSpeed(p *vehicle.Plant) float64 {
	if p.Model == vehicle.KinematicModel {
		return p.Motion().Speed
	}
	return p.State().Speed
}

func TestPlantIgnoresNaN(t *testing.T) {
	p := newPlant(vehicle.DynamicModel, 10)
	p.Step(vehicle.Command{Steer: math.NaN(), Accel: math.NaN()}, dry)
	if m := p.Motion(); m.Steer != 0 || m.Speed != 10 {
		t.Errorf("a command that is not a number moved the car: %+v", m)
	}
}

func ExamplePlant() {
	car := vehicle.Plant{Params: vehicle.BMW320i(), Actuators: vehicle.DefaultActuators()}
	car.Place(geom.Pose{}, 10)
	for range 100 {
		car.Step(vehicle.Command{Accel: 1}, 0.9)
	}
	fmt.Printf("%.1f m at %.1f m/s\n", car.Motion().Pose.X, car.Motion().Speed)
	// Output: 10.3 m at 10.6 m/s
}
