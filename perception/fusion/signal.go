package fusion

import (
	"math"

	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// signalBelief is the estimated state of one signal of the map.
type signalBelief struct {
	votes [4]float64 // by road.SignalState, decaying
	seen  clock.Tick
	ever  bool
}

// expectedSignal is a signal that should be in view.
type expectedSignal struct {
	id   road.SignalID
	u, v float64 // px
	gate float64 // maximum distance of a detection, px
}

// updateSignals assigns detected signals to the signals of the map that should be in
// the image, and counts their states as votes.
func (f *Fusion) updateSignals(w *cameraUpdate) {
	f.expected = f.expectSignals(f.expected[:0], w)
	dets := w.image.Detections
	f.pairs.Reset(len(dets), len(f.expected))
	for i := range dets {
		d := &dets[i]
		if !d.Class.IsSignal() || d.Score < f.c.Params.MinScore {
			continue
		}
		for j, h := range f.expected {
			u, v := (d.Box.X0+d.Box.X1)/2, (d.Box.Y0+d.Box.Y1)/2
			if off := math.Hypot(u-h.u, v-h.v); off < h.gate {
				f.pairs.Allow(i, j, off/h.gate)
			}
		}
	}
	for i, j := range f.pairs.Solve(1) {
		if j >= 0 {
			f.signals[f.expected[j].id].vote(dets[i].Class.SignalState(), dets[i].Score, w.image.Time, &f.c.Params)
		}
	}
}

// expectSignals appends the signals that face the camera, with their position in the
// image.
func (f *Fusion) expectSignals(dst []expectedSignal, w *cameraUpdate) []expectedSignal {
	cal := w.image.Cal
	if cal == nil {
		cal = f.c.Camera
	}
	for i := range f.c.Map.Signals {
		s := &f.c.Map.Signals[i]
		to := w.ego.Pos().Sub(s.Pos)
		dist := to.Norm()
		if dist > f.c.Params.SignalRange || geom.Unit(s.Yaw).Dot(to) < 0.3*dist {
			continue
		}
		p := w.ego.ToLocal(s.Pos)
		u, v, depth, ok := cal.Project(p.X, p.Y, s.Height)
		if ok && u > -5 && v > -5 && u < float64(cal.Width)+5 && v < float64(cal.Height)+5 {
			dst = append(dst, expectedSignal{s.ID, u, v, 6 + cal.Fx*0.8/depth})
		}
	}
	return dst
}

func (l *signalBelief) vote(s road.SignalState, score float64, at clock.Tick, p *Params) {
	for i := range l.votes {
		l.votes[i] *= p.SignalKeep
	}
	l.votes[s] += p.SignalGain * score
	l.seen, l.ever = at, true
}

// state returns the estimated state at now and its confidence: its share of the
// votes, reduced while there are few votes. A state older than hold is unknown.
func (l *signalBelief) state(now, hold clock.Tick) (road.SignalState, float64) {
	if !l.ever || now-l.seen > hold {
		return road.Off, 0
	}
	best, sum := road.Red, 0.0
	for s := road.Red; s <= road.Green; s++ {
		sum += l.votes[s]
		if l.votes[s] > l.votes[best] {
			best = s
		}
	}
	const few = 0.1
	return best, l.votes[best] / (sum + few)
}
