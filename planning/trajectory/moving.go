package trajectory

import (
	"math"
	"slices"
)

// movingTrack is a track that has driven, and the last time at which it did, s.
type movingTrack struct {
	track int32
	at    float64
}

const (
	movingSpeed  = 1.0 // speed, in excess of its error, from which a track certainly drives, m/s
	movingMemory = 5.0 // time for which a standing track may only have stopped briefly, s
)

// updateMoving records the driving tracks in view, and forgets tracks that have stood for a
// while.
func (p *Planner) updateMoving(now float64) {
	p.recentlyMoving = slices.DeleteFunc(p.recentlyMoving, func(s movingTrack) bool { return now-s.at > movingMemory })
	for i := range p.view.Others {
		o := &p.view.Others[i]
		std := math.Sqrt(math.Max(0, math.Max(o.Track.Cov[2][2], o.Track.Cov[3][3])))
		if math.Abs(o.Speed) < movingSpeed+2*std {
			continue
		}
		if k := slices.IndexFunc(p.recentlyMoving, func(s movingTrack) bool { return s.track == o.Track.ID }); k >= 0 {
			p.recentlyMoving[k].at = now
		} else {
			p.recentlyMoving = append(p.recentlyMoving, movingTrack{o.Track.ID, now})
		}
	}
}

// movedRecently reports whether a track drove a moment ago.
func (p *Planner) movedRecently(track int32) bool {
	return slices.ContainsFunc(p.recentlyMoving, func(s movingTrack) bool { return s.track == track })
}
