package eval

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"roadloop/perception/training/synth"

	"github.com/dustin/go-humanize/english"
)

// WriteTable writes the report as text tables.
func (r *Report) WriteTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "%s\n\n", r.source())
	r.writeClasses(t)
	r.writeCOCO(t)
	r.writeIntervals(t)
	r.writeWeather(t)
	r.writeBenchmarks(t)
	writeKITTI(t, "KITTI image AP|R40", r.KITTI, 1)
	writeKITTI(t, "KITTI bird's eye AP|R40", r.BirdsEye, 2)
	r.writeLanes(t)
	r.writeRest(t)
	if r.Robustness != nil {
		r.Robustness.write(t)
	}
	return t.Flush()
}

// source describes the frames.
func (r *Report) source() string {
	text := english.Plural(r.Frames, "frame", "")
	if r.Split != "" {
		text += fmt.Sprintf(" of the %s split, seed %d", r.Split, r.Seed)
	}
	if len(r.Axes) > 0 {
		text += ", with axes " + synth.AxisNames(r.Axes)
	}
	return text
}

func (r *Report) writeClasses(w io.Writer) {
	fmt.Fprintln(w, "class\tm\tobjects\tAP50\tAP75\tAP\tprecision\trecall\tdistance\tposition m\t")
	for _, list := range [][]Class{r.Classes, r.Bands} {
		written := false
		for i := range list {
			c := &list[i]
			if c.Objects > 0 {
				written = true
				fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", c.Class, c.Distances(), c.Objects,
					number(c.AP50), number(c.AP75), number(c.AP), number(c.Precision), number(c.Recall), percent(c.DistanceRelative), number(c.Position))
			}
		}
		if written {
			fmt.Fprintln(w)
		}
	}
}

// writeIntervals writes the confidence intervals of small sets.
func (r *Report) writeIntervals(w io.Writer) {
	written := false
	for i := range r.Classes {
		if c := &r.Classes[i]; c.Objects > 0 && c.AP50Interval != nil {
			written = true
			fmt.Fprintf(w, "%s: AP50 %s, 95 %% interval %.3f to %.3f over %s (bootstrap)\n",
				c.Class, number(c.AP50), c.AP50Interval.Low, c.AP50Interval.High, english.Plural(r.Frames, "frame", ""))
		}
	}
	if written {
		fmt.Fprintln(w)
	}
}

// Distances returns the range of distances as text, as "0–50", or "any".
func (c *Class) Distances() string {
	if c.Range == nil {
		return "any"
	}
	return fmt.Sprintf("%g–%g", c.Range.Near, c.Range.Far)
}

func (r *Report) writeWeather(w io.Writer) {
	if len(r.Weather) == 0 {
		return
	}
	fmt.Fprintln(w, "weather\tframes\tcar AP50\tpedestrian AP50\tcyclist AP50\t")
	for _, v := range r.Weather {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t\n", v.Weather, v.Frames, number(v.Classes[0].AP50), number(v.Classes[2].AP50), number(v.Classes[3].AP50))
	}
}

// writeBenchmarks writes the nuScenes metrics.
func (r *Report) writeBenchmarks(w io.Writer) {
	if n := r.NDS; n != nil {
		fmt.Fprintf(w, "\nnuScenes: NDS %.3f, mAP %.3f, ATE %.2f m, ASE %.2f, AOE %.2f rad; AVE and AAE are not measurable in single images\n", n.NDS, n.MAP, n.ATE, n.ASE, n.AOE)
	}
}

// writeCOCO writes COCO's figures, with the numbers of objects by area.
func (r *Report) writeCOCO(w io.Writer) {
	if len(r.COCO) == 0 {
		return
	}
	fmt.Fprintln(w, "COCO, any distance\tobjects\tAP\tAP50\tAP75\tAP small\tmedium\tlarge\t")
	area := func(a *AreaAP) string {
		if a.AP == nil {
			return number(nil)
		}
		return fmt.Sprintf("%s (%d)", number(a.AP), a.Objects)
	}
	for i := range r.COCO {
		c := &r.COCO[i]
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t\n", c.Class, c.Objects, number(c.AP), number(c.AP50), number(c.AP75),
			area(&c.Small), area(&c.Medium), area(&c.Large))
	}
	fmt.Fprintln(w)
}

