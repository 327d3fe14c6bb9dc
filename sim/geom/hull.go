package geom

import "math"

// AppendHull appends the convex hull of pts to dst, counter-clockwise, by Andrew's
// monotone chain (1979). It sorts pts in place. It is fast for few points only.
func AppendHull(dst, pts []Vec) []Vec {
	for i := 1; i < len(pts); i++ { // insertion sort allocates nothing
		for j := i; j > 0 && (pts[j].X < pts[j-1].X || pts[j].X == pts[j-1].X && pts[j].Y < pts[j-1].Y); j-- {
			pts[j], pts[j-1] = pts[j-1], pts[j]
		}
	}
	start := len(dst)
	for _, p := range pts {
		dst = push(dst, p, start)
	}
	top := len(dst) - 1
	for i := len(pts) - 2; i >= 0; i-- {
		dst = push(dst, pts[i], top)
	}
	return dst[:max(start, len(dst)-1)]
}

// push removes the points after floor that p makes concave, and then appends p.
func push(dst []Vec, p Vec, floor int) []Vec {
	for n := len(dst); n-floor >= 2 && dst[n-1].Sub(dst[n-2]).Cross(p.Sub(dst[n-2])) <= 0; n = len(dst) {
		dst = dst[:n-1]
	}
	return append(dst, p)
}

// ClippedArea returns the area of the part of a convex polygon that lies in the
// rectangle from (x0, y0) to (x1, y1). It allocates nothing for up to 16 corners.
func ClippedArea(poly []Vec, x0, y0, x1, y1 float64) float64 {
	var a, b [24]Vec
	in, out := append(a[:0], poly...), b[:0]
	for _, side := range [...]struct{ nx, ny, c float64 }{{1, 0, -x0}, {-1, 0, x1}, {0, 1, -y0}, {0, -1, y1}} {
		dist := func(p Vec) float64 { return side.nx*p.X + side.ny*p.Y + side.c }
		out = out[:0]
		for i, p := range in {
			q := in[(i+1)%len(in)]
			dp, dq := dist(p), dist(q)
			if dp >= 0 {
				out = append(out, p)
			}
			if (dp >= 0) != (dq >= 0) {
				out = append(out, p.Lerp(q, dp/(dp-dq)))
			}
		}
		in, out = out, in
	}
	area := 0.0
	for i, p := range in {
		area += p.Cross(in[(i+1)%len(in)])
	}
	return math.Abs(area) / 2
}
