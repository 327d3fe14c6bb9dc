package leaderboard

import "slices"

// bench2DriveRules are those of Jia et al., "Bench2Drive: Towards multi-ability
// benchmarking of closed-loop end-to-end autonomous driving" (2024): the driving score of
// the leaderboard 2.0 without minimum speed.
var bench2DriveRules = func() leaderboard {
	rules := leaderboard20
	rules.name, rules.version, rules.minSpeedPenalty = Bench2Drive, "bench2drive 1.0", 0
	return rules
}()

// bench2drive computes the score, and as details success, efficiency and smoothness.
func (r *run) bench2drive() Score {
	rules := &bench2DriveRules
	l := newLedger(rules.name, r.versionWith(rules.version), 100)
	part, ended := r.truncated()
	part.completion(l, ended)
	found := part.infractions()
	outside, left := part.outsideLanes()
	part.penalize(l, rules, found, outside, left)
	target, _ := part.routeLength()
	success := 0.0
	if done(part.way(), target) == 1 && len(found) == 0 && len(left) == 0 {
		success = 1
	}
	l.detail("success", success, "", nil)
	part.efficiency(l)
	part.smoothness(l)
	return r.extendSeries(l.finish())
}

// efficiency adds the mean over the checkpoints of the ego's speed relative to the
// traffic's, %; it may exceed 100.
func (r *run) efficiency(l *ledger) {
	stretches := r.checkpoints()
	if len(stretches) == 0 {
		l.missing("efficiency", "no traffic around, or no quarter of the route driven")
		return
	}
	sum := 0.0
	for _, s := range stretches {
		sum += 100 * s.ratio
	}
	l.detail("efficiency", sum/float64(len(stretches)), "%", nil)
}

// frames is the length of a segment of smoothness at 20 Hz.
const frames = 20

// smoothness adds the share of complete segments of 20 frames within all comfort bounds.
// As published, the bound on yaw acceleration is compared with the smoothed yaw rate;
// smoothness_corrected compares it with the yaw acceleration.
func (r *run) smoothness(l *ledger) {
	segments := r.steps() / frames
	if segments == 0 {
		l.missing("smoothness", "shorter than 20 frames")
		return
	}
	var published, corrected float64
	for k := range segments {
		rough, turning := r.roughness(k * frames)
		if rough {
			continue
		}
		published += 1 / float64(segments)
		if !turning {
			corrected += 1 / float64(segments)
		}
	}
	l.detail("smoothness", min(1, published), "", nil)
	l.detail("smoothness_corrected", min(1, corrected), "", nil)
}

// roughness reports whether the segment from a step on exceeds a comfort bound as
// published, and whether it exceeds the bound on the yaw acceleration.
func (r *run) roughness(from int) (rough, turning bool) {
	m := r.motion(from, from+frames, 1)
	for k := range comfortBounds {
		b := &comfortBounds[k]
		outside := b.firstOutside(b.signal(&m, nuPlanWindows)) >= 0
		if b.name != yawAcceleration {
			rough = rough || outside
			continue
		}
		turning = outside
		rate := m.smooth(m.yaw, fit{nuPlanWindows.yaw, 2, 1})
		rough = rough || slices.ContainsFunc(rate, func(x float64) bool { return x <= b.low || x >= b.high })
	}
	return rough, turning
}
