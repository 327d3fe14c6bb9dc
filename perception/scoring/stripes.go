package scoring

import (
	"math"

	"roadloop/sim/geom"
)

// CULane accumulates CULane's F1 of lane boundaries (Pan et al. 2018): boundaries
// are drawn into the image as stripes with a width of 30/1640 of the image's; a found
// stripe matches a true one if their IoU is above 0.5, one to one, the pairs with the
// largest overlap first.
type CULane struct {
	Width, Height int // of the image, px

	right, extra, missed int
	masks                [2][][]bool
}

// stripeShare is the width of a stripe as a share of the image's.
const stripeShare = 30. / 1640

// Add counts the boundaries of one image, each a polyline in pixels. Lines outside of
// the image do not count. unseen is the number of boundaries that are too hidden or
// too short to be required; each of them excuses one unmatched found stripe.
func (s *CULane) Add(truths, found [][]geom.Vec, unseen int) {
	s.masks[0], s.masks[1] = s.draw(s.masks[0], truths), s.draw(s.masks[1], found)
	t, f := s.masks[0], s.masks[1]
	matched := make([]bool, len(t))
	used := make([]bool, len(f))
	pairs := 0
	for {
		best, bi, bk := .5, -1, -1
		for i := range t {
			for k := range f {
				if !matched[i] && !used[k] {
					if v := overlap(t[i], f[k]); v > best {
						best, bi, bk = v, i, k
					}
				}
			}
		}
		if bi < 0 {
			break
		}
		matched[bi], used[bk] = true, true
		pairs++
	}
	s.right += pairs
	s.missed += len(t) - pairs
	s.extra += max(len(f)-pairs-unseen, 0)
}

// draw returns the stripes of the visible lines, in buffers of dst.
func (s *CULane) draw(dst [][]bool, lines [][]geom.Vec) [][]bool {
	n := 0
	for _, line := range lines {
		if n == len(dst) {
			dst = append(dst, make([]bool, s.Width*s.Height))
		}
		clear(dst[n])
		if s.stripe(dst[n], line) {
			n++
		}
	}
	return dst[:n]
}

// stripe marks the pixels within half a stripe's width of a line and reports
// whether any pixel was marked.
func (s *CULane) stripe(mask []bool, line []geom.Vec) bool {
	half := stripeShare * float64(s.Width) / 2
	marked := false
	for i := range len(line) - 1 {
		a, b := line[i], line[i+1]
		x0, x1 := span(a.X, b.X, half, s.Width)
		y0, y1 := span(a.Y, b.Y, half, s.Height)
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				p := geom.Vec{X: float64(x) + .5, Y: float64(y) + .5}
				if toSegment(p, a, b) <= half {
					mask[y*s.Width+x], marked = true, true
				}
			}
		}
	}
	return marked
}

// span returns the pixels between two coordinates, margin around them included.
func span(a, b, margin float64, size int) (lo, hi int) {
	lo = int(math.Max(0, math.Min(a, b)-margin))
	hi = int(math.Min(float64(size), math.Max(a, b)+margin+1))
	return lo, hi
}

// toSegment returns the distance of p from the segment from a to b.
func toSegment(p, a, b geom.Vec) float64 {
	d := b.Sub(a)
	t := 0.0
	if n := d.Dot(d); n > 0 {
		t = math.Max(0, math.Min(1, p.Sub(a).Dot(d)/n))
	}
	return p.Dist(a.Add(d.Scale(t)))
}

// overlap returns the intersection over union of two masks.
func overlap(a, b []bool) float64 {
	var area Area
	for i := range a {
		area.Add(a[i], b[i])
	}
	return area.IoU()
}

// F1 returns the harmonic mean of precision and recall, NaN without boundaries.
func (s *CULane) F1() float64 {
	return 2 * float64(s.right) / float64(2*s.right+s.extra+s.missed)
}

// Counts returns the numbers of right, extra and missed boundaries.
func (s *CULane) Counts() (right, extra, missed int) { return s.right, s.extra, s.missed }
