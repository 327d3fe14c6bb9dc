package eval

import (
	"fmt"
	"math"
	"strings"
)

// chart is a plot of shares, 0 to 1, over a quantity.
type chart struct {
	Title string
	X, Y  string // of the axes
	Lines []line
	// Diagonal draws the line of perfect values.
	Diagonal bool
}

// line is a named line of a chart.
type line struct {
	Name   string
	Color  string // custom property of the style sheet
	Mark   mark
	Points []point
}

type point struct{ X, Y float64 }

// charts returns the plots of a report. Lines without points and charts without lines
// are omitted.
func charts(r *Report) []chart {
	all := []chart{precision(r), byDistance(r), byHeight(r), reliability(r)}
	if r.Robustness != nil {
		all = append(all, corruptions(r.Robustness))
	}
	var out []chart
	for _, c := range all {
		var lines []line
		for _, l := range c.Lines {
			if len(l.Points) > 0 {
				lines = append(lines, l)
			}
		}
		if c.Lines = lines; len(lines) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// precision plots precision over recall by class.
func precision(r *Report) chart {
	c := chart{Title: "Precision over recall, IoU 0.5", X: "recall", Y: "precision"}
	for _, k := range r.Curves {
		l := c.line(k.Class)
		for i := range k.Recall {
			l.Points = append(l.Points, point{k.Recall[i], k.Precision[i]})
		}
	}
	return c
}

// byDistance plots AP50 over the distance of road users.
func byDistance(r *Report) chart {
	c := chart{Title: "AP50 by distance", X: "distance, m", Y: "AP50"}
	for i := range r.Bands {
		b := &r.Bands[i]
		if b.Range == nil {
			continue
		}
		c.add(b.Class, (b.Range.Near+b.Range.Far)/2, b.AP50)
	}
	return c
}

// byHeight plots AP50 over the height of boxes.
func byHeight(r *Report) chart {
	c := chart{Title: "AP50 by height in the image", X: "height, px", Y: "AP50"}
	for _, h := range r.Heights {
		c.add(h.Class, (h.Pixels.Near+min(h.Pixels.Far, 100))/2, h.AP50)
	}
	return c
}

// reliability plots the share of right detections over their score.
func reliability(r *Report) chart {
	c := chart{Title: "Reliability of scores", X: "score", Y: "share of right detections", Diagonal: true}
	for _, b := range r.Calibration.Bins {
		if b.Detections > 0 {
			c.add("detections", b.Score, &b.Precision)
		}
	}
	return c
}

// corruptions plots AP50 over severity.
func corruptions(r *Robustness) chart {
	c := chart{Title: "AP50 under corruption", X: "severity", Y: "AP50"}
	for _, k := range r.Kinds {
		c.add(string(k.Kind), 0, r.Clean.AP50)
		for i, s := range k.Severities {
			c.add(string(k.Kind), float64(i+1), s.AP50)
		}
	}
	return c
}

// add appends a point to the named line, unless y is nil.
func (c *chart) add(name string, x float64, y *float64) {
	if y != nil {
		l := c.line(name)
		l.Points = append(l.Points, point{x, *y})
	}
}

// line returns the named line and creates it if needed.
func (c *chart) line(name string) *line {
	for i := range c.Lines {
		if c.Lines[i].Name == name {
			return &c.Lines[i]
		}
	}
	// When the colors repeat, the marks are shifted by one.
	n := len(c.Lines)
	c.Lines = append(c.Lines, line{Name: name, Color: colorOf(name, n), Mark: mark((n + n/len(series)) % len(marks))})
	return &c.Lines[len(c.Lines)-1]
}

// classes have fixed colors; series are the colors of other lines, by index.
var (
	classes = []string{"car", "truck", "pedestrian", "cyclist", "cone", "signal red", "signal amber", "signal green"}
	series  = []string{"belief", "pedestrian", "plan", "cyclist", "ego", "truck", "cone", "truth"}
)

// colorOf returns the custom property of a line's color.
func colorOf(name string, i int) string {
	for _, c := range classes {
		if c == name {
			return strings.ReplaceAll(name, " ", "-")
		}
	}
	return series[i%len(series)]
}

// mark is the shape of a line's points, which distinguishes lines of one color.
type mark int

// marks are the shapes as paths around the origin, px.
var marks = [...]string{
	"M-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0Z", // disc
	"M-3-3h6v6h-6Z",              // square
	"M0-4.2L4 3.2h-8Z",           // triangle
	"M0-4.4L4.4 0L0 4.4L-4.4 0Z", // diamond
	"M0 4.2L4-3.2h-8Z",           // triangle that points down
	"M-1.3-4h2.6v2.7h2.7v2.6h-2.7v2.7h-2.6v-2.7h-2.7v-2.6h2.7Z", // plus
	"M-4-2h8v4h-8Z", // wide bar
	"M-2-4h4v8h-4Z", // high bar
}

// Path returns the outline of the mark.
func (m mark) Path() string { return marks[m] }

// Size of a chart and of the margins around its area, px.
const (
	chartWidth, chartHeight = 440.0, 250.0
	leftMargin, rightMargin = 46.0, 22.0
	topMargin, bottomMargin = 10.0, 42.0
	fewPoints               = 20 // maximum number of points for which each is marked
	areaWidth               = chartWidth - leftMargin - rightMargin
	areaHeight              = chartHeight - topMargin - bottomMargin
)

// Width returns the width of the chart, px.
func (c *chart) Width() float64 { return chartWidth }

// Height returns the height of the chart, px.
func (c *chart) Height() float64 { return chartHeight }

// tick is a labeled position on an axis.
type tick struct {
	At   float64 // px
	Text string
}

// end returns the maximum x of the axis.
func (c *chart) end() float64 {
	end := 0.0
	for _, l := range c.Lines {
		for _, p := range l.Points {
			end = math.Max(end, p.X)
		}
	}
	step := stepOf(end)
	return math.Max(step, math.Ceil(end/step-1e-9)*step)
}

// stepOf returns the distance of about five ticks up to end: 1, 2 or 5 times a power
// of ten.
func stepOf(end float64) float64 {
	if end <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(end/5)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= end/5 {
			return m * power
		}
	}
	return 10 * power
}

// XTicks returns the ticks of the bottom axis.
func (c *chart) XTicks() (out []tick) {
	end := c.end()
	step := stepOf(end)
	for i := 0; float64(i)*step <= end+1e-9; i++ {
		x := float64(i) * step
		out = append(out, tick{c.x(x), fmt.Sprintf("%.4g", x)})
	}
	return out
}

// YTicks returns the ticks of the left axis.
func (c *chart) YTicks() (out []tick) {
	for i := range 6 {
		y := float64(i) / 5
		out = append(out, tick{c.y(y), fmt.Sprintf("%.1f", y)})
	}
	return out
}

func (c *chart) x(v float64) float64 { return leftMargin + areaWidth*v/c.end() }
func (c *chart) y(v float64) float64 { return topMargin + areaHeight*(1-v) }

// Left, Right, Top, Bottom and Middle are positions of the plot area, px.
func (c *chart) Left() float64   { return leftMargin }
func (c *chart) Right() float64  { return chartWidth - rightMargin }
func (c *chart) Top() float64    { return topMargin }
func (c *chart) Bottom() float64 { return chartHeight - bottomMargin }
func (c *chart) Middle() float64 { return leftMargin + areaWidth/2 }

// Path returns the path of a line.
func (c *chart) Path(l line) string {
	var b strings.Builder
	for i, p := range l.Points {
		fmt.Fprintf(&b, "%c%.1f %.1f", "ML"[min(i, 1)], c.x(p.X), c.y(p.Y))
	}
	return b.String()
}

// dot is a marked point with its tooltip.
type dot struct {
	X, Y float64 // px
	Text string
}

// Dots returns the marked points: all points if there are few, otherwise the last
// one.
func (c *chart) Dots(l line) (out []dot) {
	for i, p := range l.Points {
		if len(l.Points) <= fewPoints || i == len(l.Points)-1 {
			out = append(out, dot{c.x(p.X), c.y(p.Y), fmt.Sprintf("%s: %s %.3g, %s %.3f", l.Name, c.X, p.X, c.Y, p.Y)})
		}
	}
	return out
}
