package scoring

import (
	"math"

	"roadloop/perception/assign"
	"roadloop/sim/geom"
)

// Spotted is where a true object, or a track, is at one moment. Its ID stays the same
// over time.
type Spotted struct {
	ID  int
	Pos geom.Vec // middle, m, in a frame that does not move
}

// Tracking accumulates how well tracks follow true objects, whatever their classes:
// HOTA (Luiten et al., IJCV 2021), CLEAR MOTA (Bernardin and Stiefelhagen 2008) and
// IDF1 (Ristani et al. 2016). The similarity of a track and an object falls from 1 at
// the same place to 0 when their middles are Reach apart on the ground.
type Tracking struct {
	Reach float64 // m [4, so that HOTA's middle level of 0.5 is 2 m]

	frames         []moment
	truths, tracks ids
}

// moment is one frame, by the indices of objects and tracks.
type moment struct {
	truths, tracks []int
	alike          []float64 // similarity, row by row of truths
}

func (m *moment) at(i, j int) float64 { return m.alike[i*len(m.tracks)+j] }

// ids gives indices to identities and counts the frames that each is in.
type ids struct {
	index map[int]int
	count []float64
}

func (s *ids) of(id int) int {
	if s.index == nil {
		s.index = make(map[int]int)
	}
	i, ok := s.index[id]
	if !ok {
		i = len(s.count)
		s.index[id] = i
		s.count = append(s.count, 0)
	}
	s.count[i]++
	return i
}

// reach returns Reach or its default.
func (t *Tracking) reach() float64 {
	if t.Reach > 0 {
		return t.Reach
	}
	return 4
}

// Add counts one frame.
func (t *Tracking) Add(truths, tracks []Spotted) {
	var m moment
	for _, x := range truths {
		m.truths = append(m.truths, t.truths.of(x.ID))
	}
	for _, x := range tracks {
		m.tracks = append(m.tracks, t.tracks.of(x.ID))
	}
	for _, a := range truths {
		for _, b := range tracks {
			m.alike = append(m.alike, math.Max(0, 1-a.Pos.Dist(b.Pos)/t.reach()))
		}
	}
	t.frames = append(t.frames, m)
}

// TrackingReport holds the measures, each 1 at best; MOTA may be negative.
type TrackingReport struct {
	HOTA float64 `json:"hota"`
	DetA float64 `json:"det_a"` // of detection
	AssA float64 `json:"ass_a"` // of association
	MOTA float64 `json:"mota"`
	IDF1 float64 `json:"idf1"`
	// Switches are how often an object goes on under another track.
	Switches int `json:"switches"`
}

// Report returns the measures; it reports false where there was nothing to track.
func (t *Tracking) Report() (TrackingReport, bool) {
	if len(t.truths.count) == 0 {
		return TrackingReport{}, false
	}
	var r TrackingReport
	r.HOTA, r.DetA, r.AssA = t.hota()
	r.MOTA, r.Switches = t.mota()
	r.IDF1 = t.idf1()
	return r, true
}

// levels are the similarities from 0.05 to 0.95 at which HOTA is averaged.
const levels = 19

// hota matches each frame so that the similarity, weighted by how well object and track
// go together over all frames, is greatest.
func (t *Tracking) hota() (hota, det, ass float64) {
	weight := t.alignment()
	var pairs [levels][]float64 // frames in which object and track match
	var matched [levels]float64
	for l := range pairs {
		pairs[l] = make([]float64, len(t.truths.count)*len(t.tracks.count))
	}
	var solver assign.Solver
	for f := range t.frames {
		m := &t.frames[f]
		solver.Reset(len(m.truths), len(m.tracks))
		for i, a := range m.truths {
			for j, b := range m.tracks {
				if s := m.at(i, j); s > 0 {
					solver.Allow(i, j, -s*weight[t.pair(a, b)])
				}
			}
		}
		for i, j := range solver.Solve(0) {
			if j < 0 {
				continue
			}
			for l := range levels {
				if m.at(i, j) >= level(l)-rounding {
					matched[l]++
					pairs[l][t.pair(m.truths[i], m.tracks[j])]++
				}
			}
		}
	}
	all := sum(t.truths.count) + sum(t.tracks.count)
	for l := range levels {
		d, a := ratio(matched[l], all-matched[l]), t.association(pairs[l], matched[l])
		hota += math.Sqrt(d*a) / levels
		det += d / levels
		ass += a / levels
	}
	return hota, det, ass
}

