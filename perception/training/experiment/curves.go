package experiment

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"

	"github.com/dustin/go-humanize/english"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// StudyMeasure is a metric for the comparison of arms; its function reports whether a
// value exists.
type StudyMeasure struct {
	Name string
	Of   func(*ArmResult) (float64, bool)
}

// MeanAP50 returns the mean average precision over all classes as a measure.
func MeanAP50() StudyMeasure {
	return StudyMeasure{"AP50, mean over classes", func(r *ArmResult) (float64, bool) { return value(r.MeanAP50) }}
}

// AP50 returns the average precision of a class as a measure.
func AP50(class string) StudyMeasure {
	return StudyMeasure{"AP50 " + class, func(r *ArmResult) (float64, bool) { return value(r.Measures.AP50[class]) }}
}

// RealAP50 returns the average precision of a class on the study's data set as a measure.
func RealAP50(class string) StudyMeasure {
	return StudyMeasure{"AP50 " + class + " on the data set", func(r *ArmResult) (float64, bool) {
		if r.Real == nil {
			return 0, false
		}
		return value(r.Real.AP50[class])
	}}
}

func value(v *float64) (float64, bool) {
	if v == nil {
		return 0, false
	}
	return *v, true
}

// CurvePoint is a point of a curve: mean and standard deviation over seeds.
type CurvePoint struct {
	Labels    int64   `json:"labels"`
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"` // 0 for a single seed
	Seeds     int     `json:"seeds"`
}

// Curve is a measure of a group over the number of labels.
type Curve struct {
	Group  string       `json:"group"`
	Points []CurvePoint `json:"points"` // by rising labels
}

// Curves groups results, in the order in which groups first appear.
func Curves(results []ArmResult, m StudyMeasure) []Curve {
	var out []Curve
	for i := range results {
		g := results[i].Group
		if !slices.ContainsFunc(out, func(c Curve) bool { return c.Group == g }) {
			out = append(out, Curve{Group: g, Points: points(results, g, m)})
		}
	}
	return out
}

// points returns the points of a group's curve.
func points(results []ArmResult, group string, m StudyMeasure) []CurvePoint {
	values := make(map[int64][]float64)
	var labels []int64
	for i := range results {
		r := &results[i]
		v, ok := m.Of(r)
		if r.Group != group || !ok {
			continue
		}
		if len(values[r.Labels]) == 0 {
			labels = append(labels, r.Labels)
		}
		values[r.Labels] = append(values[r.Labels], v)
	}
	slices.Sort(labels)
	var out []CurvePoint
	for _, n := range labels {
		mean, deviation := spread(values[n])
		out = append(out, CurvePoint{n, mean, deviation, len(values[n])})
	}
	return out
}

// spread returns mean and sample standard deviation.
func spread(v []float64) (mean, deviation float64) {
	for _, x := range v {
		mean += x / float64(len(v))
	}
	if len(v) < 2 {
		return mean, 0
	}
	for _, x := range v {
		deviation += (x - mean) * (x - mean) / float64(len(v)-1)
	}
	return mean, math.Sqrt(deviation)
}

// WriteCurves writes curves as a table: a row for each group, a column for each number
// of labels.
func WriteCurves(w io.Writer, m StudyMeasure, curves []Curve) error {
	var labels []int64
	for _, c := range curves {
		for _, p := range c.Points {
			if !slices.Contains(labels, p.Labels) {
				labels = append(labels, p.Labels)
			}
		}
	}
	slices.Sort(labels)
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprint(t, m.Name)
	for _, n := range labels {
		fmt.Fprintf(t, "\t%s", english.Plural(int(n), "frame", ""))
	}
	fmt.Fprintln(t)
	for _, c := range curves {
		fmt.Fprint(t, c.Group)
		for _, n := range labels {
			fmt.Fprint(t, "\t")
			for _, p := range c.Points {
				if p.Labels == n {
					fmt.Fprintf(t, "%.3f ± %.3f", p.Mean, p.Deviation)
				}
			}
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// PlotCurves draws curves as SVG: labels on an axis, error bars of one standard deviation.
// The axis is logarithmic, without points at 0 labels, if it shows several numbers of labels.
func PlotCurves(m StudyMeasure, curves []Curve) ([]byte, error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text = m.Name, "labeled frames"
	logarithmic := severalLabels(curves)
	if logarithmic {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
	p.Y.Min = 0
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	for i, c := range curves {
		var at bars
		for _, q := range c.Points {
			if q.Labels > 0 || !logarithmic {
				at.XYs = append(at.XYs, plotter.XY{X: float64(q.Labels), Y: q.Mean})
				at.YErrors = append(at.YErrors, struct{ Low, High float64 }{q.Deviation, q.Deviation})
			}
		}
		if len(at.XYs) == 0 {
			continue
		}
		line, dots, err := plotter.NewLinePoints(at.XYs)
		if err != nil {
			return nil, fmt.Errorf("plot of %s: %w", c.Group, err)
		}
		whiskers, err := plotter.NewYErrorBars(at)
		if err != nil {
			return nil, fmt.Errorf("plot of %s: %w", c.Group, err)
		}
		color := plotutil.Color(i)
		line.Color, dots.Color, whiskers.Color = color, color, color
		dots.Shape = plotutil.Shape(i)
		p.Add(line, dots, whiskers)
		p.Legend.Add(c.Group, line, dots)
	}
	canvas := vgsvg.New(18*vg.Centimeter, 11*vg.Centimeter)
	p.Draw(draw.New(canvas))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("plot of %s: %w", m.Name, err)
	}
	return b.Bytes(), nil
}

// severalLabels reports whether curves have points at several numbers of labels above 0.
func severalLabels(curves []Curve) bool {
	first := int64(0)
	for _, c := range curves {
		for _, p := range c.Points {
			if first > 0 && p.Labels > 0 && p.Labels != first {
				return true
			}
			first = max(first, p.Labels)
		}
	}
	return false
}

// bars holds points with error bars.
type bars struct {
	plotter.XYs
	plotter.YErrors
}
