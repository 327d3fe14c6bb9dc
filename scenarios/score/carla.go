package score

import (
	"fmt"
	"math"
)

// leaderboard is a version of the CARLA leaderboard's rules.
type leaderboard struct {
	name, version string
	// harmonic tells how penalties combine: multiplied, each with its factor, or as
	// 1/(1 + Σ weights).
	harmonic bool
	// penalties are the factor, or the weight, of each kind of infraction.
	penalties [numInfractions]float64
	// slow is the part that driving at no speed takes among traffic.
	slow float64
}

// The two versions, from the branches leaderboard-2.0 and leaderboard-2.1 of the
// leaderboard. A scenario times out when it is not over at the limit of simulated time
// that the run was given. Yielding to emergency vehicles, which both also ask for, does
// not apply: there are none in roadloop. The route is as long as the expert came in the same time, or leads
// to its goal where that is nearer or there is no expert.
var (
	leaderboard20 = leaderboard{
		name: CARLA20, version: "leaderboard 2.0", slow: 0.3,
		penalties: [numInfractions]float64{hitPedestrian: 0.5, hitVehicle: 0.6, hitObject: 0.65, ranRed: 0.7, ranStop: 0.8, timedOut: 0.7},
	}
	leaderboard21 = leaderboard{
		name: CARLA21, version: "leaderboard 2.1", harmonic: true, slow: 0.4,
		penalties: [numInfractions]float64{hitPedestrian: 1, hitVehicle: 0.7, hitObject: 0.6, ranRed: 0.4, ranStop: 0.25, timedOut: 0.4},
	}
)

// carla computes the driving score: completion of the route in % times the penalty.
func (r *run) carla(rules *leaderboard) Score {
	l := newLedger(rules.name, r.stamp(rules.version), 100)
	part, ended := r.counted()
	part.completion(l, ended)
	found := part.infractions()
	outside, left := part.outsideLanes()
	part.penalize(l, rules, append(found, part.slowerThanTraffic()...), outside, left)
	return r.stretched(l.finish())
}

// penalize adds the factors of all infractions, one term a kind, and that of the way
// outside the lanes.
func (r *run) penalize(l *ledger, rules *leaderboard, found []infraction, outside Term, left []fault) {
	var faults [numInfractions][]fault
	sum := 0.0
	for _, f := range inOrder(found) {
		amount := rules.penalties[f.kind]
		if f.kind == tooSlow {
			amount = 1 - rules.slow*(1-f.ratio)
		}
		if rules.harmonic {
			weight := rules.penalties[f.kind]
			if f.kind == tooSlow {
				weight = rules.slow * (1 - f.ratio)
			}
			amount = (1 + sum) / (1 + sum + weight)
			sum += weight
		}
		faults[f.kind] = append(faults[f.kind], fault{f.at, amount, f.reason})
	}
	var all []fault
	for kind, f := range faults {
		if infractionKind(kind) == tooSlow && (rules.slow == 0 || len(r.background()) == 0) {
			continue
		}
		l.factor(Term{Name: infractionNames[kind]}, f...)
		all = append(all, f...)
	}
	if rules.slow > 0 && len(r.background()) == 0 {
		l.missing(infractionNames[tooSlow], "no traffic around")
	}
	l.factor(outside, left...)
	all = append(all, left...)
	l.detail("penalty", product(all), "", r.sofar(all))
}

// Completion of a route counts as whole from 99 % on within 10 m of its end.
const (
	nearlyDone = 0.99
	nearEnd    = 10.0 // m
)

// completion adds the share of the route that the ego drove until the run ended, and why
// it did where CARLA ended it.
func (r *run) completion(l *ledger, ended string) {
	target, whose := r.routeLength()
	series := make([]float64, r.steps())
	for i, way := range r.ways {
		series[i] = 100 * done(way, target)
	}
	t := Term{Name: "route_completion", Weight: 1, Series: series, Unit: "%"}
	if part := done(r.way(), target); part < 1 {
		reason := fmt.Sprintf("came %.0f m far, %s %.0f m", r.way(), whose, target)
		if ended != "" {
			reason += ": " + ended
		}
		l.share(t, fault{r.time(r.last()), 1 - part, reason})
		return
	}
	l.share(t)
}

// routeLength returns the way that counts as the whole route, and whose it is.
func (r *run) routeLength() (float64, string) {
	goal, whose := r.toGoal(), "the goal is at"
	if r.ref != nil && r.expert.way() < goal {
		goal, whose = r.expert.way(), "the expert"
	}
	return goal, whose
}

// done returns the part of a route that is done, 0 to 1.
func done(way, target float64) float64 {
	if target <= 0 || way >= target || way >= nearlyDone*target && target-way < nearEnd {
		return 1
	}
	if math.IsInf(target, 1) {
		return 1 // no route to complete
	}
	return math.Max(0, way/target)
}
