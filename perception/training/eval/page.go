package eval

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"

	"roadloop/internal/chart"
	"roadloop/internal/palette"
	"roadloop/perception/inference"
)

var (
	//go:embed page.html
	text string
	//go:embed page.css
	style string
)

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"number":  func(v *float64) string { return format(v, "%.3f", 1) },
	"percent": func(v *float64) string { return format(v, "%.1f %%", 100) },
	"meters":  func(v *float64) string { return format(v, "%.2f m", 1) },
	"class":   func(name string) string { return chart.Color(name, 0) },
}).Parse(text + chart.HTML))

// format prints what could be measured.
func format(v *float64, format string, scale float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf(format, scale**v)
}

// Page is an evaluation as a self-contained web page: tables, plots, and images of the
// worst mistakes.
type Page struct {
	Title  string
	Report *Report
	// Engine, Frames and Tiles reproduce the mistakes for their images; they are those of the
	// evaluation.
	Engine inference.Engine
	Frames Frames
	Tiles  bool
}

// content is the data of the template.
type content struct {
	Title    string
	Style    template.CSS
	Script   template.JS
	Report   *Report
	Charts   []chart.Chart
	Mistakes []mistake
	Lights   []string
}

// Render returns the page as HTML.
func (p *Page) Render() ([]byte, error) {
	c := content{Title: p.Title, Report: p.Report, Lights: []string{"red", "amber", "green"}, Charts: charts(p.Report),
		Style: template.CSS(palette.PageStyle() + palette.TableStyle() + chart.Style + style), Script: template.JS(palette.ThemeScript())}
	e := Evaluation{
		Engine: func() (inference.Engine, error) { return unclosedEngine{p.Engine}, nil },
		Frames: func() (Frames, error) { return p.Frames, nil }, Tiles: p.Tiles,
	}
	w, err := e.newFrameEvaluator()
	if err != nil {
		return nil, fmt.Errorf("page of the evaluation: %w", err)
	}
	for i := range p.Report.Worst {
		m, err := w.picture(&p.Report.Worst[i])
		if err != nil {
			return nil, fmt.Errorf("page of the evaluation: picture of frame %d: %w", p.Report.Worst[i].Frame, err)
		}
		c.Mistakes = append(c.Mistakes, m)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, &c); err != nil {
		return nil, fmt.Errorf("page of the evaluation: %w", err)
	}
	return b.Bytes(), nil
}
