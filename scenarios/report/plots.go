package report

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"roadloop/scenarios"
)

// plots draws over time what there is of speed, gap and lateral error.
func plots(samples []scenarios.Sample) ([]template.HTML, error) {
	var out []template.HTML
	for _, p := range []struct {
		title string
		value func(*scenarios.Sample) (float64, bool)
	}{
		{"speed, km/h", func(s *scenarios.Sample) (float64, bool) { return 3.6 * s.Speed, true }},
		{"gap ahead, m", func(s *scenarios.Sample) (float64, bool) { return s.Gap, s.Gap >= 0 }},
		{"lateral error, m", func(s *scenarios.Sample) (float64, bool) { return s.LateralError, true }},
	} {
		if !slices.ContainsFunc(samples, func(s scenarios.Sample) bool { _, ok := p.value(&s); return ok }) {
			continue // nothing was ahead all the way
		}
		svg, err := curve(p.title, samples, p.value)
		if err != nil {
			return nil, err
		}
		out = append(out, svg)
	}
	return out, nil
}

// curve draws one measure over time as an SVG element. Where the measure is not
// defined the line is interrupted.
func curve(title string, samples []scenarios.Sample, value func(*scenarios.Sample) (float64, bool)) (template.HTML, error) {
	p := plot.New()
	p.Title.Text = title
	p.X.Min, p.X.Max = 0, 1
	p.Add(plotter.NewGrid())
	var run plotter.XYs
	flush := func() error {
		if len(run) < 2 {
			run = nil
			return nil
		}
		l, err := plotter.NewLine(run)
		if err != nil {
			return err
		}
		l.Color, l.Width = color.RGBA{0, 114, 178, 255}, vg.Points(1.5)
		p.Add(l)
		run = nil
		return nil
	}
	for i := range samples {
		v, ok := value(&samples[i])
		if ok {
			run = append(run, plotter.XY{X: samples[i].Time, Y: v})
			continue
		}
		if err := flush(); err != nil {
			return "", fmt.Errorf("%s: %w", title, err)
		}
	}
	if err := flush(); err != nil {
		return "", fmt.Errorf("%s: %w", title, err)
	}
	if n := len(samples); n > 0 {
		p.X.Max = samples[n-1].Time
	}
	canvas := vgsvg.New(9*vg.Centimeter, 4.6*vg.Centimeter)
	p.Draw(draw.New(canvas))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return "", fmt.Errorf("%s: %w", title, err)
	}
	// Inside HTML the element stands without its XML declaration.
	_, svg, _ := strings.Cut(b.String(), "<svg")
	return template.HTML("<svg" + svg), nil
}
