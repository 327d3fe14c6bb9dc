package tape

import (
	"bytes"
	"crypto/sha256"
	"maps"
	"sync"

	"roadloop"
	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
)

// recall is a Detector that remembers what another one read: pictures that it saw
// before, byte for byte, it need not look at again. Forks share the other one, which
// is asked by one of them at a time.
type recall struct {
	detector perception.Detector
	turn     *sync.Mutex // of the detector, which forks share
	known    *memory
}

// memory is what was read, by time of the picture.
type memory struct {
	mu    sync.Mutex
	reads map[clock.Tick][]reading
}

// reading is what was read from a picture with this hash.
type reading struct {
	pixels [sha256.Size]byte
	image  *perception.Image // never changes
}

// remember puts a recall before the detector of a driver that has one.
func remember(d roadloop.Driver) {
	if p := pipelineOf(d); p != nil {
		p.Detector = &recall{p.Detector, new(sync.Mutex), &memory{reads: make(map[clock.Tick][]reading)}}
	}
}

// learnApart lets the driver of a fork learn by itself from now on: what it reads is
// forgotten with it.
func learnApart(d roadloop.Driver) {
	p := pipelineOf(d)
	if p == nil {
		return
	}
	in := p.Detector
	for m, ok := in.(*missingDetector); ok; m, ok = in.(*missingDetector) {
		in = m.Detector
	}
	if r, ok := in.(*recall); ok {
		r.known = r.known.fork()
	}
}

// Detect fills in what the frame shows.
func (r *recall) Detect(f *sensor.Frame, im *perception.Image) error {
	pixels := sha256.Sum256(f.Pix)
	if known := r.known.find(f.Time, &pixels); known != nil {
		cloneImage(im, known)
		im.Cal = f.Cal
		return nil
	}
	r.turn.Lock()
	defer r.turn.Unlock()
	if err := r.detector.Detect(f, im); err != nil {
		return err
	}
	kept := new(perception.Image)
	cloneImage(kept, im)
	r.known.add(f.Time, reading{pixels, kept})
	return nil
}

// Clone returns a recall with the same memory and a copy of the detector.
func (r *recall) Clone() perception.Detector { return &recall{r.detector.Clone(), r.turn, r.known} }

func (m *memory) find(t clock.Tick, pixels *[sha256.Size]byte) *perception.Image {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, x := range m.reads[t] {
		if bytes.Equal(x.pixels[:], pixels[:]) {
			return x.image
		}
	}
	return nil
}

func (m *memory) add(t clock.Tick, x reading) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads[t] = append(m.reads[t][:len(m.reads[t]):len(m.reads[t])], x)
}

// fork returns a memory that learns by itself from now on, and is forgotten with
// those who have it.
func (m *memory) fork() *memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &memory{reads: maps.Clone(m.reads)}
}
