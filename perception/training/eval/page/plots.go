package page

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"roadloop/perception/training/eval"
)

// line is a named line of a plot.
type line struct {
	name   string
	points plotter.XYs
}

// chart is a plot in the making.
type chart struct {
	title, x, y string
	lines       []line
	// diagonal draws what would be perfect.
	diagonal bool
}

// plots draws what one would rather look at.
func plots(r *eval.Report) ([]template.HTML, error) {
	charts := []chart{precision(r), byDistance(r), byHeight(r), reliability(r)}
	if r.Robustness != nil {
		charts = append(charts, corruptions(r.Robustness))
	}
	var out []template.HTML
	for i := range charts {
		svg, err := charts[i].draw()
		if err != nil {
			return nil, fmt.Errorf("plot of %s: %w", charts[i].title, err)
		}
		out = append(out, svg)
	}
	return out, nil
}

// precision is precision over recall of the classes.
func precision(r *eval.Report) chart {
	c := chart{title: "precision over recall, IoU 0.5", x: "recall", y: "precision"}
	for _, k := range r.Curves {
		l := line{name: k.Class}
		for i := range k.Recall {
			l.points = append(l.points, plotter.XY{X: k.Recall[i], Y: k.Precision[i]})
		}
		c.lines = append(c.lines, l)
	}
	return c
}

// byDistance is AP50 over the distance of road users.
func byDistance(r *eval.Report) chart {
	c := chart{title: "AP50 by distance", x: "m", y: "AP50"}
	for i := range r.Bands {
		b := &r.Bands[i]
		c.add(b.Class, (b.Range.Near+b.Range.Far)/2, b.AP50)
	}
	return c
}

// byHeight is AP50 over the height of boxes.
func byHeight(r *eval.Report) chart {
	c := chart{title: "AP50 by height in the image", x: "px", y: "AP50"}
	for _, h := range r.Heights {
		c.add(h.Class, (h.Pixels.Near+min(h.Pixels.Far, 100))/2, h.AP50)
	}
	return c
}

// add appends a point to the line of that name.
func (c *chart) add(name string, x float64, y *float64) {
	if len(c.lines) == 0 || c.lines[len(c.lines)-1].name != name {
		c.lines = append(c.lines, line{name: name})
	}
	if y != nil {
		l := &c.lines[len(c.lines)-1]
		l.points = append(l.points, plotter.XY{X: x, Y: *y})
	}
}

// reliability is how often detections are right by what they say.
func reliability(r *eval.Report) chart {
	c := chart{title: "reliability", x: "score", y: "share that is right", diagonal: true}
	l := line{name: "detections"}
	for _, b := range r.Calibration.Bins {
		if b.Detections > 0 {
			l.points = append(l.points, plotter.XY{X: b.Score, Y: b.Precision})
		}
	}
	c.lines = append(c.lines, l)
	return c
}

// corruptions is AP50 over severity.
func corruptions(r *eval.Robustness) chart {
	c := chart{title: "AP50 under corruption", x: "severity", y: "AP50"}
	for _, k := range r.Kinds {
		c.add(string(k.Kind), 0, r.Clean.AP50)
		for i, s := range k.Severities {
			c.add(string(k.Kind), float64(i+1), s.AP50)
		}
	}
	return c
}

// draw returns the chart as an SVG element.
func (c *chart) draw() (template.HTML, error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = c.title, c.x, c.y
	p.Y.Min, p.Y.Max = 0, 1
	p.X.Min, p.X.Max = 0, 1
	p.Add(plotter.NewGrid())
	if c.diagonal {
		d := plotter.NewFunction(func(x float64) float64 { return x })
		d.Dashes = plotutil.Dashes(1)
		p.Add(d)
	}
	for i, l := range c.lines {
		if len(l.points) == 0 {
			continue
		}
		drawn, dots, err := plotter.NewLinePoints(l.points)
		if err != nil {
			return "", fmt.Errorf("%s: %w", l.name, err)
		}
		drawn.Color, dots.Color = plotutil.SoftColors[i%len(plotutil.SoftColors)], plotutil.SoftColors[i%len(plotutil.SoftColors)]
		drawn.Width, drawn.Dashes = vg.Points(1.5), plotutil.Dashes(i/len(plotutil.SoftColors))
		p.Add(drawn)
		if len(l.points) < 20 {
			dots.Shape = plotutil.Shape(i)
			p.Add(dots)
		}
		if len(c.lines) > 1 {
			p.Legend.Add(l.name, drawn)
		}
	}
	p.Legend.Left, p.Legend.XOffs = true, vg.Points(4)
	canvas := vgsvg.New(15*vg.Centimeter, 10*vg.Centimeter)
	p.Draw(draw.New(canvas))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return "", err
	}
	// Inside HTML the element stands without its XML declaration.
	_, svg, _ := strings.Cut(b.String(), "<svg")
	return template.HTML("<svg" + svg), nil
}
