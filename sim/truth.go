package sim

import "context"

// worldKey is the key of the world in a context.
type worldKey struct{}

// WithWorld returns a context that carries the world of a drive. A session passes it to
// its driver at every step, so that layers with ground truth can read the world, however
// they are wrapped. Layers that sense may not import this package.
func WithWorld(ctx context.Context, w *World) context.Context {
	return context.WithValue(ctx, worldKey{}, w)
}

// WorldFrom returns the world that a context carries; ok is false for none. The caller
// must not change it.
func WorldFrom(ctx context.Context) (w *World, ok bool) {
	w, ok = ctx.Value(worldKey{}).(*World)
	return w, ok
}
