package panel

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/timeline"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// chase is the chase view, from behind and above the followed road user.
type chase struct {
	distance, around, pitch float64 // m behind; rad, of the camera to the left and down

	cal     sensor.Camera
	width   int // px
	height  int
	eye     cameraRenderer
	image   *ebiten.Image
	stage   *scene.Builder
	of      *road.Map
	problem error
	list    scene.List
	users   []actor.Actor // as drawn, the ego last
	way     *scene.Mesh   // the planned path
	wayOf   *timeline.Step
	made    chasePose
}

// Initial position and limits of the camera.
const (
	chaseDistance = 9.5
	chasePitch    = .23
	leastDistance = 5
	mostDistance  = 60
)

func newChase() chase { return chase{distance: chaseDistance, pitch: chasePitch} }

func (h *chase) home() { h.distance, h.around, h.pitch = chaseDistance, 0, chasePitch }

func (h *chase) away() bool {
	return h.distance != chaseDistance || h.around != 0 || h.pitch != chasePitch
}

func (h *chase) zoom(factor float64) {
	h.distance = math.Max(leastDistance, math.Min(mostDistance, h.distance/factor))
}

// draw draws the view, with the planned path on the road, and names.
func (h *chase) draw(c *ui.Canvas, feed *Feed, m *WorldState, who *actor.Actor) {
	if h.prepare(c, m.Frame.World.Map()); h.problem != nil {
		Empty(c, h.problem.Error())
		return
	}
	h.aim(who)
	if want := (chasePose{m.Frame, m.Share, h.cal, who.ID, feed.Detail}); want != h.made {
		h.made = want
		h.paint(c, m, who)
	}
	c.Image(h.image, c.Bounds())
	h.drawNames(c, feed, m, who)
}

// pose identifies an image.
type chasePose struct {
	frame  *timeline.Step
	share  float64 // fraction of the step
	cal    sensor.Camera
	who    actor.ID
	detail Detail
}

// paint renders the world.
func (h *chase) paint(c *ui.Canvas, m *WorldState, who *actor.Actor) {
	h.users = append(h.users[:0], m.Users...)
	ego := c.Theme.Ego
	h.users[len(h.users)-1].Appearance.Paint = [3]uint8{ego.R, ego.G, ego.B} // the color of all other views
	h.stage.Build(&h.list, &scene.FrameState{
		View:   scene.View{Cal: &h.cal, Ego: who.State.Pose, Time: m.Time},
		Actors: h.users, Signals: m.Signals, Conditions: m.Frame.World.Conditions(), Outside: true,
	})
	if h.wayOf != m.Frame {
		h.way, h.wayOf = plannedPath(c.Theme, m.Frame), m.Frame
	}
	if h.way != nil {
		h.list.Ground = append(h.list.Ground, h.way)
	}
	h.image = h.eye.Draw(&h.cal, &h.list, h.width, h.height, h.made.detail)
}

// turn turns the camera for a drag on the screen.
func (h *chase) turn(by ui.Point) {
	h.around = geom.WrapAngle(h.around - by.X/160)
	h.pitch = math.Max(.06, math.Min(1.3, h.pitch+by.Y/240))
}

// prepare creates the objects that depend on the map and the size of the image.
func (h *chase) prepare(c *ui.Canvas, m *road.Map) {
	if h.of != m {
		h.stage, h.problem = scene.NewBuilder(m)
		h.of = m
	}
	w, hh := int(math.Ceil(c.Bounds().W*c.Scale())), int(math.Ceil(c.Bounds().H*c.Scale()))
	if w == h.width && hh == h.height || w < 1 || hh < 1 {
		return
	}
	h.width, h.height = w, hh
}

// aim puts the camera behind a road user.
func (h *chase) aim(who *actor.Actor) {
	const fov = 62 * math.Pi / 180
	width, height := float64(h.width), float64(h.height)
	focal := math.Min(math.Max(width, 1.3*height)/2/math.Tan(fov/2), maxFocal*height)
	back := h.distance * math.Cos(h.pitch)
	mid := who.Shape.RearToCenter
	h.cal = sensor.Camera{
		Name: "chase", Width: h.width, Height: h.height, Fx: focal, Fy: focal,
		Cx: width / 2, Cy: math.Max(.42*height, minSky*height+focal*math.Tan(chasePitch)),
		Mount: sensor.Mount{X: mid - back*math.Cos(h.around), Y: -back * math.Sin(h.around), Z: 1 + h.distance*math.Sin(h.pitch), Yaw: h.around, Pitch: h.pitch},
	}
}

const (
	// maxFocal limits the focal length of wide images, as a multiple of their height.
	maxFocal = 1.6
	// minSky is the fraction of the height above the horizon at the initial pitch.
	minSky = .14
)

// at returns the screen position of a map point, z above the ground.
func (h *chase) at(c *ui.Canvas, from geom.Pose, p geom.Vec, z float64) (ui.Point, bool) {
	q := from.ToLocal(p)
	u, v, _, ok := h.cal.Project(q.X, q.Y, z)
	k := 1 / c.Scale()
	return ui.Point{X: u * k, Y: v * k}, ok
}

// drawNames draws the names of the scenario's road users and of the selected one.
func (h *chase) drawNames(c *ui.Canvas, feed *Feed, m *WorldState, who *actor.Actor) {
	for i := range m.Users {
		a := &m.Users[i]
		box := a.Box()
		if a.ID == actor.Ego || a.ID == who.ID || a.ID >= feed.Timeline().Plan().FirstTraffic && a.ID != feed.Chosen ||
			box.Center.Dist(who.State.Pose.Pos()) > 70 {
			continue
		}
		if at, ok := h.at(c, who.State.Pose, box.Center, a.Shape.Height+.7); ok && c.Bounds().Contains(at) {
			name := feed.Name(a.ID)
			Tag(c, tagInside(c, at, name), name, c.Theme.Ink)
		}
	}
}
