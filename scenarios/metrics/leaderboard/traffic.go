package leaderboard

import (
	"fmt"
	"slices"

	"roadloop/scenarios/metrics"
	"roadloop/sim/actor"
)

// background returns the motor vehicles of the background traffic that ever move.
func (r *run) background() []actor.ID {
	var out []actor.ID
	r.others(func(id actor.ID) {
		a := &r.log.Actors[id]
		if !a.Background || a.Kind.OnFoot() || a.Kind == actor.Cyclist || metrics.ClassOf(a.Kind) == metrics.Object {
			return
		}
		if slices.ContainsFunc(r.log.Steps, func(s metrics.LoggedStep) bool { return s.States[id].Speed > 0.1 }) {
			out = append(out, id)
		}
	})
	return out
}

// trafficSpeeds returns the mean speed of the background traffic at each step, m/s; nil
// without traffic.
func (r *run) trafficSpeeds() []float64 {
	ids := r.background()
	if len(ids) == 0 {
		return nil
	}
	out := make([]float64, r.steps())
	for i := range out {
		for _, id := range ids {
			out[i] += r.log.Steps[i].States[id].Speed / float64(len(ids))
		}
	}
	return out
}

// routeSegment is a quarter of the route between CARLA's checkpoints. ratio is the ego's
// mean speed divided by the traffic's; 1 if the traffic stood.
type routeSegment struct {
	end   int // step
	ratio float64
}

// checkpoints returns the segments that the ego completed; none without traffic.
func (r *run) checkpoints() []routeSegment {
	traffic := r.trafficSpeeds()
	if traffic == nil {
		return nil
	}
	const quarters = 4
	target, _ := r.routeLength()
	var out []routeSegment
	own, others := 0.0, 0.0
	for i := range traffic {
		own += r.ego[i].State.Speed
		others += traffic[i]
		reached := r.progress[i] >= target*float64(len(out)+1)/quarters
		if i == r.last() && len(out) == quarters-1 && done(r.way(), target) == 1 {
			reached = true // a route counts as complete before its end
		}
		if !reached || len(out) == quarters || target <= 0 {
			continue
		}
		s := routeSegment{end: i, ratio: 1}
		if others > 0 {
			s.ratio = own / others
		}
		out = append(out, s)
		own, others = 0, 0
	}
	return out
}

// slowerThanTraffic returns the segments on which the ego was slower than the traffic.
func (r *run) slowerThanTraffic() []infraction {
	var out []infraction
	for _, s := range r.checkpoints() {
		if s.ratio < 1 {
			out = append(out, infraction{kind: tooSlow, at: r.time(s.end), ratio: s.ratio,
				reason: fmt.Sprintf("drove at %.0f %% of the traffic's speed", 100*s.ratio)})
		}
	}
	return out
}
