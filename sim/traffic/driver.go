package traffic

import (
	"fmt"
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

// pathLen is the number of lanes that a driver plans ahead, including the current one.
const pathLen = 8

// car is a driver with the state of its vehicle on the road.
type car struct {
	idm       vehicle.IDM
	mobil     MOBIL
	limitBy   float64 // desired speed as a multiple of the limit; 0: idm.V0 alone
	manner    Compliance
	keepLane  bool
	keepsLane bool // DriverConfig.KeepLane; applies behind obstacles too
	stream    rng.Stream

	prev    road.LaneID          // the lane before path[0], or road.None
	path    [pathLen]road.LaneID // path[0] is the current lane; None ends it
	route   route
	routeAt int // index in route of the last lane on the path that came from it

	s, d, v   float64 // rear axle on path[0]; speed along it
	a         float64 // achieved acceleration, m/s²
	wanted    float64 // last decided acceleration, m/s²
	travelled float64 // distance since the start plus the starting s, m

	shift shift
	order order

	lane       road.LaneID // lane of the last stop line at which the vehicle stood
	stoodAt    clock.Tick  // start of that stop
	lastChange clock.Tick
	caution    float64 // extra time margin of gaps, s
	wheelbase  float64
}

// AddDriver adds the vehicle a with the driver of cfg.
func (t *Traffic) AddDriver(a *actor.Actor, cfg DriverConfig) error {
	if cfg.Lane < 0 || int(cfg.Lane) >= len(t.net.lanes) {
		return fmt.Errorf("lane %d is not on the map", cfg.Lane)
	}
	if err := t.CheckRoute(cfg.Route); err != nil {
		return err
	}
	if len(cfg.Route) > 0 && cfg.Route[0] != cfg.Lane {
		return fmt.Errorf("route starts on lane %d, the vehicle on lane %d", cfg.Route[0], cfg.Lane)
	}
	c := car{manner: cfg.Compliance, keepLane: cfg.KeepLane, keepsLane: cfg.KeepLane || cfg.Compliance != Obedient, stream: cfg.Stream, route: t.net.newRoute(cfg.Route),
		prev: road.None, s: cfg.S, d: cfg.D, v: cfg.Speed, travelled: cfg.S,
		lane: road.None, wheelbase: math.Max(0.5, 0.6*a.Shape.Length)}
	c.shift.to, c.shift.left = cfg.D, road.None
	c.draw(a.Kind)
	c.choose(&cfg, t.net.m.Lanes[cfg.Lane].SpeedLimit)
	if a.Kind == actor.Cyclist && cfg.D == 0 && cfg.Compliance == Obedient {
		c.d = -math.Max(0, t.net.m.Lanes[cfg.Lane].Width/2-0.7)
		c.shift.to = c.d
	}
	t.net.startPath(&c, cfg.Lane)
	t.agents = append(t.agents, agent{mode: driving, car: c})
	return nil
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

// wantedSpeed returns the driver's desired speed on a free lane with the given
// info.
func (c *car) wantedSpeed(info *laneInfo, limit float64) float64 {
	if c.limitBy > 0 && limit > 0 {
		return math.Min(c.limitBy*limit, info.limit*math.Max(1, c.limitBy))
	}
	return math.Min(c.idm.V0, math.Max(info.limit, 1))
}
