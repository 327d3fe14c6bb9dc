package control

import (
	"context"
	"fmt"
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/behavior"
	"roadloop/planning/prediction"
	"roadloop/planning/route"
	"roadloop/sim/clock"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// AEBParams tune the guard. DefaultAEBParams documents the values.
type AEBParams struct {
	// NeedBrake is the necessary deceleration from which the guard brakes, and
	// SoonBrake the one for a collision within Soon. Keep is the necessary
	// deceleration above which it continues to brake. All are in m/s².
	NeedBrake, SoonBrake, ReleaseBrake float64
	Soon                               float64 // s
	Delay                              float64 // of the brake, s
	Brake                              float64 // commanded deceleration, m/s²
	// Existence and MinAge are the minimum values of a track to brake for.
	// Confirm is the number of consecutive decisions that must detect the
	// threat.
	Existence float64
	MinAge    clock.Tick
	Confirm   int
	// MaxPerceptionAge is the maximum age of both the last camera and the last lidar message,
	// and Adrift that of the last localization. If one is exceeded, the guard
	// stops the car with StopBrake, m/s².
	MaxPerceptionAge, MaxLocalizationAge clock.Tick
	StopBrake                            float64
	RSS                                  vehicle.RSS
}

// DefaultAEBParams returns the values used when driving.
func DefaultAEBParams() AEBParams {
	return AEBParams{
		NeedBrake: 5, SoonBrake: 2.5, ReleaseBrake: 1.5, Soon: 0.9, Delay: 0.25, Brake: 9,
		Existence: 0.6, MinAge: 5, Confirm: 2,
		MaxPerceptionAge: 60, MaxLocalizationAge: 100, StopBrake: 3,
		RSS: vehicle.ConservativeRSS(),
	}
}

// AEBConfig configures an AEB. Map and Route define the course of the road.
type AEBConfig struct {
	Map     *road.Map
	Route   planning.Route
	Vehicle vehicle.Params // zero takes the BMW 320i
	Params  AEBParams      // zero takes DefaultAEBParams
}

// AEB is a guard that brakes fully when only that still helps (automatic emergency
// braking), and stops the car when sensors fail. It predicts the motion of the car and
// of other road users from the scene alone, not from the plan, and never steers. It also
// compares the distance to the car ahead with Responsibility-Sensitive Safety (RSS). It
// reports this margin but does not enforce it: RSS distances are far longer than those
// of human drivers.
type AEB struct {
	params    AEBParams
	car       behavior.Car
	route     *route.Route
	predictor planning.Predictor

	braking     bool
	threatCount int   // consecutive decisions with a threat
	track       int32 // the track to brake for
	margin      RSSMargin
	reason      string
	reasonTrack int32
	outlook     outlook
}

// RSSMargin is the gap to the car ahead and the RSS safe distance, m.
type RSSMargin struct {
	Track       int32 // 0 without a car ahead
	Gap, Needed float64
}

// NewAEB returns an AEB. It returns an error if the route does not fit the map.
func NewAEB(cfg AEBConfig) (*AEB, error) {
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
		cfg.Params = DefaultAEBParams()
	}
	return &AEB{params: cfg.Params, car: behavior.NewCar(&cfg.Vehicle), route: r, predictor: prediction.New(cfg.Map)}, nil
}

// Clone returns an independent copy in the same state.
func (g *AEB) Clone() Guard {
	c := *g
	c.predictor = g.predictor.Clone()
	return &c
}

// Margin returns the longitudinal RSS margin at the last decision.
func (g *AEB) Margin() RSSMargin { return g.margin }

// Guard returns the command to execute, and whether and why it differs from
// want.
func (g *AEB) Guard(ctx context.Context, scene *perception.Scene, want vehicle.Command) (vehicle.Command, Intervention) {
	if math.IsNaN(want.Steer) || math.IsNaN(want.Accel) {
		return vehicle.Command{Steer: scene.Ego.Steer, Accel: -g.params.StopBrake},
			Intervention{Active: true, Reason: "command is not a number"}
	}
	cast := g.predictor.Predict(ctx, scene)
	g.outlook.predict(scene, g.route, &g.car)
	if t, ok := g.worst(scene, cast); g.aeb(scene, t, ok) {
		want.Accel = math.Min(want.Accel, -g.params.Brake)
		return want, Intervention{Active: true, Reason: g.reasonText()}
	}
	if why := g.sensorFailure(&scene.Health); why != "" && want.Accel > -g.params.StopBrake {
		want.Accel = -g.params.StopBrake
		return want, Intervention{Active: true, Reason: why}
	}
	return want, Intervention{}
}

// sensorFailure returns the reason for a minimal-risk stop, or "" if the sensors work.
func (g *AEB) sensorFailure(h *perception.Health) string {
	switch {
	case min(h.CameraAge, h.LidarAge) > g.params.MaxPerceptionAge:
		return "minimal-risk stop: blind"
	case h.LocalizationAge > g.params.MaxLocalizationAge:
		return "minimal-risk stop: position lost"
	}
	return ""
}

// aeb reports whether to brake fully now, given the worst threat if ok.
func (g *AEB) aeb(scene *perception.Scene, t threat, ok bool) bool {
	p := &g.params
	switch {
	case !ok || scene.Ego.Speed < 0.2:
		g.threatCount, g.braking = 0, false
	case g.braking:
		g.braking = t.need > p.ReleaseBrake
	case t.need > p.NeedBrake || t.after < p.Soon && t.need > p.SoonBrake:
		g.threatCount++
		g.braking = g.threatCount >= p.Confirm || t.after < p.Soon/2
	default:
		g.threatCount = 0
	}
	if g.braking {
		g.track = t.track
	}
	return g.braking
}

// reasonText returns the reason text of the threat. It allocates only when the track changes.
func (g *AEB) reasonText() string {
	if g.reason == "" || g.reasonTrack != g.track {
		g.reason, g.reasonTrack = fmt.Sprintf("AEB: track %d", g.track), g.track
	}
	return g.reason
}
