// Package page shows an evaluation as a web page that needs nothing else: tables,
// plots, and pictures of the worst mistakes.
package page

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/jpeg"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/overlay"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/stream"
	"roadloop/sim/sensor"
)

//go:embed page.html
var text string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"number":  func(v *float64) string { return show(v, "%.3f", 1) },
	"percent": func(v *float64) string { return show(v, "%.1f %%", 100) },
	"meters":  func(v *float64) string { return show(v, "%.2f m", 1) },
}).Parse(text))

// show prints what could be measured.
func show(v *float64, format string, scale float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf(format, scale**v)
}

// Page is what a page shows.
type Page struct {
	Title  string
	Report *eval.Report
	// Engine and Frames make the mistakes again, for their pictures.
	Engine inference.Engine
	Frames eval.Frames
}

// content is what the template reads.
type content struct {
	Title    string
	Report   *eval.Report
	Plots    []template.HTML
	Mistakes []mistake
	Lights   []string
}

// mistake is one with its picture.
type mistake struct {
	eval.Miss
	Picture template.URL // JPEG
}

// Render returns the page as HTML.
func (p *Page) Render() ([]byte, error) {
	c := content{Title: p.Title, Report: p.Report, Lights: []string{"red", "amber", "green"}}
	var err error
	if c.Plots, err = plots(p.Report); err != nil {
		return nil, fmt.Errorf("page of the evaluation: %w", err)
	}
	for _, m := range p.Report.Worst {
		picture, err := p.picture(&m)
		if err != nil {
			return nil, fmt.Errorf("page of the evaluation: picture of frame %d: %w", m.Frame, err)
		}
		c.Mistakes = append(c.Mistakes, mistake{m, picture})
	}
	var b bytes.Buffer
	if err := page.Execute(&b, &c); err != nil {
		return nil, fmt.Errorf("page of the evaluation: %w", err)
	}
	return b.Bytes(), nil
}

// picture draws a mistake: what the network found in its colors, the truth in white,
// the mistake framed in red.
func (p *Page) picture(m *eval.Miss) (template.URL, error) {
	f, err := p.Frames.Frame(m.Frame)
	if err != nil {
		return "", err
	}
	c := p.Engine.Config()
	input, heads := make([]float32, c.ImageSize()), make([]float32, c.HeadSize())
	network.Scale(input, f.Image.RGB)
	if err := p.Engine.Infer(input, heads); err != nil {
		return "", err
	}
	var found perception.Image
	inference.Decode(heads, f.Camera, &found)
	im := overlay.Picture(&sensor.Frame{Cal: f.Camera, Pix: f.Image.RGB}, &found)
	mark(im, f, m)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, &jpeg.Options{Quality: 85}); err != nil {
		return "", err
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}

// mark draws the truth that belongs to a mistake, and the mistake.
func mark(im *image.RGBA, f *stream.Frame, m *eval.Miss) {
	white, red := color.RGBA{255, 255, 255, 255}, color.RGBA{255, 40, 40, 255}
	if m.Class == "" { // of lane boundaries
		for side := range f.Lanes {
			overlay.Ground(im, f.Actual, f.Lanes[side], white)
		}
		return
	}
	for _, t := range eval.Truths(nil, f) {
		if !t.Ignore {
			overlay.Frame(im, &t.Box, white)
		}
	}
	const margin = 2 // px
	around := perception.Box{X0: m.Box.X0 - margin, Y0: m.Box.Y0 - margin, X1: m.Box.X1 + margin, Y1: m.Box.Y1 + margin}
	overlay.Frame(im, &around, red)
}
