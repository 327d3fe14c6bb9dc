package trajectory

import (
	"math"
	"slices"
)

// stir is a track that was seen to drive, and when at last, s.
type stir struct {
	track int32
	at    float64
}

const (
	stirSpeed  = 1.0 // from which on a track drives for sure, beyond the error of its speed, m/s
	stirMemory = 5.0 // for how long one that stands now may only have stopped for a moment, s
)

// watch notes which of the others in view drive, and forgets who has stood for a while.
func (p *Planner) watch(now float64) {
	p.stirring = slices.DeleteFunc(p.stirring, func(s stir) bool { return now-s.at > stirMemory })
	for i := range p.view.Others {
		o := &p.view.Others[i]
		std := math.Sqrt(math.Max(0, math.Max(o.Track.Cov[2][2], o.Track.Cov[3][3])))
		if math.Abs(o.Speed) < stirSpeed+2*std {
			continue
		}
		if k := slices.IndexFunc(p.stirring, func(s stir) bool { return s.track == o.Track.ID }); k >= 0 {
			p.stirring[k].at = now
		} else {
			p.stirring = append(p.stirring, stir{o.Track.ID, now})
		}
	}
}

// stirs tells that a track drove a moment ago.
func (p *Planner) stirs(track int32) bool {
	return slices.ContainsFunc(p.stirring, func(s stir) bool { return s.track == track })
}
