package scoring

import (
	"math"

	"roadloop/sim/geom"
)

// TuSimple accumulates the metrics of the TuSimple lane benchmark. In every tenth of
// 720 rows, a point of a found boundary is right if it is within 20 px (of 1280) of
// the true one, more for a slanted boundary. The accuracy of a true boundary is the
// share of its rows that the best found boundary gets right; from 85 % it counts as
// found. All three metrics are means over the images.
type TuSimple struct {
	Width, Height int // of the image, px

	withTruth, withFound    int // images
	accuracy, extra, missed float64
	columns                 [2][]columns // buffers
}

// Shares of the benchmark's image, and the share of right points of a found boundary.
const (
	tusimpleRows  = 72
	tusimpleReach = 20. / 1280
	tusimpleLimit = .85
)

// columns holds the columns where a boundary crosses the rows, NaN where it does not,
// and the tolerance of a point.
type columns struct {
	at    [tusimpleRows]float64 // px
	reach float64               // px
	n     int                   // rows crossed
}

// Add counts the boundaries of one image, each a polyline in pixels. unseen is the
// number of boundaries that are too hidden or too short to be required; each of them
// excuses one found boundary.
func (s *TuSimple) Add(truths, found [][]geom.Vec, unseen int) {
	t, f := s.sample(0, truths), s.sample(1, found)
	matched, sum := 0, 0.0
	for i := range t {
		best := 0.0
		for k := range f {
			best = math.Max(best, t[i].agreement(&f[k]))
		}
		sum += best
		if best >= tusimpleLimit {
			matched++
		}
	}
	if len(t) > 0 {
		s.withTruth++
		s.accuracy += sum / float64(len(t))
		s.missed += float64(len(t)-matched) / float64(len(t))
	}
	if n := len(f); n > 0 {
		s.withFound++
		s.extra += float64(max(n-matched-unseen, 0)) / float64(n)
	}
}

// sample returns the columns of the lines that cross a row of the image.
func (s *TuSimple) sample(which int, lines [][]geom.Vec) []columns {
	out := s.columns[which][:0]
	for _, line := range lines {
		if c := s.cross(line); c.n > 0 {
			out = append(out, c)
		}
	}
	s.columns[which] = out
	return out
}

// cross samples a line.
func (s *TuSimple) cross(line []geom.Vec) (c columns) {
	var sy, sx, syy, sxy float64
	for r := range c.at {
		v := (float64(r) + .5) / tusimpleRows * float64(s.Height)
		u, ok := crossing(line, v)
		if !ok || u < 0 || u >= float64(s.Width) {
			c.at[r] = math.NaN()
			continue
		}
		c.at[r] = u
		c.n++
		sy, sx, syy, sxy = sy+v, sx+u, syy+v*v, sxy+u*v
	}
	slope, n := 0.0, float64(c.n)
	if d := n*syy - sy*sy; d > 0 {
		slope = (n*sxy - sy*sx) / d // px across per px down, of the fitted line
	}
	c.reach = tusimpleReach * float64(s.Width) * math.Hypot(1, slope)
	return c
}

// crossing returns the column in which a line crosses a row.
func crossing(line []geom.Vec, v float64) (u float64, ok bool) {
	for i := range len(line) - 1 {
		a, b := line[i], line[i+1]
		if (a.Y-v)*(b.Y-v) <= 0 && a.Y != b.Y {
			return a.X + (v-a.Y)/(b.Y-a.Y)*(b.X-a.X), true
		}
	}
	return 0, false
}

// agreement returns the share of the rows of c in which o is within the tolerance.
func (c *columns) agreement(o *columns) float64 {
	right := 0
	for r, u := range c.at {
		if math.Abs(u-o.at[r]) < c.reach { // false if either is NaN
			right++
		}
	}
	return float64(right) / float64(c.n)
}

// Accuracy returns the share of right points, NaN without true boundaries.
func (s *TuSimple) Accuracy() float64 { return s.accuracy / float64(s.withTruth) }

// FalsePositives returns the share of the found boundaries that do not exist, NaN if
// none was found.
func (s *TuSimple) FalsePositives() float64 { return s.extra / float64(s.withFound) }

// FalseNegatives returns the share of the true boundaries that were not found, NaN if
// there are none.
func (s *TuSimple) FalseNegatives() float64 { return s.missed / float64(s.withTruth) }
