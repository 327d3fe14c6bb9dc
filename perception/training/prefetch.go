package training

import (
	"context"
	"fmt"
	"runtime"
)

// prefetcher prepares batches ahead of the trainer. Batch i is always made from
// number i, in any goroutine, and returned in order.
type prefetcher struct {
	slots  []chan filledBatch // slot i%len holds batch i
	free   chan *Batch
	at     int64
	cancel context.CancelFunc
	done   chan struct{}
}

type filledBatch struct {
	batch *Batch
	err   error
}

// prefetch starts the preparation of batches from number first.
func prefetch(ctx context.Context, src Source, first int64, c *Config) (*prefetcher, error) {
	workers := max(2, runtime.GOMAXPROCS(0))
	depth := 2*c.Replicas + workers
	ctx, cancel := context.WithCancel(ctx)
	p := &prefetcher{at: first, cancel: cancel, free: make(chan *Batch, depth), done: make(chan struct{})}
	n := c.Batch / c.Replicas
	for range depth {
		p.slots = append(p.slots, make(chan filledBatch, 1))
		p.free <- &Batch{
			Images:  make([]float32, n*c.Network.ImageSize()),
			Targets: make([]float32, n*c.targetSize()),
		}
	}
	work := make(chan job)
	ended := make(chan struct{}, workers)
	for range workers {
		fill, err := src.Filler()
		if err != nil {
			cancel()
			return nil, fmt.Errorf("preparing training data: %w", err)
		}
		go p.work(ctx, fill, work, ended)
	}
	go p.dispatch(ctx, work, first, workers, ended)
	return p, nil
}

// job is a batch to fill.
type job struct {
	index int64
	batch *Batch
}

// dispatch sends jobs in order as buffers become free.
func (p *prefetcher) dispatch(ctx context.Context, work chan<- job, index int64, workers int, ended <-chan struct{}) {
	defer func() {
		close(work)
		for range workers {
			<-ended
		}
		close(p.done)
	}()
	for ; ; index++ {
		select {
		case <-ctx.Done():
			return
		case b := <-p.free:
			select {
			case work <- job{index, b}:
			case <-ctx.Done():
				return
			}
		}
	}
}

func (p *prefetcher) work(ctx context.Context, fill Filler, work <-chan job, ended chan<- struct{}) {
	for j := range work {
		err := fill(ctx, j.index, j.batch)
		if err != nil {
			err = fmt.Errorf("training batch %d: %w", j.index, err)
		}
		p.slots[j.index%int64(len(p.slots))] <- filledBatch{j.batch, err}
	}
	ended <- struct{}{}
}

// next returns the next n batches.
func (p *prefetcher) next(ctx context.Context, n int) ([]*Batch, error) {
	out := make([]*Batch, n)
	for i := range out {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case f := <-p.slots[p.at%int64(len(p.slots))]:
			if f.err != nil {
				return nil, f.err
			}
			out[i] = f.batch
			p.at++
		}
	}
	return out, nil
}

// recycle makes the buffers of used batches available again.
func (p *prefetcher) recycle(batches []*Batch) {
	for _, b := range batches {
		p.free <- b
	}
}

// stop ends all goroutines.
func (p *prefetcher) stop() {
	p.cancel()
	<-p.done
}
