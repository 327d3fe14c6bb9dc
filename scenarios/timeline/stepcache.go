package timeline

// maxFrames is the number of frames in a cache. A frame with a camera image takes about
// 0.3 MB.
const maxFrames = 320

// frameCache holds recently used frames in segments from one checkpoint to the next. It
// evicts the least recently used segments.
type frameCache struct {
	segments map[int]*segment // by their first decision
	frames   int
	now      int // counts uses
}

// segment is a list of consecutive frames. It only grows.
type segment struct {
	frames  []*Step
	lastUse int
}

func newFrameCache() *frameCache { return &frameCache{segments: make(map[int]*segment)} }

// find returns frame i from the segment that begins at decision at.
func (r *frameCache) find(at, i int) (*Step, bool) {
	s := r.segments[at]
	if s == nil || i-at >= len(s.frames) {
		return nil, false
	}
	r.now++
	s.lastUse = r.now
	return s.frames[i-at], true
}

// add appends frame i to the segment that begins at decision at, unless frames between
// them were evicted.
func (r *frameCache) add(at, i int, f *Step) {
	s := r.segments[at]
	if s == nil {
		s = new(segment)
		r.segments[at] = s
	}
	if len(s.frames) != i-at {
		return
	}
	s.frames = append(s.frames, f)
	r.frames++
	r.touch(s, at)
}

// put replaces a segment, unless the old one is longer.
func (r *frameCache) put(at int, frames []*Step) {
	if old := r.segments[at]; old != nil {
		if len(old.frames) >= len(frames) {
			return
		}
		r.frames -= len(old.frames)
	}
	s := &segment{frames: frames}
	r.segments[at] = s
	r.frames += len(frames)
	r.touch(s, at)
}

// touch marks a segment as used and evicts others if there are too many frames.
func (r *frameCache) touch(s *segment, at int) {
	r.now++
	s.lastUse = r.now
	for r.frames > maxFrames && len(r.segments) > 1 {
		oldest := at
		for begin, x := range r.segments {
			if x.lastUse < r.segments[oldest].lastUse {
				oldest = begin
			}
		}
		r.frames -= len(r.segments[oldest].frames)
		delete(r.segments, oldest)
	}
}

// fork returns a cache with the frames before decision n.
func (r *frameCache) fork(checkpoints []checkpoint, n int) *frameCache {
	c := newFrameCache()
	for i := range checkpoints {
		at := checkpoints[i].at
		s := r.segments[at]
		if s == nil || at >= n {
			continue
		}
		frames := s.frames[:min(len(s.frames), n-at)]
		c.segments[at] = &segment{frames[:len(frames):len(frames)], s.lastUse}
		c.frames += len(frames)
	}
	c.now = r.now
	return c
}
