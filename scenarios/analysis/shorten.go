package analysis

import (
	"fmt"
	"math"

	"roadloop/oracle"
	"roadloop/scenarios"
)

// margin is the time that a case continues after its failure, s.
const margin = .5

// shorten ends the case soon after it fails. A case that fails at its end is shortened
// only while it still passes with ground truth in all layers: with too little time, any
// driver fails.
func (s *shrinker) shorten() {
	if at := s.drive.verdict.At.Seconds(); at < s.drive.end {
		s.until(math.Ceil(2*(at+margin)) / 2)
		return
	}
	for lo, hi := 0., s.drive.end; hi-lo > 1 && s.ctx.Err() == nil; {
		mid := math.Round(lo+hi) / 2
		if s.passable(mid) && s.until(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
}

// until tries an earlier end, s.
func (s *shrinker) until(end float64) bool {
	return end < s.drive.end && s.change(fmt.Sprintf("until %g s", end), func(d scenarios.Document) { setEnd(d, end) })
}

func setEnd(d scenarios.Document, end float64) {
	if until, ok := d["until"].(map[string]any); ok {
		until["time"] = fmt.Sprintf("%g s", end)
	}
}

// passable reports whether the case with that end passes with ground truth in all layers.
func (s *shrinker) passable(end float64) bool {
	d := s.best.Document.Clone()
	setEnd(d, end)
	r, err := s.begin(d, s.best.Seed)
	if err != nil || oracle.Substitute(r.Session, oracle.Layers(r.Session)...) != nil {
		return false
	}
	v, err := r.Finish(s.ctx)
	return err == nil && v.Passed
}
