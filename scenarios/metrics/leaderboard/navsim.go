package leaderboard

import (
	"fmt"
	"math"

	"roadloop/planning"
	"roadloop/scenarios/metrics"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// The definitions: Dauner et al., "NAVSIM: Data-driven non-reactive autonomous vehicle
// simulation and benchmarking" (2024), version 1.1, and its extension by Cao et al.,
// "Pseudo-simulation for autonomous driving" (2025), version 2. NAVSIM rolls out a plan
// of 4 s among agents that do not react; here the scene is the complete closed-loop run.
const (
	pdmsVersion  = "navsim 1.1, whole run"
	epdmsVersion = "navsim 2, whole run, no human filter, one stage"
)

// minBestProgress is the progress of the best proposal up to which NAVSIM gives all
// proposals full progress, m.
const minBestProgress = 5.0

// pdms computes NC·DAC·(5 EP + 5 TTC + 2 C)/12.
func (r *run) pdms() Score {
	l := newLedger(PDMS, r.versionWith(pdmsVersion), 1)
	for _, f := range r.pdmsFactors() {
		l.factor(f.term, f.faults...)
	}
	r.relativeProgress(l, (*run).pdmsFactors)
	ttc, tooClose := r.shortTTC(5)
	l.share(ttc, tooClose...)
	r.comfort(l, "comfort", 2, navsimWindows)
	return l.finish()
}

// epdms computes NC·DAC·DDC·TLC·(5 EP + 5 TTC + 2 LK + 2 HC + 2 EC)/16. There is no
// human filter, because there is no human drive, and no second stage from other starting
// points.
func (r *run) epdms() Score {
	version := r.versionWith(epdmsVersion)
	pairs := r.planPairs()
	if len(pairs) == 0 {
		version += ", no plans"
	}
	l := newLedger(EPDMS, version, 1)
	for _, f := range r.epdmsFactors() {
		l.factor(f.term, f.faults...)
	}
	r.relativeProgress(l, (*run).epdmsFactors)
	ttc, tooClose := r.shortTTC(5)
	l.share(ttc, tooClose...)
	r.laneKeeping(l)
	r.comfort(l, "history_comfort", 2, navsimWindows)
	r.extendedComfort(l, pairs)
	return l.finish()
}

// factor is a multiplying term with its faults.
type factor struct {
	term   Term
	faults []fault
}

func (r *run) pdmsFactors() []factor {
	crashes := r.anyCrash()
	ground, off := r.groundFaults(0)
	return []factor{{Term{Name: "no_at_fault_collision", Series: r.cumulative(crashes)}, crashes}, {ground, off}}
}

func (r *run) epdmsFactors() []factor {
	direction, wrong := r.directionFaults(true)
	lights, red := r.lightFaults()
	return append(r.pdmsFactors(), factor{direction, wrong}, factor{lights, red})
}

// anyCrash returns the at-fault collisions by NAVSIM's rule: 0 with any road user, one
// half with objects only.
func (r *run) anyCrash() []fault {
	var faults []fault
	halved := false
	for k := range r.contacts {
		c := &r.contacts[k]
		if !c.AtFault {
			continue
		}
		amount := 0.0
		if c.Class == metrics.Object {
			amount = 0.5
			if halved {
				amount = 1
			}
			halved = true
		}
		faults = append(faults, fault{c.Time, amount, c.Sentence()})
	}
	return faults
}

// relativeProgress adds the term of progress: the distance times the factors, relative
// to the larger one of ego and expert.
func (r *run) relativeProgress(l *ledger, factors func(*run) []factor) {
	if r.ref == nil {
		l.missing("progress", "no expert to compare with")
		return
	}
	end := min(r.last(), r.expert.last())
	clean := func(x *run) float64 {
		way := math.Max(0, x.progress[end])
		for _, f := range factors(x) {
			way *= product(f.faults)
		}
		return way
	}
	own := clean(r)
	best := own
	if r.expert != r {
		best = math.Max(own, clean(r.expert))
	}
	ratio := 1.0
	if best > minBestProgress {
		ratio = own / best
	}
	t := Term{Name: "progress", Weight: 5, Series: r.progress, Unit: "m"}
	if ratio == 1 {
		l.share(t)
		return
	}
	reason := fmt.Sprintf("came %.0f m far without fault in %.1f s, the expert %.0f m", own, r.time(end)-r.time(0), best)
	l.share(t, fault{r.time(end), 1 - ratio, reason})
}

// lightFaults returns the term of the traffic lights: 0 once the ego's box covers a stop
// line with a red light. NAVSIM ignores the ego's motion and the time of crossing. So it
// counts two cases that the verdict passes, see sim.RedLight: an ego that stands over
// the line and waits for green, and one that crosses on amber and has its rear still
// over the line on red.
func (r *run) lightFaults() (Term, []fault) {
	t := Term{Name: "traffic_lights", Series: make([]float64, r.steps()), Unit: "over a line on red"}
	var faults []fault
	for i := range r.log.Steps {
		id, ok := r.overRed(i)
		if !ok {
			continue
		}
		t.Series[i] = 1
		if faults == nil {
			faults = []fault{{r.time(i), 0, fmt.Sprintf("was over the stop line of lane %d on red", id)}}
		}
	}
	return t, faults
}

// overRed returns a lane with a red light and a stop line that the ego's box covers. It
// tests the ego's lane and its predecessors.
func (r *run) overRed(i int) (road.LaneID, bool) {
	l := r.lane(i)
	for _, id := range append([]road.LaneID{l.ID}, l.Prev...) {
		c := &r.log.Map.Lanes[id]
		if c.Control != road.SignalControl || c.Light(r.log.Steps[i].Signals) != road.Red {
			continue
		}
		at := c.Center.At(c.StopS)
		if geom.Overlap(r.boxes[i], geom.OBB{Center: at.Pos(), Yaw: at.Yaw, Length: 0.1, Width: c.Width}) {
			return id, true
		}
	}
	return road.None, false
}

// laneKeeping adds the lane keeping term of EPDMS. It is lost after 2 s in a row farther
// than 0.5 m from the centerline, outside junctions.
func (r *run) laneKeeping(l *ledger) {
	const off, long = 0.5, 2.0
	series := make([]float64, r.steps())
	var faults []fault
	since := -1
	for i := range r.log.Steps {
		series[i] = r.log.Steps[i].D
		if r.inJunction(i) || math.Abs(series[i]) <= off {
			since = -1
			continue
		}
		if since < 0 {
			since = i
		}
		if faults == nil && r.time(i)-r.time(since) >= long-1e-9 {
			faults = []fault{{r.time(i), 1, fmt.Sprintf("more than %.1f m off the middle of its lane since %.1f s", off, r.time(since))}}
		}
	}
	l.share(Term{Name: "lane_keeping", Weight: 2, Series: series, Unit: "m"}, faults...)
}

// planPairs returns the steps with a plan and another plan 0.5 s later.
func (r *run) planPairs() []int {
	var out []int
	for i := 0; i+replan < r.steps(); i += stride {
		if len(r.log.Steps[i].Plan.Waypoints) > 1 && len(r.log.Steps[i+replan].Plan.Waypoints) > 1 {
			out = append(out, i)
		}
	}
	return out
}

// replan is the time between the plans that extended comfort compares, in steps.
const replan = 5 * stride

// planBounds are the bounds of extended comfort on the RMS of the differences.
var planBounds = [...]struct {
	name, unit string
	most       float64
}{{"acceleration", "m/s²", 0.7}, {"jerk", "m/s³", 0.5}, {"yaw rate", "rad/s", 0.1}, {"yaw acceleration", "rad/s²", 0.1}}

// extendedComfort adds the term of EPDMS that compares plans 0.5 s apart where they
// overlap. NAVSIM compares one pair per scene; a run has many pairs of equal weight.
// Consecutive failing pairs are one fault.
func (r *run) extendedComfort(l *ledger, pairs []int) {
	if len(pairs) == 0 {
		l.missing("extended_comfort", "the driver tells no plans")
		return
	}
	var faults []fault
	last := -1
	for k, i := range pairs {
		why := r.planDifference(i)
		if why == "" {
			continue
		}
		if last < 0 || k != last+1 {
			faults = append(faults, fault{at: r.time(i + replan), reason: "the plan changed within 0.5 s: " + why})
		}
		faults[len(faults)-1].amount += 1 / float64(len(pairs))
		last = k
	}
	l.share(Term{Name: "extended_comfort", Weight: 2}, faults...)
}

// planDifference describes the first bound that the plans of a pair exceed, "" for none.
func (r *run) planDifference(i int) string {
	a, b := r.log.Steps[i].Plan.Waypoints, r.log.Steps[i+replan].Plan.Waypoints
	shift := r.log.Steps[i+replan].Time - r.log.Steps[i].Time
	span := min(a[len(a)-1].Time-shift, b[len(b)-1].Time)
	const every = clock.PerSecond / 10
	n := 0
	var sums [len(planBounds)]float64
	var before [4]float64
	for t := clock.Tick(0); t <= span; t += every {
		p, q := planAt(a, t+shift), planAt(b, t)
		d := [4]float64{p[0] - q[0], 0, p[1] - q[1], 0}
		if n > 0 {
			d[1], d[3] = (d[0]-before[0])/tick, (d[2]-before[2])/tick
		}
		for k := range d {
			sums[k] += d[k] * d[k]
		}
		before = d
		n++
	}
	for k, b := range planBounds {
		if rms := math.Sqrt(sums[k] / float64(max(1, n))); rms > b.most {
			return fmt.Sprintf("%s by %.2f %s, more than %g", b.name, rms, b.unit, b.most)
		}
	}
	return ""
}

// planAt returns the acceleration and yaw rate of a plan at a time after its start.
func planAt(w []planning.Waypoint, t clock.Tick) [2]float64 {
	k := 1
	for k < len(w)-1 && w[k].Time < t {
		k++
	}
	p, q := &w[k-1], &w[k]
	u := 0.0
	if q.Time > p.Time {
		u = math.Max(0, math.Min(1, float64(t-p.Time)/float64(q.Time-p.Time)))
	}
	mix := func(a, b float64) float64 { return a + u*(b-a) }
	return [2]float64{mix(p.Accel, q.Accel), mix(p.Speed*p.Curvature, q.Speed*q.Curvature)}
}
