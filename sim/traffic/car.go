package traffic

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// Compliance is the degree to which a vehicle reacts to traffic and rules.
type Compliance uint8

// Manners.
const (
	// Obedient drivers follow, change lanes and keep every rule.
	Obedient Compliance = iota
	// Courteous vehicles brake for obstacles ahead, but ignore all rules.
	Courteous
	// Blind vehicles ignore everything and only follow their script.
	Blind
)

// DriverConfig configures the driver of a vehicle.
type DriverConfig struct {
	Lane         road.LaneID
	S, D         float64 // of the rear axle, m
	Speed        float64 // at the start, m/s
	DesiredSpeed float64 // desired speed on a free road, m/s; 0 draws it near the limit
	Compliance   Compliance
	Route        []road.LaneID // from Lane on; may be empty
	Model        *vehicle.IDM  // nil draws parameters by kind
	// KeepLane forbids lane changes that no order requests.
	KeepLane bool
	Stream   rng.Stream // random stream of the driver's parameters and choices
}

// car is a driver with the state of its vehicle on the road.
type car struct {
	path
	shape       actor.Shape
	idm         vehicle.IDM
	mobil       MOBIL
	limitBy     float64 // desired speed as a multiple of the limit; 0: idm.V0 alone
	manner      Compliance
	keepLane    bool // no lane changes for speed
	neverPasses bool // no lane changes behind obstacles either

	s, d, v   float64 // rear axle on the current lane; speed along it
	a         float64 // achieved acceleration, m/s²
	wanted    float64 // last decided acceleration, m/s²
	travelled float64 // distance since the start plus the starting s, m

	shift shift
	order order

	stoodOn    road.LaneID // lane of the last stop line at which the vehicle stood
	stoodAt    clock.Tick  // start of that stop
	lastChange clock.Tick
	caution    float64 // extra time margin of gaps, s
	wheelbase  float64
}

// newCar returns the vehicle a with the driver of cfg on n.
func newCar(n *network, a *actor.Actor, cfg *DriverConfig) car {
	l := &n.lanes[cfg.Lane]
	c := car{path: path{net: n, stream: cfg.Stream, route: n.newRoute(cfg.Route), prev: road.None}, shape: a.Shape,
		manner: cfg.Compliance, keepLane: cfg.KeepLane, neverPasses: cfg.KeepLane || cfg.Compliance != Obedient,
		s: cfg.S, d: cfg.D, v: cfg.Speed, travelled: cfg.S,
		stoodOn: road.None, wheelbase: math.Max(0.5, 0.6*a.Shape.Length)}
	c.draw(a.Kind)
	c.choose(cfg, l.SpeedLimit)
	if a.Kind == actor.Cyclist && cfg.D == 0 && cfg.Compliance == Obedient {
		c.d = -math.Max(0, l.Width/2-0.7)
	}
	c.shift.to, c.shift.left = c.d, road.None
	c.start(cfg.Lane)
	return c
}

// draw draws the driver's parameters. Cars vary by about 15 % around the city
// parameters of Treiber and Kesting, with the acceleration raised to 2 m/s², as
// in everyday starts.
func (c *car) draw(k actor.Kind) {
	about := func(mean float64) float64 {
		return mean * (1 + 0.15*math.Max(-2, math.Min(2, c.stream.Norm())))
	}
	c.idm = vehicle.IDM{T: about(1.2), S0: about(2), A: about(1.6), B: about(2), Delta: 4}
	c.limitBy = math.Max(0.75, math.Min(1.1, about(1)))
	c.mobil = DefaultMOBIL()
	c.mobil.Politeness = c.stream.Range(0, 0.5)
	c.caution = c.stream.Range(0.5, 1.5)
	switch k {
	case actor.Truck, actor.Bus:
		c.idm.A, c.idm.T = about(0.8), about(1.7)
		c.limitBy = math.Min(c.limitBy, 0.9)
		c.mobil.Politeness = 0.5
	case actor.Cyclist:
		c.idm = vehicle.IDM{V0: math.Max(3, about(4.7)), T: 1.2, S0: 1.5, A: about(0.9), B: 2, Delta: 4}
		c.limitBy = 0
		c.keepLane = true
	}
}

// choose applies the values that cfg sets.
func (c *car) choose(cfg *DriverConfig, limit float64) {
	if cfg.Model != nil {
		c.idm = *cfg.Model
		c.limitBy = 0
	}
	if cfg.DesiredSpeed > 0 {
		c.idm.V0 = cfg.DesiredSpeed
		c.limitBy = 0
	}
	if cfg.Compliance != Obedient {
		c.idm.V0 = math.Max(cfg.Speed, cfg.DesiredSpeed)
		c.limitBy = 0
		c.keepLane = true
		c.order = order{mode: hold, target: cfg.Speed, rate: 2}
	}
	if c.limitBy > 0 {
		c.idm.V0 = c.limitBy * limit
	}
}

// wantedSpeed returns the driver's desired speed on a free lane l.
func (c *car) wantedSpeed(l *laneInfo) float64 {
	if c.limitBy > 0 && l.SpeedLimit > 0 {
		return math.Min(c.limitBy*l.SpeedLimit, l.limit*math.Max(1, c.limitBy))
	}
	return math.Min(c.idm.V0, math.Max(l.limit, 1))
}

// modelOn returns the driver's car-following parameters with its desired speed on l.
func (c *car) modelOn(l *laneInfo) vehicle.IDM {
	m := c.idm
	m.V0 = c.wantedSpeed(l)
	return m
}

// modelHere returns the driver's car-following parameters on the current lane.
func (c *car) modelHere() vehicle.IDM {
	m := c.modelOn(c.here())
	if c.tight() {
		m.V0 = math.Min(m.V0, tightSpeed)
	}
	return m
}

// rear and front return the arc lengths of the bumpers with the rear axle at s.
func (c *car) rear(s float64) float64  { return s + c.shape.RearToCenter - c.shape.Length/2 }
func (c *car) front(s float64) float64 { return s + c.shape.RearToCenter + c.shape.Length/2 }

// sOn returns the arc length of the rear axle on the neighboring lane to.
func (c *car) sOn(to road.LaneID) float64 { return c.net.laneMapTo(c.lanes[0], to).at(c.s) }

// marginOf returns the time margin that c adds to a required gap, s.
func (c *car) marginOf(now clock.Tick) float64 {
	if c.stoodOn == road.None {
		return c.caution
	}
	waited := float64(now-c.stoodAt) / float64(patience)
	return c.caution * math.Max(0, 1-math.Max(0, waited-1))
}

// patience is the time that drivers wait at a line before they begin to accept
// shorter gaps, and also the time over which the margin then falls to 0.
const patience = 20 * clock.PerSecond
