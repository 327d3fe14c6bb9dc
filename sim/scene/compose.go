package scene

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// FrameState is the state of the world for one frame of a camera.
type FrameState struct {
	View
	Actors     []actor.Actor
	Signals    []road.SignalState // of the map's signals, in their order
	Conditions Conditions
	// Outside reports that the camera is outside the ego. The ego is then drawn if it
	// is in Actors. A camera inside the ego does not see it.
	Outside bool
	// Hood is the visible part of the ego in front of the camera, nil if there is none.
	Hood *Hood
}

// Build fills dst with the objects that the camera can see. It reuses dst's
// buffers and allocates only while they grow.
func (st *Builder) Build(dst *List, v *FrameState) {
	dst.View, dst.Conditions, dst.Sky = v.View, v.Conditions, st.sky
	dst.Ground, dst.Static = dst.Ground[:0], dst.Static[:0]
	dst.Instances, dst.Glows = dst.Instances[:0], dst.Glows[:0]
	dst.Shadows, dst.ShadowEnds, dst.Lamps = dst.Shadows[:0], dst.ShadowEnds[:0], dst.Lamps[:0]

	mount := &v.Cal.Mount
	eye := v.Ego.ToWorld(geom.Vec{X: mount.X, Y: mount.Y})
	axis := geom.Pose{X: eye.X, Y: eye.Y, Yaw: v.Ego.Yaw + mount.Yaw}
	f := frustum{axis: axis, slope: 1.1 * math.Max(v.Cal.Cx, float64(v.Cal.Width)-v.Cal.Cx) / v.Cal.Fx}

	night := Darkness(v.Conditions) > 0.5
	cells, field := st.snowy(v.Conditions.SnowCover)
	for i := range field {
		if f.sees(field[i].center, cellSize) {
			dst.Ground = append(dst.Ground, field[i].mesh)
		}
	}
	st.composeStatic(dst, &f, cells, night)
	st.composeShades(dst, &f, &v.Conditions)
	static := len(dst.ShadowEnds)
	for i := range v.Actors {
		if v.Outside || v.Actors[i].ID != actor.Ego {
			st.composeActor(dst, &f, &v.Actors[i], &v.Conditions)
		}
	}
	dst.shadeInstances(static)
	st.composeHood(dst, v)
	for i := range st.m.Signals {
		if i < len(v.Signals) {
			st.composeSignal(dst, &f, &st.m.Signals[i], v.Signals[i])
		}
	}
}

// Darkness returns 0 for a sun from 6° above the horizon, 1 for a sun from 6°
// below it, and values in between.
func Darkness(c Conditions) float64 {
	const six = 6 * math.Pi / 180
	return math.Max(0, math.Min(1, (six-c.SunElevation)/(2*six)))
}

// frustum is the sector of the ground in a camera's view.
type frustum struct {
	axis  geom.Pose
	slope float64 // half width over distance
}

// sees reports whether a disk of the given radius may be in view.
func (f *frustum) sees(p geom.Vec, radius float64) bool {
	q := f.axis.ToLocal(p)
	return q.X > -radius && q.X < ViewRange+radius && math.Abs(q.Y) < f.slope*math.Max(q.X, 0)+radius*(1+f.slope)
}

func (st *Builder) composeStatic(dst *List, f *frustum, cells []cell, night bool) {
	const reach = cellSize // half a cell's diagonal and the overhang of its objects
	for l := range numLayers {
		for i := range cells {
			c := &cells[i]
			if m := c.ground[l]; m != nil && f.sees(c.center, reach) {
				dst.Ground = append(dst.Ground, m)
			}
		}
	}
	for _, m := range st.backdrop {
		if f.seesFar(m) {
			dst.Static = append(dst.Static, m)
		}
	}
	for i := range cells {
		c := &cells[i]
		if !f.sees(c.center, reach) {
			continue
		}
		if c.solid != nil {
			dst.Static = append(dst.Static, c.solid)
		}
		if night {
			for _, l := range c.lamps {
				dst.Lamps = append(dst.Lamps, l)
				dst.Glows = append(dst.Glows, Glow{Pos: l, Color: RGB{1, .82, .55}, Radius: .16, Intensity: .9})
			}
		}
	}
}

// Trouser colors are selected by the variant; skins are ordered from light to dark.
var (
	trousers = []RGB{{.13, .15, .22}, {.20, .19, .18}, {.35, .32, .26}, {.10, .10, .11}, {.28, .33, .42}}
	skins    = [actor.Skins]RGB{{.92, .76, .65}, {.80, .61, .47}, {.62, .43, .31}, {.42, .28, .20}, {.29, .20, .15}}
)

// cargoColors are the colors of the bodies of trucks, by the variant.
var cargoColors = []RGB{
	whitePanel, whitePanel, whitePanel, {.72, .73, .74}, aluminium, tarpaulin, {.14, .24, .45}, {.55, .13, .12},
	{.16, .33, .22}, {.78, .62, .18}, {.45, .46, .47}, {.85, .85, .83},
}

