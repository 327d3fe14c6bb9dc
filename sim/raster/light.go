package raster

import (
	"math"

	"roadloop/sim/scene"
)

// light holds the lighting and atmosphere of a frame.
type light struct {
	sun       vec // direction to the sun, unit
	sunColor  vec
	ambient   vec
	zenith    vec
	horizon   vec
	dark      float32 // 0 day .. 1 night
	wet       float32
	cloud     float32
	clouds    float32 // brightness of clouds
	haze      float32 // extinction, 1/m
	hazeColor vec
	// The ego's headlights shine from the ground position of the camera in
	// direction beam.
	headlights bool
	from, beam [2]float32
	lamps      lamps
}

func mix(a, b vec, t float32) vec { return a.add(b.sub(a).scale(t)) }

func clamp01(v float32) float32 { return lesser(greater(v, 0), 1) }

// Sky and light by day, at dusk and at night.
var (
	dayZenith, duskZenith, nightZenith    = vec{.24, .44, .78}, vec{.20, .24, .42}, vec{.015, .018, .035}
	dayHorizon, duskHorizon, nightHorizon = vec{.70, .80, .90}, vec{.88, .56, .38}, vec{.045, .045, .06}
	daySun, duskSun                       = vec{.98, .93, .82}, vec{.85, .48, .25}
	dayAmbient, nightAmbient              = vec{.46, .50, .56}, vec{.055, .058, .075}
	overcast                              = vec{.68, .70, .73}
)

// set derives the light from the conditions of a list.
func (l *light) set(list *scene.List) {
	c := &list.Conditions
	l.dark = float32(scene.Darkness(*c))
	l.wet, l.cloud = float32(math.Max(c.Wet, c.Rain)), float32(math.Max(c.Cloud, 0.9*c.Rain))
	se, ce := math.Sincos(c.SunElevation)
	sa, ca := math.Sincos(c.SunAzimuth)
	l.sun = vec{float32(ce * ca), float32(ce * sa), float32(se)}
	// Twilight is strongest with the sun at the horizon.
	dusk := clamp01(1 - float32(math.Abs(c.SunElevation))/.25)
	day := 1 - l.dark
	l.zenith = mix(mix(nightZenith, dayZenith, day), duskZenith, .8*dusk)
	l.horizon = mix(mix(nightHorizon, dayHorizon, day), duskHorizon, .8*dusk)
	gray := overcast.scale(.06 + .94*day)
	l.zenith, l.horizon = mix(l.zenith, gray.scale(.9), .9*l.cloud), mix(l.horizon, gray, .9*l.cloud)
	l.clouds = .08 + .92*day
	up := clamp01(float32(c.SunElevation) / .15)
	l.sunColor = mix(duskSun, daySun, clamp01(float32(c.SunElevation)/.5)).scale(up * (1 - .92*l.cloud))
	l.ambient = mix(nightAmbient, dayAmbient, day).scale(1 + .45*l.cloud)
	visibility := 3500.0
	if c.Visibility > 0 {
		visibility = c.Visibility
	}
	visibility = math.Min(visibility, 4000/(1+12*(c.Rain+c.Snow)))
	l.haze = float32(3 / visibility) // Koschmieder: 5 % contrast remains at the visibility distance
	l.hazeColor = mix(l.horizon, gray, clamp01(float32(300/visibility)))
	l.tint(&list.Sky, c.Visibility > 0)
	l.headlights = l.dark > .4
	ego := list.View.Ego
	s, k := math.Sincos(ego.Yaw)
	l.from, l.beam = [2]float32{float32(ego.X + 3*k), float32(ego.Y + 3*s)}, [2]float32{float32(k), float32(s)}
	l.lamps.set(l.from, list.Lamps)
}

// on returns the color of a surface in sun and sky, and in shadow.
func (l *light) on(color, normal vec, t scene.Texture) (lit, shade vec) {
	sky := .68 + float32(.32*normal.z)
	sun := greater(normal.dot(l.sun), 0)
	if t == scene.Foliage {
		sun, sky = .35+float32(.5*sun), .85
	}
	shade = color.mul(l.ambient).scale(float32(1.35 * sky))
	lit = shade.add(color.mul(l.sunColor).scale(float32(.95 * sun)))
	if t == scene.Glass {
		lit, shade = lit.add(l.zenith.scale(.22)), shade.add(l.zenith.scale(.18))
	}
	return lit, shade
}

// albedo returns the color of a surface in white light, recovered from its shade.
func (l *light) albedo(shade, normal vec) vec {
	k := 1 / float32(1.35*(.68+float32(.32*normal.z)))
	return vec{float32(shade.x*k) / l.ambient.x, float32(shade.y*k) / l.ambient.y, float32(shade.z*k) / l.ambient.z}
}

// lampColor returns the color of a lit lamp.
func lampColor(l scene.Lamp) vec {
	switch {
	case l&scene.GreenLamp != 0:
		return vec{.15, 1, .55}
	case l&(scene.AmberLamp|scene.LeftLamp|scene.RightLamp) != 0:
		return vec{1, .66, .08}
	case l&scene.HeadLamp != 0:
		return vec{1, .98, .92}
	case l&(scene.RedLamp|scene.BrakeLamp) != 0:
		return vec{1, .10, .07}
	}
	return vec{.62, .06, .05}
}

// artificial returns the light of all lamps at a point, without the sky.
func (l *light) artificial(p vec) float32 {
	sum := float32(0)
	if l.headlights {
		sum = l.headlight(p)
	}
	return l.lamps.add(sum, p)
}

// headlight returns the light of the ego's low beams at a point: a cone of
// about ±20° with a range of about 60 m that does not light high objects.
func (l *light) headlight(p vec) float32 {
	dx, dy := p.x-l.from[0], p.y-l.from[1]
	ahead := float32(dx*l.beam[0]) + float32(dy*l.beam[1])
	if ahead < .3 {
		return 0
	}
	side := (float32(dy*l.beam[0]) - float32(dx*l.beam[1])) / (ahead + 2)
	cone := clamp01(1.15 - float32(float32(5.5*side)*side))
	low := clamp01(1.6 - float32(p.z*(.5+float32(.02*ahead))))
	return float32(float32(cone*low)*1.15) / (1 + float32(ahead*ahead)/650)
}
