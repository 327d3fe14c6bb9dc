package evaluate

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"

	"roadloop/internal/chart"
	"roadloop/internal/palette"
	"roadloop/scenarios/playback"
)

var (
	//go:embed page.html
	text string
	//go:embed page.css
	style string
	//go:embed episodes.js
	episodesScript string
)

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"number":  number,
	"percent": func(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) },
	"between": func(e Estimate) string { return e.between() },
	"nameOf":  func(r *Report, row Row) string { return r.nameOf(&row) },
}).Parse(text + chart.HTML))

// Data returns the packed scene.
func (r Replay) Data() template.HTML { return template.HTML(r.data) }

// Page returns the report as a self-contained web page: the table, learning curves,
// performance profiles, and the worst episodes.
func (r *Report) Page() ([]byte, error) {
	script := palette.ThemeScript()
	if len(r.replays) > 0 {
		script += playback.Script() + episodesScript
	}
	var b bytes.Buffer
	err := page.Execute(&b, map[string]any{
		"Report": r, "Charts": r.charts(), "Replays": r.replays, "Script": template.JS(script),
		"Style": template.CSS(palette.PageStyle() + palette.TableStyle() + chart.Style + playback.Style() + style),
	})
	if err != nil {
		return nil, fmt.Errorf("page of the evaluation: %w", err)
	}
	return b.Bytes(), nil
}

// charts returns the plots.
func (r *Report) charts() []*chart.Chart {
	var out []*chart.Chart
	if len(r.Curves) > 0 {
		c := &chart.Chart{Title: "Learning curves", X: "thousand steps", Y: "mean return in validation"}
		for _, curve := range r.Curves {
			for _, p := range curve.Points {
				c.Add(curve.Name, float64(p.Steps)/1000, max(p.Return, 0))
				c.End = max(c.End, chart.AxisEnd(p.Return))
			}
		}
		out = append(out, c)
	}
	c := &chart.Chart{Title: "Performance profile", X: "return", Y: "share of episodes with a higher return"}
	for i := range r.Rows {
		for _, p := range r.Rows[i].Profile {
			if p.Return >= 0 {
				c.Add(r.Rows[i].Name, p.Return, p.Share)
			}
		}
	}
	return append(out, c)
}
