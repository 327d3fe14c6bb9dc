package video

import (
	"fmt"
	"image/color"

	"roadloop/internal/palette"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
)

// drawCaption draws the case, the time, the speed, the verdict and the reason of the
// decision.
func (a *Renderer) drawCaption(c *canvas, f *timeline.Step, v *runner.Verdict) {
	w, h := c.size()
	base, margin := h*.62, 16*c.scale
	const size = 17
	x := margin
	put := func(with color.RGBA, text string) {
		text = c.fit(w-margin-x, size, text)
		c.text(x, base, size, with, text)
		x += c.width(size, text) + 22*c.scale
	}
	put(ink, a.plan.Case.ID())
	put(ink, fmt.Sprintf("%.2f s", f.Time.Seconds()))
	put(ink, fmt.Sprintf("%.0f km/h", 3.6*f.World.Ego().State.Speed))
	if text, with := outcome(f, v); text != "" {
		put(with, text)
	}
	if f.Guard.Active {
		put(palette.Caution.Dark, "guard: "+f.Guard.Reason)
	} else if f.Plan != nil && a.shows("plan") {
		put(palette.Plan.Dark, f.Plan.Reason)
	}
}

// outcome returns the failure from its time on, or "passed" at the end of the drive.
func outcome(f *timeline.Step, v *runner.Verdict) (string, color.RGBA) {
	switch {
	case v == nil:
		return "", ink
	case !v.Passed && f.Time >= v.At:
		return "failed: " + v.Reason, palette.Failure.Dark
	case v.Passed && f.End:
		return "passed", palette.Plan.Dark
	}
	return "", ink
}
