package browser

import (
	"context"
	"image"
	"sync"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/scenarios"
	"roadloop/scenarios/thumb"
)

// pictures are made in the background, one after the other, those asked for last first.
type pictures struct {
	cache *thumb.Cache
	come  func() // is called when a picture has come
	stop  context.CancelFunc
	done  chan struct{}

	mu    sync.Mutex
	more  *sync.Cond
	queue []*scenarios.Scenario
	ended bool
	asked map[*scenarios.Scenario]bool
	made  map[*scenarios.Scenario]*image.RGBA // nil for one that cannot be made

	images map[*scenarios.Scenario]*ebiten.Image // of who draws
}

func newPictures(cache *thumb.Cache, come func()) *pictures {
	ctx, stop := context.WithCancel(context.Background())
	p := &pictures{cache: cache, come: come, stop: stop, done: make(chan struct{}),
		asked: map[*scenarios.Scenario]bool{},
		made:  map[*scenarios.Scenario]*image.RGBA{}, images: map[*scenarios.Scenario]*ebiten.Image{}}
	p.more = sync.NewCond(&p.mu)
	go p.work(ctx)
	return p
}

// work makes what is asked for until the end.
func (p *pictures) work(ctx context.Context) {
	defer close(p.done)
	for {
		s := p.next()
		if s == nil {
			return
		}
		m, err := p.cache.Picture(ctx, s)
		if err != nil {
			m = nil // the card says so
		}
		p.mu.Lock()
		p.made[s] = m
		p.mu.Unlock()
		p.come()
	}
}

// next waits for something to do; nil is the end.
func (p *pictures) next() *scenarios.Scenario {
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

// of returns the picture of a scenario, nil while it is being made. missing tells that
// there will be none.
func (p *pictures) of(s *scenarios.Scenario) (img *ebiten.Image, missing bool) {
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

// waiting returns how many were asked for and are not there yet.
func (p *pictures) waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.asked) - len(p.made)
}

// close ends the work and frees what was drawn.
func (p *pictures) close() {
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
