// Package boxtrack tracks boxes over the frames of a video, in pixels: the camera may move in
// any way, and nothing but the boxes is known. It is ByteTrack (Zhang et al. 2022) with the
// Kalman filter of SORT (Bewley et al. 2016): tracks are predicted with constant velocity,
// associated with the detections of high scores by overlap and then with those of low scores,
// and continue unseen for a short time. Package fusion tracks road users in space instead, with
// all sensors of a car.
package boxtrack

import (
	"math"
	"slices"

	"roadloop/perception"
)

// Config sets the tracker. The zero value means Default.
type Config struct {
	// High is the score from which a detection starts a track or is associated first; Low is
	// the least score of the others, which only continue tracks.
	High, Low float64
	// MinOverlap is the least IoU of a detection and the predicted box of its track.
	MinOverlap float64
	// Lost is the time for which a track continues without detections, s.
	Lost float64
	// Confirm is the number of consecutive detections from which a track is reported.
	Confirm int
}

// Default returns the configuration for the scores of roadloop's networks.
func Default() Config { return Config{High: .3, Low: .13, MinOverlap: .2, Lost: 1, Confirm: 2} }

// Track is a tracked box.
type Track struct {
	ID    int64 // from 1, by order of appearance
	Class perception.Class
	Box   perception.Box
	Score float64 // of the last detection
	// Detection is the index of the detection of this frame in the argument of Update.
	Detection int
}

// Tracker tracks boxes. It is not safe for concurrent use.
type Tracker struct {
	config     Config
	tracks     []*tracked
	next       int64
	time       float64
	assignment perception.Assignment
	out        []Track
}

// tracked is a track with its filter.
type tracked struct {
	id     int64
	filter filter
	score  float64
	votes  [perception.NumClasses]float64 // by class, sums of scores
	hits   int
	seen   float64 // time of the last detection, s
	index  int     // detection of this frame, -1 for none
}

// New returns a tracker.
func New(c Config) *Tracker {
	if c == (Config{}) {
		c = Default()
	}
	return &Tracker{config: c, next: 1}
}

// Update advances the tracks to the time of a frame, s, associates its detections, and returns
// the confirmed tracks that it shows, by ID. Times must not fall. The next call overwrites the
// result. Traffic lights are not tracked.
func (t *Tracker) Update(time float64, found []perception.Detection) []Track {
	dt := math.Max(0, time-t.time)
	t.time = time
	t.tracks = slices.DeleteFunc(t.tracks, func(k *tracked) bool { return t.time-k.seen > t.config.Lost })
	for _, k := range t.tracks {
		k.filter.predict(dt)
		k.index = -1
	}
	var high, low []int
	for i := range found {
		switch d := &found[i]; {
		case d.Class.IsSignal() || d.Score < t.config.Low:
		case d.Score >= t.config.High:
			high = append(high, i)
		default:
			low = append(low, i)
		}
	}
	high = t.associate(found, high)
	t.associate(found, low)
	for _, i := range high {
		t.start(&found[i], i)
	}
	t.tracks = slices.DeleteFunc(t.tracks, func(k *tracked) bool {
		return k.index < 0 && k.hits < t.config.Confirm
	})
	return t.report()
}

// associate assigns detections to the tracks that have none yet, at the greatest total
// overlap, and returns the detections without track.
func (t *Tracker) associate(found []perception.Detection, list []int) (alone []int) {
	var free []*tracked
	for _, k := range t.tracks {
		if k.index < 0 {
			free = append(free, k)
		}
	}
	t.assignment.Reset(len(list), len(free))
	for row, i := range list {
		for col, k := range free {
			if o := found[i].Box.IoU(k.filter.box()); o >= t.config.MinOverlap {
				t.assignment.Allow(row, col, 1-o)
			}
		}
	}
	for row, col := range t.assignment.Solve(1) {
		if col < 0 {
			alone = append(alone, list[row])
			continue
		}
		free[col].update(&found[list[row]], list[row], t.time)
	}
	return alone
}

// start starts a track.
func (t *Tracker) start(d *perception.Detection, index int) {
	k := &tracked{id: t.next, filter: newFilter(d.Box)}
	t.next++
	k.update(d, index, t.time)
	t.tracks = append(t.tracks, k)
}

// update takes a detection over.
func (k *tracked) update(d *perception.Detection, index int, time float64) {
	if k.hits > 0 {
		k.filter.correct(d.Box)
	}
	k.hits++
	k.score, k.seen, k.index = d.Score, time, index
	k.votes[d.Class] += d.Score
}

// report returns the confirmed tracks that the frame shows.
func (t *Tracker) report() []Track {
	t.out = t.out[:0]
	for _, k := range t.tracks {
		if k.index < 0 || k.hits < t.config.Confirm {
			continue
		}
		class := 0
		for c, v := range k.votes {
			if v > k.votes[class] {
				class = c
			}
		}
		t.out = append(t.out, Track{ID: k.id, Class: perception.Class(class), Box: k.filter.box(), Score: k.score, Detection: k.index})
	}
	return t.out
}