// writeKITTI writes KITTI's metrics if there are objects, with the numbers of objects. The
// difficulties of a class are consecutive, each with the given number of IoUs.
func writeKITTI(w io.Writer, title string, list []KITTI, ious int) {
	if !slices.ContainsFunc(list, func(k KITTI) bool { return k.Objects > 0 }) {
		return
	}
	fmt.Fprintf(w, "\n%s\tIoU\teasy\tmoderate\thard\tobjects\t\n", title)
	for i := 0; i+3*ious <= len(list); i += 3 * ious {
		for k := range ious {
			easy, moderate, hard := &list[i+k], &list[i+k+ious], &list[i+k+2*ious]
			fmt.Fprintf(w, "%s\t%g\t%s\t%s\t%s\t%d %d %d\t\n", easy.Class, easy.IoU, number(easy.AP), number(moderate.AP), number(hard.AP),
				easy.Objects, moderate.Objects, hard.Objects)
		}
	}
}

func (r *Report) writeLanes(w io.Writer) {
	if !slices.ContainsFunc(r.OwnLane, func(l Lane) bool { return l.Boundaries > 0 }) {
		return
	}
	fmt.Fprintln(w, "\nlane\tahead m\tboundaries\terror m\t95 % m\tprecision\trecall\t")
	for k, list := range [][]Lane{r.OwnLane, r.NextLanes} {
		for _, l := range list {
			if l.Boundaries > 0 {
				fmt.Fprintf(w, "%s\t%g\t%d\t%s\t%s\t%s\t%s\t\n", [...]string{"own", "next"}[k], l.Ahead, l.Boundaries,
					number(l.MeanError), number(l.Error95), number(l.Precision), number(l.Recall))
			}
		}
	}
	fmt.Fprintf(w, "\npainted lane boundaries: CULane F1 %s; TuSimple accuracy %s, false %s, missed %s\n", number(r.LaneF1),
		percent(r.TuSimple.Accuracy), percent(r.TuSimple.FalsePositives), percent(r.TuSimple.FalseNegatives))
}

func (r *Report) writeRest(w io.Writer) {
	if r.DrivableIoU != nil {
		fmt.Fprintf(w, "drivable area: IoU %s, mean IoU %s\n", number(r.DrivableIoU), number(r.DrivableMeanIoU))
	}
	fmt.Fprintf(w, "%s: %d, found %s, correct state %s\n",
		r.Signals.Title(), r.Signals.Signals, percent(r.Signals.Recall), percent(r.Signals.Accuracy))
	fmt.Fprintf(w, "scores: expected calibration error %s\n", number(r.Calibration.ECE))
	if l := r.Latency; l != nil {
		fmt.Fprintf(w, "one image on one core: median %.2f ms, 95 %% below %.2f ms\n", l.Median, l.P95)
	}
}

// Title describes the evaluated signals, for example "signals within 40 m".
func (s *Signals) Title() string {
	if s.Within == nil {
		return "signals at any distance"
	}
	return fmt.Sprintf("signals within %g m", *s.Within)
}

// write writes a line for each corruption.
func (r *Robustness) write(w io.Writer) {
	fmt.Fprintf(w, "\ncorruption, %s each\tAP50 by severity 1\t2\t3\t4\t5\tlane F1\tdrivable\tsignals\t\n", english.Plural(r.Frames, "frame", ""))
	fmt.Fprintf(w, "none\t%s\t\t\t\t\t%s\t%s\t%s\t\n", number(r.Clean.AP50), number(r.Clean.LaneF1), number(r.Clean.Drivable), percent(r.Clean.Signals))
	for _, k := range r.Kinds {
		fmt.Fprintf(w, "%s\t", k.Kind)
		for _, s := range k.Severities {
			fmt.Fprintf(w, "%s\t", number(s.AP50))
		}
		m := k.mean()
		fmt.Fprintf(w, "%s\t%s\t%s\t\n", number(m.LaneF1), number(m.Drivable), percent(m.Signals))
	}
	fmt.Fprintf(w, "mean AP50 under corruption: %s of the clean AP50\n", percent(r.Relative))
}

func number(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.3f", *v)
}

func percent(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100**v)
}
