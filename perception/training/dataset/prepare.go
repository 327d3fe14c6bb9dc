package dataset

import (
	"context"
	"sync"

	"roadloop/perception/network"
)

// Prepare decodes all pictures once, with the given number of workers, and stores them in
// the cache, which may be nil. A picture that cannot be decoded is an error; with
// Options.SkipBad of its set, its frame is left out, so that no later step fails. Prepare
// must not run concurrently with other methods. done, if not nil, is called after each frame.
func (s *Set) Prepare(ctx context.Context, c network.Config, workers int, cache *Cache, done func()) error {
	failed := make([]error, len(s.samples))
	numbers := make(chan int)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range max(1, workers) {
		r, err := s.Reader(c)
		if err != nil {
			return err
		}
		r.cache = cache
		wg.Go(func() {
			for i := range numbers {
				_, failed[i] = r.Frame(int64(i))
				if failed[i] != nil && !s.origin(&s.samples[i]).options.SkipBad {
					cancel()
				}
				if done != nil {
					mu.Lock()
					done()
					mu.Unlock()
				}
			}
		})
	}
	err := send(ctx, numbers, len(s.samples))
	wg.Wait()
	kept := s.samples[:0:0]
	for i := range s.samples {
		if failed[i] == nil {
			kept = append(kept, s.samples[i])
		} else if err := s.origin(&s.samples[i]).tolerate(failed[i]); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	s.samples = kept
	return nil
}

// send sends the numbers below n and closes the channel.
func send(ctx context.Context, numbers chan<- int, n int) error {
	defer close(numbers)
	for i := range n {
		select {
		case numbers <- i:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
