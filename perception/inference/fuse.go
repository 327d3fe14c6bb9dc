package inference

import (
	"cmp"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// fusion fuses the detections of several views of one picture as weighted boxes fusion does
// (Solovyev, Wang and Gabruseva 2021): overlapping boxes are averaged with their scores as
// weights, and the score of the result is the mean over the views that show its place, so
// that what only one view finds loses score. A view does not count for objects that are too
// large in it (Singh and Davis 2018), or that it cuts.
type fusion struct {
	all    []perception.Detection // in pixels of the picture
	groups []group
}

// group is a set of detections of one object.
type group struct {
	perception.Detection
	weight  float64
	heading geom.Vec // sum of weighted directions
	scores  [perception.NumClasses]float64
}

func (f *fusion) reset() { f.all = f.all[:0] }

// collect adds the detections of a view, mapped to the picture. It drops those for which the
// view does not count, those in places that the picture does not show, and road users above the
// horizon: they stand on the ground.
func (p *PictureDetector) collect(v *pictureView, im *perception.Image) {
	const tolerance = 2 // px, of the lower edge of a box
	horizon := v.horizon() - tolerance
	for _, d := range im.Detections {
		if v.mirrored {
			v.unmirror(&d)
		}
		if !v.suits(&d.Box) || !d.Class.IsSignal() && d.Box.Y1 < horizon || !v.Seen((d.Box.X0+d.Box.X1)/2, (d.Box.Y0+d.Box.Y1)/2) {
			continue
		}
		box, ok := v.BoxToPicture(d.Box)
		if !ok {
			continue
		}
		d.Box = box
		p.fusion.all = append(p.fusion.all, d)
	}
}

// largest is the size in an enlarged view up to which objects count, the root of the area of
// the box, px. Training has few larger ones.
const largest = 150

// suits reports whether the view counts for an object with a box: it shows the whole object,
// not too large, or is the view ahead.
func (v *pictureView) suits(b *perception.Box) bool {
	const border = 1 // px
	w, h := float64(v.to.Width), float64(v.to.Height)
	return !v.enlarged || b.Area() <= largest*largest && b.X0 > border && b.Y0 > border && b.X1 < w-border && b.Y1 < h-border
}

// horizon returns the row of the horizon in the view.
func (v *pictureView) horizon() float64 {
	return v.to.Cy - v.to.Fy*math.Tan(v.to.Mount.Pitch)
}

// unmirror mirrors a detection of a mirrored view back.
func (v *pictureView) unmirror(d *perception.Detection) {
	w := float64(v.to.Width)
	d.Box.X0, d.Box.X1 = w-d.Box.X1, w-d.Box.X0
	axis := v.to.Mount.Yaw
	d.Bearing, d.Heading = geom.WrapAngle(2*axis-d.Bearing), geom.WrapAngle(2*axis-d.Heading)
	locate(d, &v.to)
}

// locate sets the position of a detection from its bearing and distance.
func locate(d *perception.Detection, cal *sensor.Camera) {
	d.Pos = geom.Vec{X: cal.Mount.X, Y: cal.Mount.Y}.Add(geom.Unit(d.Bearing).Scale(d.Distance))
}

// fusedOverlap is the IoU from which detections of different views are those of one object.
const fusedOverlap = .4

// detections appends the fused detections with at least a score, by falling score.
func (f *fusion) detections(dst []perception.Detection, views []pictureView, minScore float64) []perception.Detection {
	if len(views) == 1 {
		return append(dst, f.all...)
	}
	slices.SortStableFunc(f.all, func(a, b perception.Detection) int { return cmp.Compare(b.Score, a.Score) })
	f.groups = f.groups[:0]
	for i := range f.all {
		f.join(&f.all[i])
	}
	for i := range f.groups {
		if d := f.groups[i].fused(views); d.Score >= minScore {
			dst = append(dst, d)
		}
	}
	return suppress(dst)
}

// join adds a detection to the group that it overlaps most, or to a new one.
func (f *fusion) join(d *perception.Detection) {
	best, most := -1, fusedOverlap
	for i := range f.groups {
		g := &f.groups[i]
		if o := g.Box.IoU(d.Box); o > most && g.Class.IsSignal() == d.Class.IsSignal() {
			best, most = i, o
		}
	}
	if best < 0 {
		best = len(f.groups)
		f.groups = append(f.groups, group{Detection: *d})
	}
	g := &f.groups[best]
	w := d.Score * d.Score
	g.weight += w
	t := w / g.weight
	for _, v := range [...]struct {
		to   *float64
		from float64
	}{
		{&g.Box.X0, d.Box.X0}, {&g.Box.Y0, d.Box.Y0}, {&g.Box.X1, d.Box.X1}, {&g.Box.Y1, d.Box.Y1},
		{&g.Distance, d.Distance}, {&g.DistanceStd, d.DistanceStd},
	} {
		*v.to += t * (v.from - *v.to)
	}
	g.Bearing = geom.WrapAngle(g.Bearing + t*geom.WrapAngle(d.Bearing-g.Bearing))
	g.heading = g.heading.Add(geom.Unit(d.Heading).Scale(w))
	g.scores[d.Class] += d.Score
}

// fused returns the detection of a group: the class with the most score.
func (g *group) fused(views []pictureView) perception.Detection {
	d := g.Detection
	for c, s := range g.scores {
		if s > g.scores[d.Class] {
			d.Class = perception.Class(c)
		}
	}
	shown := 0
	for i := range views {
		x, y, ok := views[i].FromPicture((d.Box.X0+d.Box.X1)/2, (d.Box.Y0+d.Box.Y1)/2)
		if !ok || !views[i].Seen(x, y) {
			continue
		}
		if b, ok := views[i].BoxFromPicture(d.Box); ok && views[i].suits(&b) {
			shown++
		}
	}
	d.Score = math.Min(1, g.scores[d.Class]/float64(max(shown, 1)))
	d.Heading = math.Atan2(g.heading.Y, g.heading.X)
	locate(&d, &views[0].to)
	return d
}
