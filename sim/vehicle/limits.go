package vehicle

import "math"

// Input is the input of the single-track models.
type Input struct {
	SteerRate float64 // of the road wheels, rad/s (u1)
	Accel     float64 // along the vehicle, m/s² (u2)
}

// Limit clamps an input to the limits of the vehicle at the given road wheel
// angle and speed: steering rate, steering angle, tire acceleration, and engine
// power. Above SwitchSpeed the engine power makes the acceleration fall with
// 1/speed (CommonRoad, constraints (1a)-(1d)).
func (p *Params) Limit(u Input, steer, speed float64) Input {
	return Input{p.limitSteerRate(u.SteerRate, steer), p.limitAccel(u.Accel, speed)}
}

func (p *Params) limitSteerRate(rate, steer float64) float64 {
	if (steer <= -p.MaxSteer && rate <= 0) || (steer >= p.MaxSteer && rate >= 0) {
		return 0
	}
	return math.Max(-p.MaxSteerRate, math.Min(p.MaxSteerRate, rate))
}

func (p *Params) limitAccel(a, speed float64) float64 {
	if speed >= p.MaxSpeed && a >= 0 {
		return 0
	}
	most := p.MaxAccel
	if speed > p.SwitchSpeed {
		most = p.MaxAccel * p.SwitchSpeed / speed
	}
	return math.Max(-p.MaxAccel, math.Min(most, a))
}
