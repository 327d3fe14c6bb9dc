package camera

import (
	"cmp"
	"math"
	"slices"
)

// Resolution of the search for the horizon.
const (
	// searchWidth is the width to which a picture is reduced, px.
	searchWidth = 480
	// angleBins and offsetStep divide the lines of the Hough transform: 180° and px.
	angleBins  = 180
	offsetStep = 2.0
	// maxLines is the number of lines that vote.
	maxLines = 48
	// edgeShare is the share of the pixels that are edges.
	edgeShare = .10
)

// FindHorizon estimates the row of the horizon, px, from the vanishing point of the road: of
// lane markings, curbs and guard rails, which are parallel to it. ok is false if the picture
// has no such lines. The picture is RGB, row by row. The estimate assumes a flat, straight
// road; the median over the pictures of a drive is better than a single one.
//
// Edges vote for lines by their gradients (Ballard 1981), lines for points by their
// distances; the point is refined by weighted least squares.
func FindHorizon(rgb []byte, width, height int) (row float64, ok bool) {
	if width < 32 || height < 32 || len(rgb) != 3*width*height {
		return 0, false
	}
	g := reduce(rgb, width, height)
	lines := g.lines()
	_, y, ok := vanishingPoint(lines, g.w, g.h)
	return (y + .5) * float64(g.factor), ok
}

// brightness is a reduced picture.
type brightness struct {
	w, h, factor int
	v            []float32
}

// reduce returns the brightness of a picture, reduced by an integer factor.
func reduce(rgb []byte, width, height int) *brightness {
	k := (width + searchWidth - 1) / searchWidth
	g := &brightness{w: width / k, h: height / k, factor: k}
	g.v = make([]float32, g.w*g.h)
	for y := range g.h {
		for x := range g.w {
			sum := 0
			for j := range k {
				row := rgb[3*((y*k+j)*width+x*k):]
				for i := range k {
					sum += 2*int(row[3*i]) + 5*int(row[3*i+1]) + int(row[3*i+2])
				}
			}
			g.v[y*g.w+x] = float32(sum) / float32(8*k*k)
		}
	}
	return g
}

// edge is an edge pixel with the direction of its gradient.
type edge struct{ x, y, nx, ny, size float64 }

// edges returns the strongest edges of the part of the picture that may show the road, except
// nearly horizontal and vertical ones, which are those of vehicles, buildings and poles.
func (g *brightness) edges() []edge {
	var all []edge
	lowest := math.Sin(9 * math.Pi / 180)
	for y := max(2, g.h*3/10); y < g.h-2; y++ {
		for x := 2; x < g.w-2; x++ {
			at := func(i, j int) float64 { return float64(g.v[(y+j)*g.w+x+i]) }
			gx := at(1, -1) + 2*at(1, 0) + at(1, 1) - at(-1, -1) - 2*at(-1, 0) - at(-1, 1)
			gy := at(-1, 1) + 2*at(0, 1) + at(1, 1) - at(-1, -1) - 2*at(0, -1) - at(1, -1)
			size := math.Hypot(gx, gy)
			const least = 24 // of a range of about 1000
			if size < least || math.Abs(gx) < lowest*size || math.Abs(gy) < lowest*size {
				continue
			}
			all = append(all, edge{float64(x), float64(y), gx / size, gy / size, size})
		}
	}
	most := int(edgeShare * float64(g.w*g.h))
	if len(all) > most {
		slices.SortStableFunc(all, func(a, b edge) int { return cmp.Compare(b.size, a.size) })
		all = all[:most]
	}
	return all
}

// line is the set of points with nx·x + ny·y = offset, and its number of edges.
type line struct{ nx, ny, offset, votes float64 }

// lines returns the lines with the most edges.
func (g *brightness) lines() []line {
	edges := g.edges()
	reach := math.Hypot(float64(g.w), float64(g.h))
	bins := int(2*reach/offsetStep) + 1
	votes := make([]float32, angleBins*bins)
	var sin, cos [angleBins]float64
	for a := range angleBins {
		sin[a], cos[a] = math.Sincos(float64(a) * math.Pi / angleBins)
	}
	bin := func(a int, e *edge) int {
		return a*bins + int((e.x*cos[a]+e.y*sin[a]+reach)/offsetStep)
	}
	for i := range edges {
		e := &edges[i]
		angle := int(math.Round(math.Atan2(e.ny, e.nx) / math.Pi * angleBins))
		for d := -2; d <= 2; d++ {
			votes[bin(((angle+d)%angleBins+angleBins)%angleBins, e)] += [3]float32{1, .7, .3}[max(d, -d)]
		}
	}
	var out []line
	for len(out) < maxLines {
		best := 0
		for i, v := range votes {
			if v > votes[best] {
				best = i
			}
		}
		const least = 18 // edges
		if votes[best] < least {
			break
		}
		a, r := best/bins, best%bins
		if l, ok := fitLine(edges, cos[a], sin[a], (float64(r)+.5)*offsetStep-reach); ok {
			out = append(out, l)
		}
		for da := -3; da <= 3; da++ {
			for dr := -3; dr <= 3; dr++ {
				// A normal that passes 180° has the opposite offset.
				na, nr := a+da, r+dr
				if na < 0 || na >= angleBins {
					na, nr = (na+angleBins)%angleBins, bins-1-nr
				}
				if nr >= 0 && nr < bins {
					votes[na*bins+nr] = 0
				}
			}
		}
	}
	return out
}

