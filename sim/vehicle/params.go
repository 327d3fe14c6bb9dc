package vehicle

import "roadloop/sim/actor"

// Accelerations of gravity, m/s².
const (
	// Gravity is the value of the published vehicle models and of UN R157.
	Gravity = 9.81
	// StandardGravity defines the unit g and normalizes published metrics.
	StandardGravity = 9.80665
)

// Conversions from the foot-pound units of the published parameter sets.
const (
	foot            = 0.3048                 // m
	slug            = 4.4482216152605 / foot // kg per lbf·s²/ft
	slugFootSquared = 4.4482216152605 * foot // kg·m² per lbf·ft·s²
	dryFriction     = 1.0489                 // p_dy1 of the shared tire set
	stiffnessPerFz  = 21.92 / dryFriction    // -p_ky1/p_dy1, 1/rad
)

// Params describes a vehicle for the single-track models, after Althoff, Koschi
// and Manzinger, "CommonRoad: Composable benchmarks for motion planning on
// roads" (2017). The paper's names are in parentheses.
type Params struct {
	Name          string
	Length, Width float64 // of the body, m (l, w)
	Mass          float64 // kg (m)
	YawInertia    float64 // kg·m² (I_z)
	FrontAxle     float64 // distance from the center of mass forward to the front axle, m (a)
	RearAxle      float64 // distance from the center of mass back to the rear axle, m (b)
	CGHeight      float64 // height of the sprung mass's center, m (h_s)
	MaxSteer      float64 // road wheel angle, rad
	MaxSteerRate  float64 // rad/s
	MaxSpeed      float64 // m/s (v_max)
	SwitchSpeed   float64 // m/s, above which engine power limits acceleration (v_switch)
	MaxAccel      float64 // m/s², of the tires in either direction (a_max)
	Friction      float64 // peak tire-road friction coefficient (p_dy1)
	Stiffness     float64 // cornering stiffness per wheel load and friction, 1/rad (C_S)
}

// Wheelbase returns the distance between the axles, m.
func (p *Params) Wheelbase() float64 { return p.FrontAxle + p.RearAxle }

// Shape returns the footprint of the vehicle about its rear axle, with the
// height of an ordinary car. The front and rear overhangs are assumed equal,
// since the published sets do not give them.
func (p *Params) Shape() actor.Shape {
	return actor.Shape{Length: p.Length, Width: p.Width, Height: 1.45, RearToCenter: p.Wheelbase() / 2}
}

// FordEscort returns the published parameter set 1.
func FordEscort() Params {
	p := common("Ford Escort")
	p.Length, p.Width = 4.298, 1.674
	p.Mass, p.YawInertia = slug*84, slugFootSquared*1135
	p.FrontAxle, p.RearAxle, p.CGHeight = foot*2.9, foot*4.95, foot*1.95
	p.MaxSteer, p.MaxSpeed, p.SwitchSpeed = 0.910, 45.8, 4.755
	return p
}

// BMW320i returns the published parameter set 2, the default car.
func BMW320i() Params {
	p := common("BMW 320i")
	p.Length, p.Width = 4.508, 1.610
	p.Mass, p.YawInertia = slug*74.91452, slugFootSquared*1321.416
	p.FrontAxle, p.RearAxle, p.CGHeight = foot*3.793293, foot*4.667707, foot*2.01355
	p.MaxSteer, p.MaxSpeed, p.SwitchSpeed = 1.066, 50.8, 7.319
	return p
}

// VWVanagon returns the published parameter set 3.
func VWVanagon() Params {
	p := common("VW Vanagon")
	p.Length, p.Width = 4.569, 1.844
	p.Mass, p.YawInertia = slug*101.3367, slugFootSquared*1824.078
	p.FrontAxle, p.RearAxle, p.CGHeight = foot*3.775563, foot*4.334437, foot*2.639405
	p.MaxSteer, p.MaxSpeed, p.SwitchSpeed = 1.023, 41.7, 7.824
	return p
}

// common returns the parameters that the three sets share.
func common(name string) Params {
	return Params{Name: name, MaxSteerRate: 0.4, MaxAccel: 11.5, Friction: dryFriction, Stiffness: stiffnessPerFz}
}
