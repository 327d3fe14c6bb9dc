package scoring

import "roadloop/perception"

// numLights is the number of signal classes: red, amber, green.
const numLights = 3

// signalOverlap is the minimum IoU of a detection with a signal. It is low because
// signals are only a few pixels wide and their state matters more.
const signalOverlap = 0.3

// Signals accumulates the classified states of traffic lights within a distance.
type Signals struct {
	Within   float64 // m
	MinScore float64

	confusion [numLights][numLights]int
	missed    int
}

// Add counts one image: for each signal, the best overlapping detection.
func (s *Signals) Add(truths []Truth, dets []perception.Detection) {
	for i := range truths {
		t := &truths[i]
		if !t.Class.IsSignal() || t.Ignore || t.Distance >= s.Within {
			continue
		}
		best := -1
		for k := range dets {
			d := &dets[k]
			if !d.Class.IsSignal() || d.Score < s.MinScore || d.Box.IoU(t.Box) < signalOverlap {
				continue
			}
			if best < 0 || d.Score > dets[best].Score {
				best = k
			}
		}
		if best < 0 {
			s.missed++
			continue
		}
		s.confusion[t.Class-perception.SignalRed][dets[best].Class-perception.SignalRed]++
	}
}

// Confusion returns how often a signal of the first class was classified as the
// second.
func (s *Signals) Confusion() [numLights][numLights]int { return s.confusion }

// counts returns the number of found signals and of correctly classified ones.
func (s *Signals) counts() (read, right int) {
	for t := range s.confusion {
		for d, n := range s.confusion[t] {
			read += n
			if t == d {
				right += n
			}
		}
	}
	return read, right
}

// Truths returns the number of signals to be found.
func (s *Signals) Truths() int { read, _ := s.counts(); return read + s.missed }

// Accuracy returns the share of the found signals with a correct state.
func (s *Signals) Accuracy() float64 {
	read, right := s.counts()
	return float64(right) / float64(read)
}

// Recall returns the share of the signals that were found, in any state.
func (s *Signals) Recall() float64 {
	read, _ := s.counts()
	return float64(read) / float64(read+s.missed)
}
