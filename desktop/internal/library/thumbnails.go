package library

import (
	"context"
	"image"
	"sync"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/scenarios"
	"roadloop/scenarios/video"
)

// thumbnails renders thumbnails in the background, one at a time, the latest request
// first.
type thumbnails struct {
	cache *video.ThumbnailCache
	come  func() // called when a thumbnail is ready
	stop  context.CancelFunc
	done  chan struct{}

	mu    sync.Mutex
	more  *sync.Cond
	queue []*scenarios.Scenario
	ended bool
	asked map[*scenarios.Scenario]bool
	made  map[*scenarios.Scenario]*image.RGBA // nil for one that cannot be rendered

	images map[*scenarios.Scenario]*ebiten.Image // for drawing
}

func newThumbnails(cache *video.ThumbnailCache, come func()) *thumbnails {
	ctx, stop := context.WithCancel(context.Background())
	p := &thumbnails{cache: cache, come: come, stop: stop, done: make(chan struct{}),
		asked: map[*scenarios.Scenario]bool{},
		made:  map[*scenarios.Scenario]*image.RGBA{}, images: map[*scenarios.Scenario]*ebiten.Image{}}
	p.more = sync.NewCond(&p.mu)
	go p.work(ctx)
	return p
}

// work renders requested thumbnails until close.
func (p *thumbnails) work(ctx context.Context) {
	defer close(p.done)
	for {
		s := p.next()
		if s == nil {
			return
		}
		m, err := p.cache.Thumbnail(ctx, s)
		if err != nil {
			m = nil // the card shows that there is none
		}
		p.mu.Lock()
		p.made[s] = m
		p.mu.Unlock()
		p.come()
	}
}

// next waits for a request; nil means the end.
func (p *thumbnails) next() *scenarios.Scenario {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.queue) == 0 && !p.ended {
		p.more.Wait()
	}
	if p.ended {
		return nil
	}
	s := p.queue[len(p.queue)-1]
	p.queue = p.queue[:len(p.queue)-1]
	return s
}

// of returns the thumbnail of a scenario, nil while it is being rendered. missing
// reports that it cannot be rendered.
func (p *thumbnails) of(s *scenarios.Scenario) (img *ebiten.Image, missing bool) {
	if p.cache == nil {
		return nil, true
	}
	if img := p.images[s]; img != nil {
		return img, false
	}
	p.mu.Lock()
	m, made := p.made[s]
	if !p.asked[s] {
		p.asked[s] = true
		p.queue = append(p.queue, s)
		p.more.Signal()
	}
	p.mu.Unlock()
	if m == nil {
		return nil, made
	}
	img = ebiten.NewImageFromImage(m)
	p.images[s] = img
	return img, false
}

// waiting returns the number of pending requests.
func (p *thumbnails) waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.asked) - len(p.made)
}

// close stops the work and frees the images.
func (p *thumbnails) close() {
	p.stop()
	p.mu.Lock()
	p.ended = true
	p.more.Signal()
	p.mu.Unlock()
	<-p.done
	for _, img := range p.images {
		img.Deallocate()
	}
}
