package video

import (
	"image/color"
	"math"

	"roadloop/internal/palette"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// Outlines of vehicles in units of length and width: x from -0.5 at the rear to 0.5 at
// the front, y to the left. The windshield marks the front.
var (
	vehicleBody = []geom.Vec{{X: .5, Y: .24}, {X: .47, Y: .38}, {X: .40, Y: .47}, {X: -.38, Y: .5}, {X: -.47, Y: .42}, {X: -.5, Y: .3},
		{X: -.5, Y: -.3}, {X: -.47, Y: -.42}, {X: -.38, Y: -.5}, {X: .40, Y: -.47}, {X: .47, Y: -.38}, {X: .5, Y: -.24}}
	windshield = []geom.Vec{{X: .26, Y: .38}, {X: .30, Y: 0}, {X: .26, Y: -.38}, {X: .10, Y: -.32}, {X: .10, Y: .32}}
	rearWindow = []geom.Vec{{X: -.30, Y: .30}, {X: -.30, Y: -.30}, {X: -.40, Y: -.34}, {X: -.40, Y: .34}}
	brakeLamps = [2][]geom.Vec{
		{{X: -.47, Y: .46}, {X: -.52, Y: .46}, {X: -.52, Y: .18}, {X: -.47, Y: .18}},
		{{X: -.47, Y: -.18}, {X: -.52, Y: -.18}, {X: -.52, Y: -.46}, {X: -.47, Y: -.46}},
	}
	braking = color.RGBA{R: 255, G: 45, B: 32, A: 255}
)

// userColor returns the color of a road user.
func userColor(a *actor.Actor) color.RGBA {
	switch {
	case a.ID == actor.Ego:
		return palette.Ego.Dark
	case a.Kind.OnFoot():
		return palette.Pedestrian.Dark
	case a.Kind.Vulnerable():
		return palette.Cyclist.Dark
	case a.Kind.Obstacle():
		return palette.Cone.Dark
	}
	return palette.Vehicle.Dark
}

// drawUser draws a road user in its true size, but not smaller than a few pixels.
func (v *topView) drawUser(a *actor.Actor) {
	box, with := a.Box(), userColor(a)
	box.Length, box.Width = math.Max(box.Length, 6/v.perMeter), math.Max(box.Width, 5/v.perMeter)
	place := func(shape []geom.Vec, grow float64) []geom.Vec {
		frame := geom.Pose{X: box.Center.X, Y: box.Center.Y, Yaw: box.Yaw}
		out := make([]geom.Vec, len(shape))
		for i, p := range shape {
			out[i] = v.at(frame.ToWorld(geom.Vec{X: p.X * (box.Length + 2*grow), Y: p.Y * (box.Width + 2*grow)}))
		}
		return out
	}
	edge := 1.2 * v.canvas.scale / v.perMeter
	switch {
	case a.Kind.OnFoot() || a.Kind == actor.Cone:
		r := math.Max(box.Width, box.Length) / 2 * v.perMeter
		v.disc(v.at(box.Center), r+1.2*v.canvas.scale, palette.Outline.Dark)
		v.disc(v.at(box.Center), r, with)
	case a.Kind.Vulnerable() || a.Kind.Obstacle():
		v.fill(palette.Outline.Dark, place(vehicleBody, edge)...)
		v.fill(with, place(vehicleBody, 0)...)
	default:
		v.fill(palette.Outline.Dark, place(vehicleBody, edge)...)
		v.fill(with, place(vehicleBody, 0)...)
		v.fill(palette.Outline.Dark, place(windshield, 0)...)
		v.fill(palette.Outline.Dark, place(rearWindow, 0)...)
		if a.State.Lights&actor.BrakeLights != 0 {
			v.paint(braking, place(brakeLamps[0], 0), place(brakeLamps[1], 0))
		}
	}
}
