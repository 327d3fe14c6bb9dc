package tape

// maxFrames is how many frames a reel holds, in all: with a camera's picture each
// takes about 0.3 MB.
const maxFrames = 320

// reel holds the frames that were looked at lately, in strips from one key to the
// next. It forgets the strips that were not looked at for longest.
type reel struct {
	strips map[int]*strip // by the decision they begin with
	frames int
	now    int // counts looks
}

// strip is consecutive frames. They are never changed, only added to.
type strip struct {
	frames []*Frame
	looked int
}

func newReel() *reel { return &reel{strips: make(map[int]*strip)} }

// find returns frame i from the strip that begins at a decision.
func (r *reel) find(at, i int) (*Frame, bool) {
	s := r.strips[at]
	if s == nil || i-at >= len(s.frames) {
		return nil, false
	}
	r.now++
	s.looked = r.now
	return s.frames[i-at], true
}

// add appends frame i to the strip that begins at a decision, unless what lies
// between was forgotten.
func (r *reel) add(at, i int, f *Frame) {
	s := r.strips[at]
	if s == nil {
		s = new(strip)
		r.strips[at] = s
	}
	if len(s.frames) != i-at {
		return
	}
	s.frames = append(s.frames, f)
	r.frames++
	r.touch(s, at)
}

// put replaces a strip, unless it is longer.
func (r *reel) put(at int, frames []*Frame) {
	if old := r.strips[at]; old != nil {
		if len(old.frames) >= len(frames) {
			return
		}
		r.frames -= len(old.frames)
	}
	s := &strip{frames: frames}
	r.strips[at] = s
	r.frames += len(frames)
	r.touch(s, at)
}

// touch notes that a strip was looked at, and drops others where there are too many.
func (r *reel) touch(s *strip, at int) {
	r.now++
	s.looked = r.now
	for r.frames > maxFrames && len(r.strips) > 1 {
		oldest := at
		for begin, x := range r.strips {
			if x.looked < r.strips[oldest].looked {
				oldest = begin
			}
		}
		r.frames -= len(r.strips[oldest].frames)
		delete(r.strips, oldest)
	}
}

// fork returns a reel with the frames before decision n, which begin at the keys.
func (r *reel) fork(keys []key, n int) *reel {
	c := newReel()
	for i := range keys {
		at := keys[i].at
		s := r.strips[at]
		if s == nil || at >= n {
			continue
		}
		frames := s.frames[:min(len(s.frames), n-at)]
		c.strips[at] = &strip{frames[:len(frames):len(frames)], s.looked}
		c.frames += len(frames)
	}
	c.now = r.now
	return c
}
