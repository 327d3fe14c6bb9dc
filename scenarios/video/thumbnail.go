package video

import (
	"context"
	"fmt"
	"image"
	"math"

	"roadloop/internal/palette"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Width and Height of a thumbnail, pixels.
const (
	ThumbnailWidth = 480
	Height         = 270
)

const (
	maxDriven = 30 * clock.PerSecond // limit of the drive
	leadTime  = 12 * clock.PerSecond / 10
	pathTime  = 4 * clock.PerSecond // of each path after the time shown; a quarter of it before
)

// Thumbnail drives the case of a scenario's first seed with ground truth and renders its
// thumbnail.
func Thumbnail(ctx context.Context, s *scenarios.Scenario) (*image.RGBA, error) {
	c, err := s.Case(1)
	if err != nil {
		return nil, err
	}
	plan, err := runner.Compile(c)
	if err != nil {
		return nil, err
	}
	p, err := DrivePreview(ctx, plan, min(maxDriven, plan.Drive.Duration))
	if err != nil {
		return nil, err
	}
	return drawPreview(p)
}

// drawPreview renders a drive shortly before its closest encounter.
func drawPreview(p *Preview) (*image.RGBA, error) {
	set, err := scene.NewBuilder(p.Log.Map)
	if err != nil {
		return nil, fmt.Errorf("drawing %s: %w", p.Plan.Case.ID(), err)
	}
	t, who := p.Closest()
	t = max(0, t-leadTime)
	ego := p.Actor(t, actor.Ego)
	cal := camera(aim(p, t, who))
	list := &scene.List{}
	set.Build(list, &scene.FrameState{View: scene.View{Cal: &cal, Ego: ego.State.Pose, Time: t, Exposure: 1.1},
		Actors: append(p.Actors(t), visibleEgo(ego)), Signals: p.Log.Steps[p.Log.StepBefore(t)].Signals, Conditions: brighten(p.Log.Conditions)})
	list.Ground = append(list.Ground, pathMeshes(p, t)...)
	picture := raster.New(&cal, raster.Channels{}).Render(list)
	return toRGBA(picture), nil
}

// aim returns the position of an actor in the ego's frame, limited so that both fit into
// the image.
func aim(p *Preview, t clock.Tick, who actor.ID) geom.Vec {
	if who == actor.Ego {
		return geom.Vec{X: 18}
	}
	ego, other := p.Actor(t, actor.Ego), p.Actor(t, who)
	q := ego.State.Pose.ToLocal(other.Box().Center)
	return geom.Vec{X: math.Max(6, math.Min(q.X, 32)), Y: math.Max(-14, math.Min(q.Y, 14))}
}

// camera returns a camera behind and above the ego that looks at a point between it and
// the target, which is in the ego's frame.
func camera(target geom.Vec) sensor.Camera {
	const fov = 58 * math.Pi / 180
	f := ThumbnailWidth / 2 / math.Tan(fov/2)
	back := 11 + .12*target.X
	mount := sensor.Mount{X: -back, Y: .8 * -math.Copysign(math.Min(3, math.Abs(target.Y)/4), target.Y), Z: 7.5 + .1*target.X}
	look := target.Scale(.6)
	mount.Yaw = math.Atan2(look.Y-mount.Y, look.X-mount.X)
	mount.Pitch = math.Atan2(mount.Z, look.Sub(geom.Vec{X: mount.X, Y: mount.Y}).Norm())
	return sensor.Camera{Name: "thumb", Mount: mount, Width: ThumbnailWidth, Height: Height, Fx: f, Fy: f, Cx: ThumbnailWidth / 2, Cy: Height / 2}
}

// visibleEgo returns the ego with the ID of another actor, because cameras do not render
// the ego, and with its color.
func visibleEgo(ego actor.Actor) actor.Actor {
	ego.ID = scene.FirstSignal - 2
	ego.Appearance.Paint = [3]uint8{palette.Ego.Dark.R, palette.Ego.Dark.G, palette.Ego.Dark.B}
	return ego
}

// brighten limits darkness and fog so that a small image stays readable.
func brighten(c scene.Conditions) scene.Conditions {
	c.SunElevation = math.Max(c.SunElevation, -.09)
	if c.Visibility > 0 {
		c.Visibility = math.Max(c.Visibility, 60)
	}
	return c
}

func toRGBA(src *raster.Image) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, src.Width, src.Height))
	for i := range src.Width * src.Height {
		copy(dst.Pix[4*i:], src.RGB[3*i:3*i+3])
		dst.Pix[4*i+3] = 255
	}
	return dst
}
