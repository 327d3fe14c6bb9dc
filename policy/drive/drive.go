// Package drive is the environment of driving policies in roadloop's own worlds: procedural
// maps with mixed traffic, cases of scenarios, or a curriculum of both. An episode is a
// route of some hundred meters; it ends at the goal, with an infraction that the reward names
// as an end, or when the time is over.
//
// A Task holds what its environments share: maps are made once, a fixed set for training and
// another one for evaluation. An episode depends on its seed and actions alone.
//
// Positions are in the map frame or in the vehicle frame (origin at the rear axle, x forward,
// y left), in SI units. Observations are scaled to about -1..1 and clipped to it.
package drive

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"

	"roadloop/policy"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/scene"
)

// Control is how an action drives the car.
type Control string

// Controls.
const (
	// Continuous takes a steering angle, as a share of the largest one at the present speed,
	// and an acceleration, each from -1 to 1.
	Continuous Control = "continuous"
	// Meta takes one of the maneuvers Keep, Left, Right, Faster and Slower.
	Meta Control = "meta"
	// Trajectory takes five waypoints, each half a second after the one before, which the
	// Stanley controller follows.
	Trajectory Control = "trajectory"
)

// Names of observations.
const (
	// State is a vector of the ego, the route and the lanes.
	State = "state"
	// RoutePoints is a vector of points ahead on the route, with curvature and speed limit.
	RoutePoints = "route"
	// RoadUsers are rows for the ego and the nearest road users.
	RoadUsers = "road-users"
	// Rays are distances to the nearest road user or edge of the road in all directions.
	Rays = "rays"
	// Navigation is a vector of odometry and of the next maneuver of the route, for cameras: it
	// has nothing about lanes and other road users.
	Navigation = "navigation"
	// Perceived are rows for the ego and the nearest road users as the perception of the modular
	// stack tracks them from the messages of the car's sensors, with their rates, latencies and
	// noise: it misses what is hidden.
	Perceived = "perceived"
	// PerceivedRoad is a vector of the lane, the route and the lights by the same perception.
	PerceivedRoad = "perceived-road"
	// Camera96 and Camera320 are frames of a front camera of 96×96 and 320×192 pixels.
	Camera96  = "camera-96"
	Camera320 = "camera-320"
	// Top is a semantic image of the surroundings as seen from above.
	Top = "top"
)

// Observations lists the names of all observations.
func Observations() []string {
	return []string{State, RoutePoints, RoadUsers, Rays, Navigation, Perceived, PerceivedRoad, Camera96, Camera320, Top}
}

// Config is a task.
type Config struct {
	Name string `json:"name"`
	// VariantOf is the name of the task that differs only in what its worlds look like or
	// contain: policies of either fit the other.
	VariantOf string   `json:"variant_of,omitempty"`
	Sources   []Source `json:"sources"`
	// Rate is the number of decisions per second. A decision is a whole number of ticks of
	// 10 ms, and except for Continuous of steps of 50 ms.
	Rate float64 `json:"rate"`
	// Time is the length of an episode at which it is truncated, s.
	Time float64 `json:"time"`
	// Blocked is the time of standing after which an episode is over, s.
	Blocked float64 `json:"blocked"`
	Control Control `json:"control"`
	// Observations are names of observations, in the order in which policies receive them.
	Observations []string `json:"observations"`
	// Frames is the number of the last camera frames that an observation stacks; 0 is 1.
	Frames int `json:"frames,omitempty"`
	// Detector opens the detector of Perceived and PerceivedRoad for each episode and driver; nil
	// is one that reads the labels of the frames, as a perfect network would.
	Detector DetectorFunc `json:"-"`
	// Gray makes camera frames gray.
	Gray   bool   `json:"gray,omitempty"`
	Reward Reward `json:"reward"`
	// Conditions are light and weather on procedural maps; zero is scene.Day. Scenarios have
	// their own.
	Conditions scene.Conditions `json:"conditions,omitzero"`
	// Weather draws conditions for each episode in place of Conditions, if not empty.
	Weather Weather `json:"weather,omitempty"`
}

// Source is a supply of episodes: either maps or a scenario.
type Source struct {
	// Share is the share of the episodes, relative to those of other sources.
	Share float64 `json:"share"`
	// Maps selects procedural maps.
	Maps Maps `json:"maps,omitempty"`
	// Scenario is the name of a scenario of the library, or the path of one. Its cases have
	// seeds of training or of evaluation; a scenario that does not vary its map has the same
	// in both. Infractions that the scenario allows do not end an episode.
	Scenario string `json:"scenario,omitempty"`
	// Count is the number of maps, or of cases, for training, and the same for evaluation.
	Count int `json:"count"`
	// Distance bounds the length of the route, m. Scenarios have their own.
	Distance [2]float64 `json:"distance,omitzero"`
	Crowd    sim.Crowd  `json:"crowd,omitzero"`
	Mix      Mix        `json:"mix,omitzero"`
}

