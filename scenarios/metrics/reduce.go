package metrics

import (
	"math"

	"roadloop/sim/actor"
)

// reduce fills in the extremes.
func (s *Safety) reduce(l *DriveLog) {
	for _, r := range reductions {
		s.extreme(r.name, s.Series[r.of].Truth, r.by)
		s.extreme(believed+r.name, s.Series[r.of].Believed, r.by)
	}
	for i := range s.Series {
		s.gapOf(&s.Series[i])
	}
	s.exposures()
	s.meetings()
	s.crashes(l)
	s.travel(l)
}

// extreme stores the extreme of a metric over time, with its time.
func (s *Safety) extreme(name string, values []float64, by reduction) {
	best := math.Inf(-1)
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		if value, rank := by.of(v); rank > best {
			best = rank
			s.Extremes[name], s.At[name] = value, s.Times[i]
		}
	}
}

// First returns the first time at which a value fulfilled a condition, s; NaN for never.
// For an extreme of a metric over time it checks every step, for another extreme only
// its final value.
func (s *Safety) First(name string, holds func(v float64) bool) float64 {
	for _, r := range reductions {
		if r.name == name {
			for i, v := range s.Series[r.of].Truth {
				if v, _ := r.by.of(v); holds(v) {
					return s.Times[i]
				}
			}
		}
	}
	if v, ok := s.Extremes[name]; ok && holds(v) {
		if t, ok := s.At[name]; ok {
			return t
		}
	}
	return math.NaN()
}

// gapOf stores the largest difference of a metric between belief and truth.
func (s *Safety) gapOf(m *Series) {
	best := 0.0
	for i := range s.Times {
		if d := m.Gap(i); math.Abs(d) > best {
			best = math.Abs(d)
			s.Extremes[beliefGap+m.Name], s.At[beliefGap+m.Name] = d, s.Times[i]
		}
	}
}

// exposures stores the exposure to small times to collision, the time with a lead that
// the driver did not perceive, and the time with a perceived lead that did not exist.
func (s *Safety) exposures() {
	tet, tit := exposure(s.Times, s.Series[ttc].Truth)
	s.Extremes["tet"], s.Extremes["tit"] = tet, tit
	unseen, imagined, known := 0.0, 0.0, false
	for i := 1; i < len(s.Times); i++ {
		if math.IsNaN(s.Series[speed].Believed[i]) {
			continue // no belief
		}
		known = true
		lead, seen := !math.IsNaN(s.Series[gap].Truth[i]), !math.IsNaN(s.Series[gap].Believed[i])
		switch dt := s.Times[i] - s.Times[i-1]; {
		case lead && !seen:
			unseen += dt
		case seen && !lead:
			imagined += dt
		}
	}
	if known {
		s.Extremes["lead_unseen"], s.Extremes["lead_imagined"] = unseen, imagined
	}
}

// meetings stores the smallest post-encroachment time of actors without a collision.
func (s *Safety) meetings() {
	for i := range s.Encounters {
		e := &s.Encounters[i]
		if least, ok := s.Extremes["min_pet"]; e.PET > 0 && (!ok || float64(e.PET) < least) {
			s.Extremes["min_pet"], s.At["min_pet"] = float64(e.PET), float64(e.PETAt)
		}
	}
}

// crashes stores the number and the severity of collisions. Without collisions, impact
// speed and delta-v are 0.
func (s *Safety) crashes(l *DriveLog) {
	s.Extremes["impact_speed"], s.Extremes["delta_v"] = 0, 0
	fault := 0.0
	for i := range s.Collisions {
		c := &s.Collisions[i]
		if c.AtFault {
			fault++
		}
		s.Color = max(s.Color, ColorOf(l.Steps[0].States[actor.Ego].Speed, c.HeadOn))
		s.Extremes["delta_v"] = math.Max(s.Extremes["delta_v"], c.DeltaV)
		if c.ImpactSpeed >= s.Extremes["impact_speed"] {
			s.Extremes["impact_speed"], s.At["impact_speed"] = c.ImpactSpeed, c.Time
		}
	}
	s.Extremes["collisions"], s.Extremes["at_fault_collisions"] = float64(len(s.Collisions)), fault
}

// travel stores the ego's distance, duration and mean speed.
func (s *Safety) travel(l *DriveLog) {
	n := len(l.Steps)
	if n == 0 {
		return
	}
	way, time := l.Steps[n-1].Progress-l.Steps[0].Progress, s.Times[n-1]-s.Times[0]
	s.Extremes["progress"], s.Extremes["duration"] = way, time
	if time > 0 {
		s.Extremes["mean_speed"] = way / time
	}
}
