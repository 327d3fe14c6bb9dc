// Package chart draws line charts as SVG for web pages, in the colors of package palette.
package chart

import (
	_ "embed"
	"fmt"
	"math"
	"strings"
)

var (
	// HTML defines the template "chart" of package html/template, for a *Chart.
	//
	//go:embed chart.html
	HTML string
	// Style is its style sheet.
	//
	//go:embed chart.css
	Style string
)

// Chart is a plot of one quantity over another one. Both axes begin at 0.
type Chart struct {
	Title string
	X, Y  string // of the axes
	Lines []Line
	// Diagonal draws the line from the origin to the opposite corner.
	Diagonal bool
	// End is the end of the y axis; 0 means 1.
	End float64
}

// Line is a named line of a chart.
type Line struct {
	Name   string
	Color  string // custom property of the style sheet
	Mark   Mark
	Dashed bool // the color is that of another line
	Points []Point
}

// Point is a point of a line, in the units of the axes.
type Point struct{ X, Y float64 }

// Add appends a point to the named line.
func (c *Chart) Add(name string, x, y float64) {
	l := c.Line(name)
	l.Points = append(l.Points, Point{x, y})
}

// Line returns the named line and creates it if needed.
func (c *Chart) Line(name string) *Line {
	for i := range c.Lines {
		if c.Lines[i].Name == name {
			return &c.Lines[i]
		}
	}
	// When the colors repeat, lines are dashed and the marks are shifted by one.
	n := len(c.Lines)
	c.Lines = append(c.Lines, Line{Name: name, Color: Color(name, n), Mark: Mark((n + n/len(series)) % len(marks)), Dashed: n/len(series)%2 == 1})
	return &c.Lines[len(c.Lines)-1]
}

// classes have fixed colors; series are the colors of other lines, by index.
var (
	classes = []string{"car", "truck", "pedestrian", "cyclist", "cone", "signal red", "signal amber", "signal green"}
	series  = []string{"belief", "pedestrian", "plan", "cyclist", "ego", "truck", "cone", "truth"}
)

// Color returns the custom property of the color of a line: that of a class of road users
// of this name, or the one with the index.
func Color(name string, i int) string {
	for _, c := range classes {
		if c == name {
			return strings.ReplaceAll(name, " ", "-")
		}
	}
	return series[i%len(series)]
}

// Mark is the shape of a line's points, which distinguishes lines of one color.
type Mark int

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
func (m Mark) Path() string { return marks[m] }

// Size of a chart and of the margins around its area, px.
const (
	chartWidth, chartHeight = 440.0, 250.0
	leftMargin, rightMargin = 62.0, 22.0
	topMargin, bottomMargin = 10.0, 42.0
	fewPoints               = 20 // maximum number of points for which each is marked
	areaWidth               = chartWidth - leftMargin - rightMargin
	areaHeight              = chartHeight - topMargin - bottomMargin
)

// Width returns the width of the chart, px.
func (c *Chart) Width() float64 { return chartWidth }

// Height returns the height of the chart, px.
func (c *Chart) Height() float64 { return chartHeight }

// tick is a labeled position on an axis.
type tick struct {
	At   float64 // px
	Text string
}

// end returns the maximum x of the axis.
func (c *Chart) end() float64 {
	end := 0.0
	for _, l := range c.Lines {
		for _, p := range l.Points {
			end = math.Max(end, p.X)
		}
	}
	return AxisEnd(end)
}

// AxisEnd returns the end of an axis with about five ticks for values up to a largest one.
func AxisEnd(largest float64) float64 {
	step := stepOf(largest)
	return math.Max(step, math.Ceil(largest/step-1e-9)*step)
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
func (c *Chart) XTicks() (out []tick) {
	end := c.end()
	step := stepOf(end)
	for i := 0; float64(i)*step <= end+1e-9; i++ {
		x := float64(i) * step
		out = append(out, tick{c.x(x), fmt.Sprintf("%.4g", x)})
	}
	return out
}

// YTicks returns the ticks of the left axis.
func (c *Chart) YTicks() (out []tick) {
	if c.End == 0 {
		for i := range 6 {
			y := float64(i) / 5
			out = append(out, tick{c.y(y), fmt.Sprintf("%.1f", y)})
		}
		return out
	}
	step := stepOf(c.End)
	for i := 0; float64(i)*step <= c.End+1e-9; i++ {
		out = append(out, tick{c.y(float64(i) * step), fmt.Sprintf("%.4g", float64(i)*step)})
	}
	return out
}

func (c *Chart) x(v float64) float64 { return leftMargin + areaWidth*v/c.end() }
func (c *Chart) y(v float64) float64 { return topMargin + areaHeight*(1-v/c.top()) }

// top returns the end of the y axis.
func (c *Chart) top() float64 {
	if c.End == 0 {
		return 1
	}
	return c.End
}

// Left is the position of the left edge of the plot area, px.
func (c *Chart) Left() float64 { return leftMargin }

// Right is the position of the right edge of the plot area, px.
func (c *Chart) Right() float64 { return chartWidth - rightMargin }

// Top is the position of the upper edge of the plot area, px.
func (c *Chart) Top() float64 { return topMargin }

// Bottom is the position of the lower edge of the plot area, px.
func (c *Chart) Bottom() float64 { return chartHeight - bottomMargin }

// Middle is the position of the middle of the plot area from the left, px.
func (c *Chart) Middle() float64 { return leftMargin + areaWidth/2 }

// Center is the position of the middle of the plot area from the top, px.
func (c *Chart) Center() float64 { return topMargin + areaHeight/2 }

// Path returns the path of a line.
func (c *Chart) Path(l Line) string {
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
func (c *Chart) Dots(l Line) (out []dot) {
	for i, p := range l.Points {
		if len(l.Points) <= fewPoints || i == len(l.Points)-1 {
			out = append(out, dot{c.x(p.X), c.y(p.Y), fmt.Sprintf("%s: %s %.3g, %s %.3f", l.Name, c.X, p.X, c.Y, p.Y)})
		}
	}
	return out
}