// Tasks lists the named tasks: driving on highways, in towns, on both, and through the
// library of scenarios; and by a camera on both, or on highways alone, in clear weather and in
// the one that a policy trained there has not seen.
func Tasks() []string {
	return []string{"drive-highway-v0", "drive-town-v0", "drive-mixed-v0", "drive-library-v0", "drive-perceived-v0",
		cameraTask, "drive-camera-weather-v0", "drive-camera-highway-v0", "drive-camera-highway-weather-v0"}
}

const cameraTask = "drive-camera-v0"

// FindTask returns the configuration of a named task, to be changed or opened.
func FindTask(name string) (Config, error) {
	highway := Source{Share: 1, Maps: Highway, Count: 32, Distance: [2]float64{400, 600}, Crowd: sim.Crowd{Cars: 17, Trucks: 3}, Mix: DefaultMix()}
	town := Source{Share: 1, Maps: Town, Count: 32, Distance: [2]float64{150, 300}, Mix: DefaultMix(),
		Crowd: sim.Crowd{Cars: 10, Trucks: 1, Cyclists: 2, Pedestrians: 4, Parked: 3}}
	c := Config{Name: name, Rate: 10, Time: 60, Blocked: 30, Control: Continuous, Observations: []string{State, RoutePoints, RoadUsers}, Reward: DefaultReward()}
	switch name {
	case "drive-highway-v0":
		c.Sources = []Source{highway}
	case "drive-town-v0":
		c.Sources = []Source{town}
		c.Time = 90
	case "drive-mixed-v0", "drive-perceived-v0":
		c.Sources = []Source{highway, town}
		c.Time = 90
		if name == "drive-perceived-v0" {
			c.Observations = []string{Perceived, PerceivedRoad, Navigation}
		}
	case cameraTask, "drive-camera-weather-v0", "drive-camera-highway-v0", "drive-camera-highway-weather-v0":
		// Images need more maps than states do, so that a policy does not learn their houses by heart.
		highway.Count, town.Count = 128, 128
		c.Sources, c.Time = []Source{highway, town}, 90
		c.Observations, c.Weather = []string{Camera96, Navigation}, Clear
		if name != cameraTask {
			c.VariantOf = cameraTask
		}
		if strings.Contains(name, "highway") {
			c.Sources, c.Time = []Source{highway}, 60
		}
		if strings.Contains(name, "weather") {
			c.Weather = Adverse
		}
	case "drive-library-v0":
		c.Time = 60
		for _, s := range []string{"cut-in", "cut-out", "braking-lead", "slower-lead", "stop-and-go", "merge", "exit", "slow-traffic", "red-light", "crossing-car",
			"unprotected-left", "zebra", "pedestrian-near-side", "cyclist-ahead", "curve", "straight"} {
			c.Sources = append(c.Sources, Source{Share: 1, Scenario: s, Count: 16})
		}
	default:
		return Config{}, fmt.Errorf("drive: unknown task %q, want %s", name, strings.Join(Tasks(), ", "))
	}
	return c, nil
}

// Summary returns the task in a few words: where it drives, and from what.
func (c *Config) Summary() string {
	var parts []string
	scenarios := 0
	for i := range c.Sources {
		if s := &c.Sources[i]; s.Scenario != "" {
			scenarios++
		} else if s.Maps == Any {
			parts = append(parts, "highways and towns")
		} else {
			parts = append(parts, string(s.Maps)+"s")
		}
	}
	if scenarios > 0 {
		parts = append(parts, english.Plural(scenarios, "scenario", ""))
	}
	text := english.OxfordWordSeries(parts, "and")
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(c.Observations, n) })
	}
	switch {
	case has(Camera96, Camera320):
		text += " from camera frames"
	case c.perceives():
		text += " from the perceived scene"
	case has(State, RoadUsers):
		text += " from the true state"
	}
	if c.Weather != "" {
		text += fmt.Sprintf(", %s weather", c.Weather)
	}
	return text
}

// Describe returns the task in words, for results: where it drives, and among whom.
func (c *Config) Describe() string {
	total := 0.0
	for i := range c.Sources {
		total += c.Sources[i].Share
	}
	var parts []string
	for i := range c.Sources {
		s := &c.Sources[i]
		share := fmt.Sprintf("%.0f %% ", 100*s.Share/total)
		if s.Scenario != "" {
			parts = append(parts, fmt.Sprintf("%s%s (%d cases for training and %d others)", share, s.Scenario, s.Count, s.Count))
			continue
		}
		m := &s.Mix
		parts = append(parts, fmt.Sprintf("%s%s (%d maps for training and %d others; routes of %.0f to %.0f m; up to %d road users; drivers %.0f %% aggressive, %.0f %% distracted, %.0f %% imprecise)",
			share, s.Maps, s.Count, s.Count, s.Distance[0], s.Distance[1], s.Crowd.Total(), 100*m.Aggressive, 100*m.Distracted, 100*m.Imprecise))
	}
	text := fmt.Sprintf("%s control at %g Hz, at most %g s; %s", c.Control, c.Rate, c.Time, strings.Join(parts, ", "))
	if c.Weather != "" {
		text += fmt.Sprintf("; %s weather", c.Weather)
	}
	return text
}

