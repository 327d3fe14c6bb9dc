package timeline

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

// cachingDetector caches the results of a detector by the bytes of the image. Forks
// share the detector; one of them runs it at a time.
type cachingDetector struct {
	detector   perception.Detector
	detectorMu *sync.Mutex // guards detector, which forks share
	cache      *detectionCache
}

// detectionCache holds detector results by the time of the image.
type detectionCache struct {
	mu     sync.Mutex
	images map[clock.Tick][]cachedImage
}

// cachedImage is the result for an image of a camera with this hash.
type cachedImage struct {
	camera string
	pixels [sha256.Size]byte
	image  *perception.Image // immutable
}

// cacheDetections wraps the detector of a driver, if any, with a cache.
func cacheDetections(d roadloop.Driver) {
	if pipeline := pipelineOf(d); pipeline != nil {
		pipeline.Detector = &cachingDetector{pipeline.Detector, new(sync.Mutex), &detectionCache{images: make(map[clock.Tick][]cachedImage)}}
	}
}

// splitCache gives the driver of a fork its own copy of the cache, which is freed with
// the fork.
func splitCache(d roadloop.Driver) {
	pipeline := pipelineOf(d)
	if pipeline == nil {
		return
	}
	in := pipeline.Detector
	for m, ok := in.(*missingDetector); ok; m, ok = in.(*missingDetector) {
		in = m.Detector
	}
	if r, ok := in.(*cachingDetector); ok {
		r.cache = r.cache.fork()
	}
}

// Detect fills in the result for the frame, from the cache if possible.
func (r *cachingDetector) Detect(f *sensor.Frame, im *perception.Image) error {
	pixels := sha256.Sum256(f.Pix)
	if known := r.cache.find(f, &pixels); known != nil {
		im.CopyFrom(known)
		im.Cal = f.Cal
		return nil
	}
	r.detectorMu.Lock()
	defer r.detectorMu.Unlock()
	if err := r.detector.Detect(f, im); err != nil {
		return err
	}
	kept := new(perception.Image)
	kept.CopyFrom(im)
	r.cache.add(f.Time, cachedImage{f.Sensor, pixels, kept})
	return nil
}

// Clone returns a detector with the same cache and a copy of the wrapped detector.
func (r *cachingDetector) Clone() perception.Detector {
	return &cachingDetector{r.detector.Clone(), r.detectorMu, r.cache}
}

func (m *detectionCache) find(f *sensor.Frame, pixels *[sha256.Size]byte) *perception.Image {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, x := range m.images[f.Time] {
		if x.camera == f.Sensor && bytes.Equal(x.pixels[:], pixels[:]) {
			return x.image
		}
	}
	return nil
}

func (m *detectionCache) add(t clock.Tick, x cachedImage) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.images[t] = append(m.images[t][:len(m.images[t]):len(m.images[t])], x)
}

// fork returns a copy. Later additions to either one do not affect the other.
func (m *detectionCache) fork() *detectionCache {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &detectionCache{images: maps.Clone(m.images)}
}
