package scoring

import (
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/sim/geom"
)

// TrackPoint is the position of a true object or of a track at one time. Its ID is
// constant over time.
type TrackPoint struct {
	ID  int
	Pos geom.Vec // middle, m, in a static frame
}

// TrackBox is the box of a true object or of a track in one image. Its ID is constant over
// time.
type TrackBox struct {
	ID  int
	Box perception.Box
	// Ignore marks a true object that may be tracked but need not.
	Ignore bool
}

// Tracking accumulates tracking metrics over all classes: HOTA (Luiten et al., IJCV
// 2021), CLEAR MOTA (Bernardin and Stiefelhagen 2008) and IDF1 (Ristani et al. 2016).
// The similarity of a track and an object on the ground falls from 1 at distance 0 to 0 at
// distance Reach between their middles; in images it is the IoU of their boxes. The figures
// equal those of TrackEval.
type Tracking struct {
	Reach float64 // m [4, so that HOTA's middle level of 0.5 is 2 m]

	frames         []trackingFrame
	truths, tracks idIndex
}

// trackingFrame is one frame, with indices of objects and tracks.
type trackingFrame struct {
	truths, tracks []int
	similarity     []float64 // row by row of truths
}

func (m *trackingFrame) at(i, j int) float64 { return m.similarity[i*len(m.tracks)+j] }

// idIndex assigns indices to IDs and counts the frames with each ID.
type idIndex struct {
	index map[int]int
	count []float64
}

func (s *idIndex) of(id int) int {
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
func (t *Tracking) Add(truths, tracks []TrackPoint) {
	var m trackingFrame
	for _, x := range truths {
		m.truths = append(m.truths, t.truths.of(x.ID))
	}
	for _, x := range tracks {
		m.tracks = append(m.tracks, t.tracks.of(x.ID))
	}
	for _, a := range truths {
		for _, b := range tracks {
			m.similarity = append(m.similarity, math.Max(0, 1-a.Pos.Dist(b.Pos)/t.reach()))
		}
	}
	t.frames = append(t.frames, m)
}

// AddBoxes counts one image. Tracks that match an ignored object do not count, as with
// the distractors of MOTChallenge.
func (t *Tracking) AddBoxes(truths, tracks []TrackBox) {
	tracks = withoutIgnored(truths, tracks)
	var m trackingFrame
	for _, x := range tracks {
		m.tracks = append(m.tracks, t.tracks.of(x.ID))
	}
	for _, a := range truths {
		if a.Ignore {
			continue
		}
		m.truths = append(m.truths, t.truths.of(a.ID))
		for _, b := range tracks {
			m.similarity = append(m.similarity, a.Box.IoU(b.Box))
		}
	}
	t.frames = append(t.frames, m)
}

// withoutIgnored returns the tracks that match no ignored object, when all objects of an
// image choose their tracks together.
func withoutIgnored(truths, tracks []TrackBox) []TrackBox {
	if !slices.ContainsFunc(truths, func(t TrackBox) bool { return t.Ignore }) {
		return tracks
	}
	var solver perception.Assignment
	solver.Reset(len(truths), len(tracks))
	for i, a := range truths {
		for j, b := range tracks {
			if s := a.Box.IoU(b.Box); s >= matchThreshold-rounding {
				solver.Allow(i, j, -s)
			}
		}
	}
	excused := make([]bool, len(tracks))
	for i, j := range solver.Solve(0) {
		if j >= 0 {
			excused[j] = truths[i].Ignore
		}
	}
	var out []TrackBox
	for j := range tracks {
		if !excused[j] {
			out = append(out, tracks[j])
		}
	}
	return out
}

// TrackingReport holds the metrics, each 1 at best; MOTA may be negative.
type TrackingReport struct {
	HOTA float64 `json:"hota"`
	DetA float64 `json:"det_a"` // of detection
	AssA float64 `json:"ass_a"` // of association
	MOTA float64 `json:"mota"`
	IDF1 float64 `json:"idf1"`
	// Switches is the number of ID switches.
	Switches int `json:"switches"`
}

// Report returns the metrics. It reports false if there was nothing to track.
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

// hota matches each frame so that the sum of similarities, weighted by the global
// alignment of object and track, is greatest.
func (t *Tracking) hota() (hota, det, ass float64) {
	weight := t.alignment()
	var pairs [levels][]float64 // frames in which object and track match
	var matched [levels]float64
	for l := range pairs {
		pairs[l] = make([]float64, len(t.truths.count)*len(t.tracks.count))
	}
	var solver perception.Assignment
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

// rounding is the tolerance of a similarity below a limit, as in TrackEval.
const rounding = 0x1p-52

// pair indexes an object and a track.
func (t *Tracking) pair(truth, track int) int { return truth*len(t.tracks.count) + track }

// alignment returns the global alignment of each object and track over all frames.
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

// matchThreshold is the minimum similarity of a match in MOTA and IDF1: half the
// reach, or an IoU of 0.5.
const matchThreshold = 0.5

// mota returns 1 − (misses + false tracks + switches)/objects, and the switches. It
// follows TrackEval (Luiten and Hoffhues 2020, metrics/clear.py): a match of the
// previous frame is kept if it is still above the threshold, but not one from before
// a gap; a switch is counted against the last track of the object, however long ago.
// Frames without objects or without tracks are not a gap.
func (t *Tracking) mota() (float64, int) {
	const kept = 1000 // exceeds the similarities of all other matches
	misses, wrong, switches := 0, 0, 0
	last := make([]int, len(t.truths.count))   // last track of each object, 1-based
	before := make([]int, len(t.truths.count)) // track in the previous frame
	var solver perception.Assignment
	for f := range t.frames {
		m := &t.frames[f]
		if len(m.truths) == 0 || len(m.tracks) == 0 {
			misses, wrong = misses+len(m.truths), wrong+len(m.tracks)
			continue
		}
		solver.Reset(len(m.truths), len(m.tracks))
		for i, a := range m.truths {
			for j, b := range m.tracks {
				if s := m.at(i, j); s >= matchThreshold-rounding {
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

// idf1 returns 2·IDTP/(objects + tracks), each counted in every frame, with the best
// single assignment of tracks to objects over all frames.
func (t *Tracking) idf1() float64 {
	frames := make([]float64, len(t.truths.count)*len(t.tracks.count))
	for f := range t.frames {
		m := &t.frames[f]
		for i, a := range m.truths {
			for j, b := range m.tracks {
				if m.at(i, j) >= matchThreshold-rounding {
					frames[t.pair(a, b)]++
				}
			}
		}
	}
	var solver perception.Assignment
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

// ratio returns a/b, 0 if both are 0.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