// check returns an error for a task that cannot be driven.
func (c *Config) check() error {
	period := float64(clock.PerSecond) / c.Rate
	switch {
	case len(c.Sources) == 0:
		return errors.New("no sources of episodes")
	case !(c.Rate >= 1 && c.Rate <= 100) || period != math.Trunc(period):
		return fmt.Errorf("%g decisions per second are no whole number of ticks of 10 ms", c.Rate)
	case c.Control != Continuous && c.Control != Meta && c.Control != Trajectory:
		return fmt.Errorf("unknown control %q, want %s, %s or %s", c.Control, Continuous, Meta, Trajectory)
	case c.Control != Continuous && int(period)%int(clock.DriverPeriod) != 0:
		return fmt.Errorf("%g decisions per second of control %s are no whole number of steps of 50 ms", c.Rate, c.Control)
	case !(c.Time > 0 && c.Time <= 3600) || !(c.Blocked > 0):
		return fmt.Errorf("time %g s and %g s until blocked must be positive, and at most an hour", c.Time, c.Blocked)
	case len(c.Observations) == 0:
		return fmt.Errorf("no observations, want some of %s", strings.Join(Observations(), ", "))
	case c.Frames < 0 || c.Frames > 16:
		return fmt.Errorf("%d stacked frames, want at most 16", c.Frames)
	}
	if c.perceives() && c.period()%clock.DriverPeriod != 0 {
		return fmt.Errorf("%g decisions per second with a perceived scene are no whole number of steps of 50 ms", c.Rate)
	}
	for i, o := range c.Observations {
		if !slices.Contains(Observations(), o) {
			return fmt.Errorf("unknown observation %q, want some of %s", o, strings.Join(Observations(), ", "))
		}
		if slices.Contains(c.Observations[:i], o) {
			return fmt.Errorf("observation %s twice", o)
		}
	}
	if err := c.Conditions.Check(); err != nil {
		return err
	}
	if c.Weather != "" && c.Weather != Clear && c.Weather != Adverse {
		return fmt.Errorf("unknown weather %q, want %s or %s", c.Weather, Clear, Adverse)
	}
	for i := range c.Sources {
		if err := c.Sources[i].check(); err != nil {
			return fmt.Errorf("source %d: %w", i+1, err)
		}
	}
	return c.Reward.check()
}

func (s *Source) check() error {
	switch {
	case !(s.Share > 0):
		return fmt.Errorf("share %g must be positive", s.Share)
	case s.Count < 1 || s.Count > 100000:
		return fmt.Errorf("%d maps or cases, want 1 to 100000", s.Count)
	case (s.Maps == "") == (s.Scenario == ""):
		return errors.New("needs either maps or a scenario")
	case s.Scenario != "":
		return nil
	case !slices.Contains([]Maps{Highway, Town, Any}, s.Maps):
		return fmt.Errorf("unknown maps %q, want %s, %s or %s", s.Maps, Highway, Town, Any)
	case !(s.Distance[0] >= minDistance && s.Distance[1] >= s.Distance[0]):
		return fmt.Errorf("distance %g to %g m, want %g or more", s.Distance[0], s.Distance[1], minDistance)
	}
	for _, n := range [...]int{s.Crowd.Cars, s.Crowd.Trucks, s.Crowd.Cyclists, s.Crowd.Pedestrians, s.Crowd.Parked} {
		if n < 0 || n > 500 {
			return fmt.Errorf("%d road users of one type, want 0 to 500", n)
		}
	}
	return s.Mix.check()
}

// perceives reports whether the perceived scene is observed.
func (c *Config) perceives() bool {
	return slices.Contains(c.Observations, Perceived) || slices.Contains(c.Observations, PerceivedRoad)
}

// period is the time between two decisions.
func (c *Config) period() clock.Tick {
	return clock.Tick(math.Round(float64(clock.PerSecond) / c.Rate))
}

// horizon is the number of decisions of an episode.
func (c *Config) horizon() int { return int(math.Ceil(c.Time * c.Rate)) }

// spec returns the description for policies.
func (c *Config) spec() policy.Spec {
	s := policy.Spec{Task: c.Name, VariantOf: c.VariantOf, Rate: c.Rate, Horizon: c.horizon(), Action: c.action(), Measures: Measures()}
	for _, name := range c.Observations {
		s.Observation = append(s.Observation, c.space(name))
	}
	return s
}
