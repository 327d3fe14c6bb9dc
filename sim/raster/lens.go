package raster

import (
	"math"

	"roadloop/sim/sensor"
)

// undistort returns the pinhole camera to draw with and, for each pixel of the
// camera's image, the corresponding pixel of the pinhole's image. Without
// distortion it returns the camera itself and a nil table.
func undistort(cal *sensor.Camera) (pinhole, []int32) {
	p := pinhole{w: cal.Width, h: cal.Height,
		fx: float32(cal.Fx), fy: float32(cal.Fy), cx: float32(cal.Cx), cy: float32(cal.Cy)}
	if cal.K1 == 0 && cal.K2 == 0 {
		return p, nil
	}
	// With barrel distortion the corners need the largest field of view.
	margin := 0.0
	for _, u := range [...]float64{0, float64(cal.Width)} {
		for _, v := range [...]float64{0, float64(cal.Height)} {
			x, y := cal.Ray(u, v)
			du, dv := cal.Fx*x+cal.Cx-u, cal.Fy*y+cal.Cy-v
			margin = math.Max(margin, math.Max(math.Abs(du), math.Abs(dv)))
		}
	}
	pad := int(math.Ceil(margin)) + 1
	p.w, p.h = p.w+2*pad, p.h+2*pad
	p.cx, p.cy = p.cx+float32(pad), p.cy+float32(pad)
	lens := make([]int32, cal.Width*cal.Height)
	for i := range lens {
		x, y := cal.Ray(float64(i%cal.Width)+.5, float64(i/cal.Width)+.5)
		u := min(max(int(float64(p.fx)*x+float64(p.cx)), 0), p.w-1)
		v := min(max(int(float64(p.fy)*y+float64(p.cy)), 0), p.h-1)
		lens[i] = int32(v*p.w + u)
	}
	return p, lens
}
