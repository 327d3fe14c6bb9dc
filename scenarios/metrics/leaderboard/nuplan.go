package leaderboard

import (
	"fmt"
	"math"

	"roadloop/scenarios/metrics"
)

// nuPlanVersion names the definition: Caesar et al., "NuPlan: A closed-loop ML-based
// planning benchmark" (2021), as nuplan-devkit 1.2 computes it.
const nuPlanVersion = "nuplan-devkit 1.2"

// Bounds of nuPlan.
const (
	overspeedUnit = 2.23 // m/s of overspeed over the whole run that cost the whole term
	minProgress   = 0.2  // ratio to the expert's
	progressFloor = 2.0  // m, the smallest progress that is compared; nuPlan's documents say 0.1
	groundSlack   = 0.3  // m
)

// allowedCrashes is the number of at-fault collisions with each class that nuPlan
// penalizes only in part.
var allowedCrashes = [...]float64{metrics.VRU: 0, metrics.Vehicle: 0, metrics.Object: 1}

// versionWith appends the source of the expert to a version.
func (r *run) versionWith(version string) string {
	if r.ref == nil {
		return version + ", no expert"
	}
	return version + ", expert: " + r.ref.Name
}

// nuPlan computes the closed-loop score:
// NC·DAC·DDC·MP·(5 TTC + 5 EP + 4 SL + 2 C)/16.
func (r *run) nuPlan() Score {
	l := newLedger(NuPlan, r.versionWith(nuPlanVersion), 1)
	crashes := r.crashFaults()
	l.factor(Term{Name: "no_at_fault_collision", Series: r.cumulative(crashes)}, crashes...)
	ground, off := r.groundFaults(groundSlack)
	l.factor(ground, off...)
	direction, wrong := r.directionFaults(false)
	l.factor(direction, wrong...)
	r.expertProgress(l)
	ttc, tooClose := r.ttcFaults(5)
	l.share(ttc, tooClose...)
	r.speedLimit(l)
	r.comfort(l, "comfort", 2, nuPlanWindows)
	return l.finish()
}

// crashFaults returns the at-fault collisions: for n collisions with a class of which t
// are allowed, the factor is max(0, 1 − n/(t+1)).
func (r *run) crashFaults() []fault {
	var faults []fault
	var n [len(allowedCrashes)]float64
	for k := range r.contacts {
		c := &r.contacts[k]
		if !c.AtFault {
			continue
		}
		class := c.Class
		before := math.Max(0, 1-n[class]/(allowedCrashes[class]+1))
		n[class]++
		after := math.Max(0, 1-n[class]/(allowedCrashes[class]+1))
		amount := 0.0
		if before > 0 {
			amount = after / before
		}
		faults = append(faults, fault{c.Time, amount, c.Sentence()})
	}
	return faults
}

// expertProgress adds the terms of progress: its ratio to the expert's progress on the
// same route, over the time that both drove.
func (r *run) expertProgress(l *ledger) {
	if r.ref == nil {
		l.missing("making_progress", "no expert to compare with")
		l.missing("progress", "no expert to compare with")
		return
	}
	end := min(r.last(), r.expert.last())
	ego, expert := r.progress[end], r.expert.progress[end]
	ratio := math.Min(1, math.Max(ego, progressFloor)/math.Max(expert, progressFloor))
	if ego < -progressFloor {
		ratio = 0
	}
	reason := fmt.Sprintf("came %.0f m far in %.1f s, the expert %.0f m", ego, r.time(end)-r.time(0), expert)
	making := Term{Name: "making_progress"}
	if ratio < minProgress {
		l.factor(making, fault{r.time(end), 0, reason})
	} else {
		l.factor(making)
	}
	progress := Term{Name: "progress", Weight: 5, Series: r.progress, Unit: "m"}
	if ratio < 1 {
		l.share(progress, fault{r.time(end), 1 - ratio, reason})
	} else {
		l.share(progress)
	}
}

// speedLimit adds the term of the speed limit: one fault for every time span above it,
// until the term is 0.
func (r *run) speedLimit(l *ledger) {
	series := make([]float64, r.steps())
	var faults []fault
	left, top := 1.0, 0.0
	running := false
	r.ticks(func(i int) {
		over := 0.0
		if limit := r.limit(i); limit > 0 {
			over = math.Max(0, r.ego[i].State.Speed-limit)
		}
		for k := i; k < min(i+stride, r.steps()); k++ {
			series[k] = over
		}
		if over == 0 || left == 0 {
			running = false
			return
		}
		if !running {
			faults, top, running = append(faults, fault{at: r.time(i)}), 0, true
		}
		f := &faults[len(faults)-1]
		amount := math.Min(left, over*tick/(overspeedUnit*math.Max(tick, r.duration())))
		left = snapToZero(left - amount)
		f.amount += amount
		top = math.Max(top, over)
		f.reason = fmt.Sprintf("up to %.0f km/h above the limit of %.0f km/h until %.1f s", 3.6*top, 3.6*r.limit(i), r.time(i))
	})
	l.share(Term{Name: "speed_limit", Weight: 4, Series: series, Unit: "m/s too fast"}, faults...)
}
