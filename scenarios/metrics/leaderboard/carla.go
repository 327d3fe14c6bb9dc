package leaderboard

import (
	"fmt"
	"math"
)

// leaderboard holds the rules of a version of the CARLA leaderboard.
type leaderboard struct {
	name, version string
	// harmonic combines penalties as 1/(1 + Σ weights), instead of the product of
	// factors.
	harmonic bool
	// penalties are the factor, or the weight, of each kind of infraction.
	penalties [numInfractions]float64
	// minSpeedPenalty is the penalty at speed 0 in traffic.
	minSpeedPenalty float64
}

// The two versions, from the branches leaderboard-2.0 and leaderboard-2.1 of the
// leaderboard. A scenario times out if it is not over at the limit of simulated time of
// the run. Yielding to emergency vehicles, which both also require, does not apply:
// roadloop has none. The length of the route is the expert's distance in the same time,
// or the distance to the goal if that is shorter or there is no expert.
var (
	leaderboard20 = leaderboard{
		name: CARLA20, version: "leaderboard 2.0", minSpeedPenalty: 0.3,
		penalties: [numInfractions]float64{hitPedestrian: 0.5, hitVehicle: 0.6, hitObject: 0.65, ranRed: 0.7, ranStop: 0.8, timedOut: 0.7},
	}
	leaderboard21 = leaderboard{
		name: CARLA21, version: "leaderboard 2.1", harmonic: true, minSpeedPenalty: 0.4,
		penalties: [numInfractions]float64{hitPedestrian: 1, hitVehicle: 0.7, hitObject: 0.6, ranRed: 0.4, ranStop: 0.25, timedOut: 0.4},
	}
)

// carla computes the driving score: completion of the route in % times the penalty.
func (r *run) carla(rules *leaderboard) Score {
	l := newLedger(rules.name, r.versionWith(rules.version), 100)
	part, ended := r.truncated()
	part.completion(l, ended)
	found := part.infractions()
	outside, left := part.outsideLanes()
	part.penalize(l, rules, append(found, part.slowerThanTraffic()...), outside, left)
	return r.extendSeries(l.finish())
}

// penalize adds the factors of all infractions, one term per kind, and the factor of the
// distance outside the lanes.
func (r *run) penalize(l *ledger, rules *leaderboard, found []infraction, outside Term, left []fault) {
	var faults [numInfractions][]fault
	sum := 0.0
	for _, f := range inOrder(found) {
		amount := rules.penalties[f.kind]
		if f.kind == tooSlow {
			amount = 1 - rules.minSpeedPenalty*(1-f.ratio)
		}
		if rules.harmonic {
			weight := rules.penalties[f.kind]
			if f.kind == tooSlow {
				weight = rules.minSpeedPenalty * (1 - f.ratio)
			}
			amount = (1 + sum) / (1 + sum + weight)
			sum += weight
		}
		faults[f.kind] = append(faults[f.kind], fault{f.at, amount, f.reason})
	}
	var all []fault
	for kind, f := range faults {
		if infractionKind(kind) == tooSlow && (rules.minSpeedPenalty == 0 || len(r.background()) == 0) {
			continue
		}
		l.factor(Term{Name: infractionNames[kind]}, f...)
		all = append(all, f...)
	}
	if rules.minSpeedPenalty > 0 && len(r.background()) == 0 {
		l.missing(infractionNames[tooSlow], "no traffic around")
	}
	l.factor(outside, left...)
	all = append(all, left...)
	l.detail("penalty", product(all), "", r.cumulative(all))
}

// A route counts as complete from 99 % on and within 10 m of its end.
const (
	nearlyDone = 0.99
	nearEnd    = 10.0 // m
)

// completion adds the driven share of the route. ended is the reason for which CARLA
// ended the run, "" for none.
func (r *run) completion(l *ledger, ended string) {
	target, source := r.routeLength()
	series := make([]float64, r.steps())
	for i, way := range r.progress {
		series[i] = 100 * done(way, target)
	}
	t := Term{Name: "route_completion", Weight: 1, Series: series, Unit: "%"}
	if part := done(r.way(), target); part < 1 {
		reason := fmt.Sprintf("came %.0f m far, %s %.0f m", r.way(), source, target)
		if ended != "" {
			reason += ": " + ended
		}
		l.share(t, fault{r.time(r.last()), 1 - part, reason})
		return
	}
	l.share(t)
}

// routeLength returns the length of the complete route, m, and its source for a reason
// text.
func (r *run) routeLength() (float64, string) {
	goal, source := r.toGoal(), "the goal is at"
	if r.ref != nil && r.expert.way() < goal {
		goal, source = r.expert.way(), "the expert"
	}
	return goal, source
}

// done returns the completed share of a route, 0 to 1.
func done(way, target float64) float64 {
	if target <= 0 || way >= target || way >= nearlyDone*target && target-way < nearEnd {
		return 1
	}
	if math.IsInf(target, 1) {
		return 1 // no route to complete
	}
	return math.Max(0, way/target)
}
