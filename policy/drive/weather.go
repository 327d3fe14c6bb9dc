package drive

import (
	"math"

	"roadloop/sim/rng"
	"roadloop/sim/scene"
)

// Weather is a set of conditions, of which each episode on procedural maps draws one.
type Weather string

// Sets of conditions.
const (
	// Clear is day: sun from 9° above the horizon on in any direction, any clouds, sometimes a
	// damp road.
	Clear Weather = "clear"
	// Adverse is rain, fog, dusk, night, or low sun that blinds, each in a fifth of the episodes.
	Adverse Weather = "adverse"
)

// draw draws the conditions of the episode of a seed.
func (w Weather) draw(seed uint64) scene.Conditions {
	r := rng.New(seed, "drive", "weather")
	const degree = math.Pi / 180
	c := scene.Conditions{SunElevation: r.Range(9, 70) * degree, SunAzimuth: r.Range(-math.Pi, math.Pi), Cloud: r.Float64()}
	if w == Clear {
		if r.Chance(.25) {
			c.Wet = r.Range(0, .3)
		}
		return c
	}
	switch r.IntN(5) {
	case 0:
		c.Rain, c.Wet, c.Cloud, c.Visibility = r.Range(.3, .9), r.Range(.5, .9), 1, r.Range(500, 2000)
	case 1:
		c.Visibility, c.Cloud = r.Range(60, 250), 1
	case 2:
		c.SunElevation = r.Range(-5, 5) * degree
	case 3:
		c.SunElevation = r.Range(-40, -8) * degree
	default:
		c.SunElevation, c.Cloud, c.Glare = r.Range(2, 8)*degree, r.Range(0, .3), r.Range(.3, .8)
	}
	return c
}
