package world

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/panel"
	"roadloop/desktop/panel/eye"
	"roadloop/desktop/panel/figure"
	"roadloop/desktop/ui"
	"roadloop/scenarios/tape"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
	"roadloop/sim/stage"
)

// chase is the view from behind whom it follows and above.
type chase struct {
	distance, around, pitch float64 // m behind; rad, of the camera to the left and down
	dragged                 ui.Point

	cal     sensor.Camera
	width   int // px
	height  int
	eye     eye.Eye
	image   *ebiten.Image
	stage   *stage.Stage
	of      *road.Map
	problem error
	list    scene.List
	users   []actor.Actor // as they are drawn, the ego last
	way     *scene.Mesh   // that the ego means to go
	wayOf   *tape.Frame
	made    pose
}

// Where the camera is at first, and how far it may go.
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

// draw draws the view, with the way that the ego means to go on the road, and who is
// who.
func (h *chase) draw(c *ui.Canvas, feed *panel.Feed, m *panel.Moment, who *actor.Actor) {
	if h.prepare(c, m.Frame.World.Map()); h.problem != nil {
		panel.Empty(c, h.problem.Error())
		return
	}
	h.aim(who)
	if want := (pose{m.Frame, m.Share, h.cal, who.ID, feed.Detail}); want != h.made {
		h.made = want
		h.paint(c, m, who)
	}
	c.Image(h.image, c.Bounds())
	h.drawNames(c, feed, m, who)
}

// pose is what a picture is of.
type pose struct {
	frame  *tape.Frame
	share  float64 // of the time to the next
	cal    sensor.Camera
	who    actor.ID
	detail panel.Detail
}

// paint draws the world into the image.
func (h *chase) paint(c *ui.Canvas, m *panel.Moment, who *actor.Actor) {
	h.users = append(h.users[:0], m.Users...)
	ego := c.Theme.Ego
	h.users[len(h.users)-1].Looks.Paint = [3]uint8{ego.R, ego.G, ego.B} // as in all other views
	h.stage.Compose(&h.list, &stage.View{
		View:   scene.View{Cal: &h.cal, Ego: who.State.Pose, Time: m.Time},
		Actors: h.users, Signals: m.Signals, Conditions: m.Frame.World.Conditions(), Outside: true,
	})
	if h.wayOf != m.Frame {
		h.way, h.wayOf = carpet(c.Theme, m.Frame), m.Frame
	}
	if h.way != nil {
		h.list.Ground = append(h.list.Ground, h.way)
	}
	h.image = h.eye.Draw(&h.cal, &h.list, h.width, h.height, h.made.detail)
}

// steer turns the camera by drags and moves it by the wheel.
func (h *chase) steer(c *ui.Canvas, in *ui.Input) {
	if notch := in.ScrollOver(c, c.Bounds()).Y; notch != 0 {
		h.zoom(math.Pow(wheelZoom, notch))
	}
	by, dragging, done := in.Drag(c, "chase", c.Bounds())
	if dragging {
		h.turn(by.Sub(h.dragged))
		h.dragged = by
	}
	if done {
		h.dragged = ui.Point{}
	}
}

// turn turns the camera as a drag by some way on the screen does.
func (h *chase) turn(by ui.Point) {
	h.around = geom.WrapAngle(h.around - by.X/160)
	h.pitch = math.Max(.06, math.Min(1.3, h.pitch+by.Y/240))
}

// prepare makes what depends on the map and the size of the picture.
func (h *chase) prepare(c *ui.Canvas, m *road.Map) {
	if h.of != m {
		h.stage, h.problem = stage.New(m)
		h.of = m
	}
	w, hh := int(math.Ceil(c.Bounds().W*c.Scale())), int(math.Ceil(c.Bounds().H*c.Scale()))
	if w == h.width && hh == h.height || w < 1 || hh < 1 {
		return
	}
	h.width, h.height = w, hh
}

// aim puts the camera behind someone.
func (h *chase) aim(who *actor.Actor) {
	const fov = 62 * math.Pi / 180
	width, height := float64(h.width), float64(h.height)
	focal := math.Min(math.Max(width, 1.3*height)/2/math.Tan(fov/2), mostFocal*height)
	back := h.distance * math.Cos(h.pitch)
	mid := who.Shape.RearToCenter
	h.cal = sensor.Camera{
		Name: "chase", Width: h.width, Height: h.height, Fx: focal, Fy: focal,
		Cx: width / 2, Cy: math.Max(.42*height, leastSky*height+focal*math.Tan(chasePitch)),
		Mount: sensor.Mount{X: mid - back*math.Cos(h.around), Y: -back * math.Sin(h.around), Z: 1 + h.distance*math.Sin(h.pitch), Yaw: h.around, Pitch: h.pitch},
	}
}

const (
	// mostFocal bounds how near wide pictures come to the ego, as a multiple of their height.
	mostFocal = 1.6
	// leastSky is the share of the height above the horizon, as the camera is at first.
	leastSky = .14
)

// at returns where a place on the map is in the view, z above the ground.
func (h *chase) at(c *ui.Canvas, from geom.Pose, p geom.Vec, z float64) (ui.Point, bool) {
	q := from.ToLocal(p)
	u, v, _, ok := h.cal.Project(q.X, q.Y, z)
	k := 1 / c.Scale()
	return ui.Point{X: u * k, Y: v * k}, ok
}

// drawNames writes names above those whom the scenario names and who is chosen.
func (h *chase) drawNames(c *ui.Canvas, feed *panel.Feed, m *panel.Moment, who *actor.Actor) {
	for i := range m.Users {
		a := &m.Users[i]
		box := a.Box()
		if a.ID == actor.Ego || a.ID == who.ID || a.ID >= feed.Tape().Plan().Traffic && a.ID != feed.Chosen ||
			box.Center.Dist(who.State.Pose.Pos()) > 70 {
			continue
		}
		if at, ok := h.at(c, who.State.Pose, box.Center, a.Shape.Height+.7); ok && c.Bounds().Contains(at) {
			name := feed.Name(a.ID)
			figure.Tag(c, figure.Inside(c, at, name), name, c.Theme.Ink)
		}
	}
}
