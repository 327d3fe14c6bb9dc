package eval

import "roadloop/internal/chart"

// charts returns the plots of a report. Lines without points and charts without lines
// are omitted.
func charts(r *Report) []chart.Chart {
	all := []chart.Chart{precision(r), byDistance(r), byHeight(r), reliability(r)}
	if r.Robustness != nil {
		all = append(all, corruptions(r.Robustness))
	}
	var out []chart.Chart
	for _, c := range all {
		var lines []chart.Line
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
func precision(r *Report) chart.Chart {
	c := chart.Chart{Title: "Precision over recall, IoU 0.5", X: "recall", Y: "precision"}
	for _, k := range r.Curves {
		l := c.Line(k.Class)
		for i := range k.Recall {
			l.Points = append(l.Points, chart.Point{X: k.Recall[i], Y: k.Precision[i]})
		}
	}
	return c
}

// byDistance plots AP50 over the distance of road users.
func byDistance(r *Report) chart.Chart {
	c := chart.Chart{Title: "AP50 by distance", X: "distance, m", Y: "AP50"}
	for i := range r.Bands {
		b := &r.Bands[i]
		if b.Range == nil {
			continue
		}
		add(&c, b.Class, (b.Range.Near+b.Range.Far)/2, b.AP50)
	}
	return c
}

// byHeight plots AP50 over the height of boxes.
func byHeight(r *Report) chart.Chart {
	c := chart.Chart{Title: "AP50 by height in the image", X: "height, px", Y: "AP50"}
	for _, h := range r.Heights {
		add(&c, h.Class, (h.Pixels.Near+min(h.Pixels.Far, 100))/2, h.AP50)
	}
	return c
}

// reliability plots the share of right detections over their score.
func reliability(r *Report) chart.Chart {
	c := chart.Chart{Title: "Reliability of scores", X: "score", Y: "share of right detections", Diagonal: true}
	for _, b := range r.Calibration.Bins {
		if b.Detections > 0 {
			add(&c, "detections", b.Score, &b.Precision)
		}
	}
	return c
}

// corruptions plots AP50 over severity.
func corruptions(r *Robustness) chart.Chart {
	c := chart.Chart{Title: "AP50 under corruption", X: "severity", Y: "AP50"}
	for _, k := range r.Kinds {
		add(&c, string(k.Kind), 0, r.Clean.AP50)
		for i, s := range k.Severities {
			add(&c, string(k.Kind), float64(i+1), s.AP50)
		}
	}
	return c
}

// add appends a point to the named line, unless y is nil.
func add(c *chart.Chart, name string, x float64, y *float64) {
	if y != nil {
		c.Add(name, x, *y)
	}
}