// level returns the similarity of level l, with the rounding of TrackEval's levels.
func level(l int) float64 { return 0.05 + float64(0.05*float64(l)) }

// rounding is how much a similarity may lie below a limit that it meets, as in TrackEval.
const rounding = 0x1p-52

// pair indexes an object and a track.
func (t *Tracking) pair(truth, track int) int { return truth*len(t.tracks.count) + track }

// alignment returns how well each object and track go together over all frames.
func (t *Tracking) alignment() []float64 {
	both := make([]float64, len(t.truths.count)*len(t.tracks.count))
	for f := range t.frames {
		m := &t.frames[f]
		rows, cols := make([]float64, len(m.truths)), make([]float64, len(m.tracks))
		for i := range rows {
			for j := range cols {
				rows[i] += m.at(i, j)
				cols[j] += m.at(i, j)
			}
		}
		for i, a := range m.truths {
			for j, b := range m.tracks {
				if s := m.at(i, j); s > 0 {
					both[t.pair(a, b)] += s / (rows[i] + cols[j] - s)
				}
			}
		}
	}
	for a, n := range t.truths.count {
		for b, k := range t.tracks.count {
			both[t.pair(a, b)] /= n + k - both[t.pair(a, b)]
		}
	}
	return both
}

// association returns the mean over the matches of TPA/(TPA + FNA + FPA).
func (t *Tracking) association(pairs []float64, matched float64) float64 {
	total := 0.0
	for a, n := range t.truths.count {
		for b, k := range t.tracks.count {
			c := pairs[t.pair(a, b)]
			total += c * ratio(c, n+k-c)
		}
	}
	return ratio(total, matched)
}

// holdsFrom is the similarity at which MOTA and IDF1 take an object for found: within half
// the reach.
const holdsFrom = 0.5

// mota returns 1 − (misses + false tracks + switches)/objects, and the switches. It
// follows TrackEval (Luiten and Hoffhues 2020, metrics/clear.py): a match of the frame
// before is kept where it still holds, but not one from before a gap; a switch is
// counted against the last track that the object had, however long ago. Frames
// without objects or without tracks are no gap.
func (t *Tracking) mota() (float64, int) {
	const kept = 1000 // exceeds the similarities of all other matches
	misses, wrong, switches := 0, 0, 0
	last := make([]int, len(t.truths.count))   // track that each object had last, 1-based
	before := make([]int, len(t.truths.count)) // and in the frame before
	var solver assign.Solver
	for f := range t.frames {
		m := &t.frames[f]
		if len(m.truths) == 0 || len(m.tracks) == 0 {
			misses, wrong = misses+len(m.truths), wrong+len(m.tracks)
			continue
		}
		solver.Reset(len(m.truths), len(m.tracks))
		for i, a := range m.truths {
			for j, b := range m.tracks {
				if s := m.at(i, j); s >= holdsFrom-rounding {
					if before[a] == b+1 {
						s += kept
					}
					solver.Allow(i, j, -s)
				}
			}
		}
		clear(before)
		hits := 0
		for i, j := range solver.Solve(0) {
			if j < 0 {
				continue
			}
			hits++
			a, b := m.truths[i], m.tracks[j]
			if last[a] != 0 && last[a] != b+1 {
				switches++
			}
			last[a], before[a] = b+1, b+1
		}
		misses, wrong = misses+len(m.truths)-hits, wrong+len(m.tracks)-hits
	}
	return 1 - float64(misses+wrong+switches)/sum(t.truths.count), switches
}

// idf1 returns 2·IDTP/(objects + tracks), each counted in every frame, with the one
// assignment of tracks to objects over all frames that is best.
func (t *Tracking) idf1() float64 {
	frames := make([]float64, len(t.truths.count)*len(t.tracks.count))
	for f := range t.frames {
		m := &t.frames[f]
		for i, a := range m.truths {
			for j, b := range m.tracks {
				if m.at(i, j) >= holdsFrom-rounding {
					frames[t.pair(a, b)]++
				}
			}
		}
	}
	var solver assign.Solver
	solver.Reset(len(t.truths.count), len(t.tracks.count))
	for a := range t.truths.count {
		for b := range t.tracks.count {
			solver.Allow(a, b, -frames[t.pair(a, b)])
		}
	}
	right := 0.0
	for a, b := range solver.Solve(0) {
		if b >= 0 {
			right += frames[t.pair(a, b)]
		}
	}
	return ratio(2*right, sum(t.truths.count)+sum(t.tracks.count))
}

func sum(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	return s
}

// ratio returns a/b, 0 where both are.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