// fitLine fits a line to the edges near it by total least squares.
func fitLine(edges []edge, nx, ny, offset float64) (line, bool) {
	var n, sx, sy, sxx, sxy, syy float64
	for i := range edges {
		e := &edges[i]
		if math.Abs(nx*e.x+ny*e.y-offset) < 2 && math.Abs(nx*e.nx+ny*e.ny) > .985 {
			n++
			sx, sy, sxx, sxy, syy = sx+e.x, sy+e.y, sxx+e.x*e.x, sxy+e.x*e.y, syy+e.y*e.y
		}
	}
	const least = 12
	if n < least {
		return line{}, false
	}
	mx, my := sx/n, sy/n
	// The normal is the direction of least variance.
	angle := .5*math.Atan2(2*(sxy/n-mx*my), sxx/n-mx*mx-syy/n+my*my) + math.Pi/2
	l := line{nx: math.Cos(angle), ny: math.Sin(angle), votes: n}
	l.offset = l.nx*mx + l.ny*my
	return l, true
}

// vanishingPoint returns the point in the middle of the picture near which the most lines
// pass, from the left and from the right.
func vanishingPoint(lines []line, w, h int) (x, y float64, ok bool) {
	best := 0.0
	for i := range lines {
		for j := range i {
			px, py, crosses := lines[i].cross(&lines[j])
			if !crosses || px < .1*float64(w) || px > .9*float64(w) || py < .2*float64(h) || py > .8*float64(h) {
				continue
			}
			if s := support(lines, px, py); s > best {
				best, x, y = s, px, py
			}
		}
	}
	if best == 0 {
		return 0, 0, false
	}
	for range 5 {
		x, y = refinePoint(lines, x, y)
	}
	return x, y, y > .1*float64(h) && y < .9*float64(h)
}

// pointStd is the expected distance of a line of the road from the vanishing point, px.
const pointStd = 3.0

// weight returns how much a line supports a point.
func (l *line) weight(x, y float64) float64 {
	d := (l.nx*x + l.ny*y - l.offset) / pointStd
	const most = 80 // edges: one long line does not outvote several
	return math.Min(l.votes, most) * math.Exp(-d*d/2)
}

// support returns the support of the lines for a point: the geometric mean of that of lines
// from the left and from the right. Lines of one side alone meet anywhere.
func support(lines []line, x, y float64) float64 {
	var sides [2]float64
	for i := range lines {
		side := 0
		if lines[i].nx*lines[i].ny > 0 {
			side = 1
		}
		sides[side] += lines[i].weight(x, y)
	}
	return math.Sqrt(sides[0] * sides[1])
}

// cross returns the intersection of two lines; ok is false for nearly parallel ones.
func (l *line) cross(m *line) (x, y float64, ok bool) {
	d := l.nx*m.ny - l.ny*m.nx
	if math.Abs(d) < math.Sin(12*math.Pi/180) {
		return 0, 0, false
	}
	return (l.offset*m.ny - l.ny*m.offset) / d, (l.nx*m.offset - l.offset*m.nx) / d, true
}

// refinePoint returns the point with the least squared distance to the lines near a point.
func refinePoint(lines []line, x, y float64) (float64, float64) {
	var a, b, c, d, e float64
	for i := range lines {
		l := &lines[i]
		w := l.weight(x, y)
		a, b, c = a+w*l.nx*l.nx, b+w*l.nx*l.ny, c+w*l.ny*l.ny
		d, e = d+w*l.nx*l.offset, e+w*l.ny*l.offset
	}
	det := a*c - b*b
	if det < 1e-9 {
		return x, y
	}
	return (c*d - b*e) / det, (a*e - b*d) / det
}

// horizonPictures is the number of pictures of one camera from which its horizon is estimated.
const horizonPictures = 15

// EstimateHorizon returns the median estimate of the horizon over some of n pictures of one
// camera, as a share of their height; nil if none shows it. read returns picture i, RGB row by
// row, or false for a picture to leave out; i increases from call to call.
func EstimateHorizon(n int, read func(i int) (rgb []byte, width, height int, ok bool)) *float64 {
	var shares []float64
	some := min(n, horizonPictures)
	for k := range some {
		rgb, w, h, ok := read(k * n / some)
		if !ok {
			continue
		}
		if row, ok := FindHorizon(rgb, w, h); ok {
			shares = append(shares, row/float64(h))
		}
	}
	return Median(shares)
}

// Median returns the median of shares, nil without any.
func Median(shares []float64) *float64 {
	if len(shares) == 0 {
		return nil
	}
	s := slices.Sorted(slices.Values(shares))
	m := (s[(len(s)-1)/2] + s[len(s)/2]) / 2
	return &m
}