func (st *Builder) composeActor(dst *List, f *frustum, a *actor.Actor, c *Conditions) {
	box := a.Box()
	if !f.sees(box.Center, 8) {
		return
	}
	v := a.Appearance.Variant
	in := Instance{
		Mesh: st.models.of(a), ID: uint16(a.ID) + 1, Yaw: box.Yaw,
		Pos:    at(float32(box.Center.X), float32(box.Center.Y), 0),
		Scale:  at(float32(box.Length), float32(box.Width), float32(a.Shape.Height)),
		Lamps:  lampsOf(a),
		Shadow: at(float32(box.Length), float32(box.Width), float32(a.Shape.Height)),
	}
	if a.Kind.OnFoot() {
		h := float32(a.Shape.Height)
		in.Scale = at(h, h, h)
	}
	in.Colors = [3]RGB{rgb(a.Appearance.Paint), trousers[v>>4%uint32(len(trousers))], skins[a.Appearance.Skin()]}
	switch {
	case st.style.Vehicles && (a.Kind == actor.Truck || a.Kind == actor.Bus):
		in.Colors[1] = cargoColors[v>>16%uint32(len(cargoColors))]
	case a.Kind == actor.Truck:
		in.Colors[1] = RGB{.82, .82, .80}
		if v&4 != 0 {
			in.Colors[1] = RGB{.30, .42, .55}
		}
	}
	dst.Instances = append(dst.Instances, in)
	appendShadow(dst, &in, c)
	if in.Lamps != 0 {
		appendLampGlows(dst, &in, c)
	}
}

func rgb(p [3]uint8) RGB {
	return RGB{float32(p[0]) / 255, float32(p[1]) / 255, float32(p[2]) / 255}
}

// lampsOf translates an actor's lights; tail lamps are on with the headlights.
func lampsOf(a *actor.Actor) (l Lamp) {
	for _, m := range [...]struct {
		light actor.Lights
		lamps Lamp
	}{
		{actor.BrakeLights, BrakeLamp}, {actor.Headlights, HeadLamp | TailLamp},
		{actor.LeftIndicator, LeftLamp}, {actor.RightIndicator, RightLamp},
	} {
		if a.State.Lights&m.light != 0 {
			l |= m.lamps
		}
	}
	return l
}

// appendLampGlows adds the halos of a vehicle's lamps.
func appendLampGlows(dst *List, in *Instance, c *Conditions) {
	dark := float32(Darkness(*c))
	frame := geom.Pose{X: float64(in.Pos.X), Y: float64(in.Pos.Y), Yaw: in.Yaw}
	put := func(x, y, z float32, color RGB, radius, intensity float32) {
		p := frame.ToWorld(geom.Vec{X: float64(x * in.Scale.X), Y: float64(y * in.Scale.Y)})
		dst.Glows = append(dst.Glows, Glow{
			Pos: at(float32(p.X), float32(p.Y), z*in.Scale.Z), Color: color, Radius: radius, Intensity: intensity,
		})
	}
	for _, s := range [...]float32{-1, 1} {
		if in.Lamps&BrakeLamp != 0 {
			put(-.52, s*.36, .5, RGB{1, .12, .08}, .12, .5+.4*dark)
		} else if in.Lamps&TailLamp != 0 {
			put(-.52, s*.36, .5, RGB{1, .10, .06}, .09, .15+.35*dark)
		}
		if in.Lamps&HeadLamp != 0 {
			put(.52, s*.36, .42, RGB{1, .96, .86}, .14, .25+.9*dark)
		}
	}
	if in.Lamps&LeftLamp != 0 {
		put(-.52, .43, .4, RGB{1, .6, .1}, .08, .4)
	}
	if in.Lamps&RightLamp != 0 {
		put(-.52, -.43, .4, RGB{1, .6, .1}, .08, .4)
	}
}

// signalColors are the colors of lit signal lamps.
var signalColors = map[road.SignalState]struct {
	lamp  Lamp
	color RGB
	up    float32
}{
	road.Red:   {RedLamp, RGB{1, .10, .07}, lampPitch},
	road.Amber: {AmberLamp, RGB{1, .62, .06}, 0},
	road.Green: {GreenLamp, RGB{.10, 1, .45}, -lampPitch},
}

func (st *Builder) composeSignal(dst *List, f *frustum, s *road.Signal, state road.SignalState) {
	if !f.sees(s.Pos, 2) {
		return
	}
	lit := signalColors[state] // zero if off
	dst.Instances = append(dst.Instances, Instance{
		Mesh: st.models.signal, ID: FirstSignal + uint16(s.ID), Yaw: s.Yaw,
		Pos:   at(float32(s.Pos.X), float32(s.Pos.Y), float32(s.Height)),
		Scale: at(1, 1, 1), Lamps: lit.lamp,
	})
	facing := f.axis.Pos().Sub(s.Pos).Dot(geom.Unit(s.Yaw)) > 0
	if lit.lamp != 0 && facing {
		p := s.Pos.Add(geom.Unit(s.Yaw).Scale(.15))
		dst.Glows = append(dst.Glows, Glow{
			Pos: at(float32(p.X), float32(p.Y), float32(s.Height)+lit.up), Color: lit.color, Radius: .2, Intensity: .8,
		})
	}
}

// appendShadow adds the shadow of a box in the sun, or a soft patch under it
// when the sky is overcast.
func appendShadow(dst *List, in *Instance, c *Conditions) {
	elevation := math.Max(c.SunElevation, minShadowSun)
	reach := float64(in.Shadow.Z) / math.Tan(elevation)
	if !castsShadows(c) {
		reach = 0.15
	}
	box := geom.OBB{Center: geom.Vec{X: float64(in.Pos.X), Y: float64(in.Pos.Y)}, Yaw: in.Yaw,
		Length: float64(in.Shadow.X), Width: float64(in.Shadow.Y)}
	shift := geom.Unit(c.SunAzimuth).Scale(-reach)
	var pts [8]geom.Vec
	for i, p := range box.Corners() {
		pts[i], pts[i+4] = p, p.Add(shift)
	}
	dst.Shadows = geom.AppendHull(dst.Shadows, pts[:])
	dst.ShadowEnds = append(dst.ShadowEnds, len(dst.Shadows))
}
