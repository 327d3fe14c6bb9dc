package eval

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"slices"
	"strings"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/training/synth"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// mistake is a mistake with its image.
type mistake struct {
	Mistake
	Picture       template.URL // JPEG of the frame
	Width, Height int          // px
	Shapes        []shape
	Labels        []tag
}

// shape is a box or a line on the frame, px. Class is a CSS class: the class of an
// object, found, truth or mistake.
type shape struct {
	Class      string
	X, Y, W, H float64 // of a box
	Points     string  // of a line; "" for a box
	Text       string
}

func newBox(class string, b *perception.Box, text string) shape {
	return shape{Class: class, X: b.X0, Y: b.Y0, W: math.Max(1, b.X1-b.X0), H: math.Max(1, b.Y1-b.Y0), Text: text}
}

// tag is a text on the frame, px.
type tag struct {
	Class      string
	X, Y, W, H float64 // of the background, from its upper left corner
	Text       string
}

// Base returns the y of the text's baseline.
func (t tag) Base() float64 { return t.Y + t.H - 2.6 }

// TextWidth returns the width of the text.
func (t tag) TextWidth() float64 { return t.W - 4 }

// picture draws a mistake: the frame, the evaluated detections in the colors of the classes,
// the truth, and the mistake.
func (w *frameEvaluator) picture(m *Mistake) (mistake, error) {
	f, err := w.find(m.Frame)
	if err != nil {
		return mistake{}, err
	}
	out := mistake{Mistake: *m, Width: f.Camera.Width, Height: f.Camera.Height}
	if out.Picture, err = jpegURL(f); err != nil {
		return mistake{}, err
	}
	out.drawFound(f, w.found.Boundaries, w.evaluated(nil, f))
	out.drawTruth(f)
	return out, nil
}

// jpegURL returns a frame as a JPEG data URL.
func jpegURL(f *synth.Frame) (template.URL, error) {
	w, h := f.Camera.Width, f.Camera.Height
	im := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		im.SetRGBA(i%w, i/w, color.RGBA{f.Image.RGB[3*i], f.Image.RGB[3*i+1], f.Image.RGB[3*i+2], 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, &jpeg.Options{Quality: 90}); err != nil {
		return "", err
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}

// onFrame maps an evaluated box to the image of the frame; ok is false if it does not show
// the box.
func onFrame(f *synth.Frame, b perception.Box) (out perception.Box, ok bool) {
	if f.Picture == nil {
		return b, true
	}
	return f.Picture.View.BoxFromPicture(b)
}

// drawFound adds the boundaries, and the detections with the driver's threshold. It reorders
// the list.
func (m *mistake) drawFound(f *synth.Frame, lines []perception.Boundary, list []perception.Detection) {
	for i := range lines {
		m.line("found", f.Camera, lines[i].Points)
	}
	slices.SortStableFunc(list, func(a, b perception.Detection) int { return cmp.Compare(b.Score, a.Score) })
	for i := range list {
		d := &list[i]
		box, shown := onFrame(f, d.Box)
		if !shown || d.Score < inference.DefaultMinScore {
			continue
		}
		class := strings.ReplaceAll(d.Class.String(), " ", "-")
		text := fmt.Sprintf("%s %.2f, %.0f m", d.Class, d.Score, d.Distance)
		m.Shapes = append(m.Shapes, newBox(class, &box, text))
		m.label(class, &box, fmt.Sprintf("%s %.2f", d.Class, d.Score))
	}
}

// drawTruth adds the related truth and the mistake.
func (m *mistake) drawTruth(f *synth.Frame) {
	if m.Class == "" { // lane boundary
		for side := range f.Lanes {
			m.line("truth", f.Actual, f.Lanes[side])
		}
		return
	}
	for _, t := range Truths(nil, f) {
		if box, shown := onFrame(f, t.Box); shown && !t.Ignore {
			text := fmt.Sprintf("truth: %s", t.Class)
			if !math.IsNaN(t.Distance) {
				text += fmt.Sprintf(", %.0f m", t.Distance)
			}
			m.Shapes = append(m.Shapes, newBox("truth", &box, text))
		}
	}
	if box, shown := onFrame(f, m.Box); shown {
		const margin = 2 // px
		around := perception.Box{X0: box.X0 - margin, Y0: box.Y0 - margin, X1: box.X1 + margin, Y1: box.Y1 + margin}
		m.Shapes = append(m.Shapes, newBox("mistake", &around, m.Kind))
	}
}

// line adds a line through points on the ground, given in the vehicle frame.
func (m *mistake) line(class string, cal *sensor.Camera, pts []geom.Vec) {
	var b strings.Builder
	for _, p := range pts {
		if u, v, _, ok := cal.Project(p.X, p.Y, 0); ok {
			fmt.Fprintf(&b, "%.1f,%.1f ", u, v)
		}
	}
	if b.Len() > 0 {
		m.Shapes = append(m.Shapes, shape{Class: class, Points: b.String()})
	}
}

// Sizes of the text of labels in a frame, px.
const (
	letter = 4.6 // mean width
	row    = 10.0
)

// label adds a label next to a box at a free position: above, below or inside it. A
// label without a free position is omitted; the box has a tooltip.
func (m *mistake) label(class string, b *perception.Box, text string) {
	w := letter*float64(len(text)) + 4
	x := max(0, min(b.X0, float64(m.Width)-w))
	for _, y := range []float64{b.Y0 - row - .5, b.Y1 + .5, b.Y0 + .5} {
		l := tag{class, x, y, w, row, text}
		if y >= 0 && y+row <= float64(m.Height) && !slices.ContainsFunc(m.Labels, l.overlaps) {
			m.Labels = append(m.Labels, l)
			return
		}
	}
}

// overlaps reports whether two labels share a pixel.
func (t tag) overlaps(o tag) bool {
	return t.X < o.X+o.W && o.X < t.X+t.W && t.Y < o.Y+o.H && o.Y < t.Y+t.H
}
