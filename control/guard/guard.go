// Package guard has the last word on every command. From the scene alone, and
// not from the plan, it foresees where the car and the others will be, brakes
// fully when only that still helps (AEB), and brings the car to a stop when the
// senses fail. It also measures the distance to the car ahead against
// Responsibility-Sensitive Safety, which it reports but does not enforce: its safe
// distances are far longer than those that people keep.
//
// Positions are in the map frame. The guard never steers.
package guard

import (
	"context"
	"fmt"
	"math"

	"roadloop/control"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/behavior"
	"roadloop/planning/prediction"
	"roadloop/planning/route"
	"roadloop/sim/clock"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// Params tune the guard. DefaultParams documents the values.
type Params struct {
	// NeedBrake is the deceleration whose need makes the guard brake; SoonBrake
	// that which does when the collision is no further than Soon away. Keep is
	// the need at which it goes on once it brakes, all m/s².
	NeedBrake, SoonBrake, Keep float64
	Soon                       float64 // s
	Delay                      float64 // of the brakes, s
	Brake                      float64 // deceleration asked for, m/s²
	// Existence and MinAge are what a track must have to be braked for, and
	// Confirm the number of decisions in a row that must see the threat.
	Existence float64
	MinAge    clock.Tick
	Confirm   int
	// Blind and Adrift are the ages of the last message of the sensors that see
	// objects, and of localization, from which on the car is stopped at StopBrake,
	// m/s².
	Blind, Adrift clock.Tick
	StopBrake     float64
	RSS           RSS
}

// DefaultParams returns the values used when driving.
func DefaultParams() Params {
	return Params{
		NeedBrake: 5, SoonBrake: 2.5, Keep: 1.5, Soon: 0.9, Delay: 0.25, Brake: 9,
		Existence: 0.6, MinAge: 5, Confirm: 2,
		Blind: 60, Adrift: 100, StopBrake: 3,
		RSS: ConservativeRSS(),
	}
}

// Config says what the guard protects. Map and Route tell where the road goes.
type Config struct {
	Map     *road.Map
	Route   planning.Route
	Vehicle vehicle.Params // zero takes the BMW 320i
	Params  Params         // zero takes DefaultParams
}

// Guard implements control.Guard.
type Guard struct {
	params    Params
	car       behavior.Car
	route     *route.Route
	predictor planning.Predictor

	braking bool
	seen    int   // decisions in a row with a threat
	track   int32 // that is braked for
	margin  Margin
	phrase  string
	said    int32
	outlook outlook
}

// Margin compares the gap to the car ahead with its safe distance.
type Margin struct {
	Track       int32 // 0 when nobody is ahead
	Gap, Needed float64
}

// New returns a guard. It fails when the route does not fit the map.
func New(cfg Config) (*Guard, error) {
	if cfg.Map == nil {
		return nil, fmt.Errorf("guard: no map")
	}
	r, err := route.New(cfg.Map, cfg.Route)
	if err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	if cfg.Vehicle.Length == 0 {
		cfg.Vehicle = vehicle.BMW320i()
	}
	if cfg.Params.Brake == 0 {
		cfg.Params = DefaultParams()
	}
	return &Guard{params: cfg.Params, car: behavior.NewCar(&cfg.Vehicle), route: r, predictor: prediction.New(cfg.Map)}, nil
}

// Clone returns an independent copy in the same state.
func (g *Guard) Clone() control.Guard {
	c := *g
	c.predictor = g.predictor.Clone()
	return &c
}

// Margin returns the longitudinal RSS margin at the last decision.
func (g *Guard) Margin() Margin { return g.margin }

// Guard returns the command to carry out, and whether and why it differs from
// the one that is wanted.
func (g *Guard) Guard(ctx context.Context, scene *perception.Scene, want vehicle.Command) (vehicle.Command, control.Intervention) {
	if math.IsNaN(want.Steer) || math.IsNaN(want.Accel) {
		return vehicle.Command{Steer: scene.Ego.Steer, Accel: -g.params.StopBrake},
			control.Intervention{Active: true, Reason: "command is not a number"}
	}
	cast := g.predictor.Predict(ctx, scene)
	g.outlook.foresee(scene, g.route, &g.car)
	if t, ok := g.worst(scene, cast); g.aeb(scene, t, ok) {
		want.Accel = math.Min(want.Accel, -g.params.Brake)
		return want, control.Intervention{Active: true, Reason: g.tell()}
	}
	if why := g.lost(&scene.Health); why != "" && want.Accel > -g.params.StopBrake {
		want.Accel = -g.params.StopBrake
		return want, control.Intervention{Active: true, Reason: why}
	}
	return want, control.Intervention{}
}

// lost returns why the car must be brought to a stop, empty if the senses work.
func (g *Guard) lost(h *perception.Health) string {
	switch {
	case min(h.CameraAge, h.LidarAge) > g.params.Blind:
		return "minimal-risk stop: blind"
	case h.LocalizationAge > g.params.Adrift:
		return "minimal-risk stop: position lost"
	}
	return ""
}

// aeb tells whether to brake fully now, given the worst threat if there is one.
func (g *Guard) aeb(scene *perception.Scene, t threat, ok bool) bool {
	p := &g.params
	switch {
	case !ok || scene.Ego.Speed < 0.2:
		g.seen, g.braking = 0, false
	case g.braking:
		g.braking = t.need > p.Keep
	case t.need > p.NeedBrake || t.after < p.Soon && t.need > p.SoonBrake:
		g.seen++
		g.braking = g.seen >= p.Confirm || t.after < p.Soon/2
	default:
		g.seen = 0
	}
	if g.braking {
		g.track = t.track
	}
	return g.braking
}

// tell puts the threat into words, making no new ones while it lasts.
func (g *Guard) tell() string {
	if g.phrase == "" || g.said != g.track {
		g.phrase, g.said = fmt.Sprintf("AEB: track %d", g.track), g.track
	}
	return g.phrase
}
