package panel

import (
	"image"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/perception"
	"roadloop/scenarios/timeline"
	"roadloop/sim/geom"
)

const beliefWidth, beliefHeight = 600, 440

// beliefAt returns the position of a map point in a panel that follows the believed ego: 7
// points per meter, the rear axle 20 % below the center.
func beliefAt(f *timeline.Step, p geom.Vec) ui.Point {
	q := f.Scene.Ego.Pose.ToLocal(p)
	return ui.Point{X: beliefWidth/2 - 7*q.Y, Y: beliefHeight*.7 - 7*q.X}
}

// beliefDrive drives with the network up to a pedestrian on the crossing, and returns the
// pedestrian's track.
func beliefDrive(t *testing.T) (*timeline.Timeline, *timeline.Step, *perception.Track) {
	t.Helper()
	tp := driveOf(t, driveCase{Scenario: "zebra", Network: true, Until: 6})
	f := tp.StepAt(tp.Len() - 1)
	for i := range f.Scene.Tracks {
		k := &f.Scene.Tracks[i]
		q := beliefAt(f, k.Pose.Pos())
		if k.Class == perception.Pedestrian && q.X > 90 && q.X < beliefWidth-20 && q.Y > 40 && q.Y < beliefHeight-40 && k.Vel.Norm() > .5 {
			return tp, f, k
		}
	}
	t.Fatalf("no pedestrian track in %+v", f.Scene.Tracks)
	return nil, nil, nil
}

// only shows some layers.
func only(p *Belief, l ...Layer) {
	for k := Truth; k <= Radar; k++ {
		p.Show(k, false)
	}
	for _, k := range l {
		p.Show(k, true)
	}
}

func picture(t *testing.T, tp *timeline.Timeline, l ...Layer) *image.RGBA {
	t.Helper()
	p := NewBelief(feedOf(tp))
	only(p, l...)
	return uitest.Show(p, beliefWidth, beliefHeight, 2).Picture()
}

// Each layer changes the right part of the image: the track and its ellipse at the
// believed position, the truth at the pedestrian, the forecast ahead of the track,
// lidar returns at their origin.
func TestLayerPositions(t *testing.T) {
	tp, f, k := beliefDrive(t)
	bare := picture(t, tp)
	pos := k.Pose.Pos()
	tracks := picture(t, tp, Tracks)
	uitest.Save(t, "tracks.png", tracks)
	if n := uitest.CountDifferent(bare, tracks, beliefAt(f, pos), 6); n < 12 {
		t.Errorf("the track changes %d pixels where it is", n)
	}
	if n := uitest.CountNear(tracks, beliefAt(f, pos), 10, ui.Dark().Walker); n < 3 {
		t.Errorf("%d pixels there have the color of pedestrians", n)
	}
	walker := f.World.Actors()[0].Box().Center
	if n := uitest.CountDifferent(bare, picture(t, tp, Truth), beliefAt(f, walker), 4); n < 8 {
		t.Errorf("the truth changes %d pixels at the pedestrian", n)
	}
	later := pos.Add(k.Vel.Scale(2))
	if n := uitest.CountDifferent(bare, picture(t, tp, Forecast), beliefAt(f, later), 6); n < 8 {
		t.Errorf("the forecast changes %d pixels where the track will be in 2 s", n)
	}
	var scan *timeline.Step
	for i := tp.Len() - 1; scan == nil; i-- {
		if x := tp.StepAt(i); len(x.Scans) > 0 {
			scan = x
		}
	}
	lidar, hit, all := picture(t, tp, Lidar), 0, 0
	for _, q := range scan.Scans[0].Points {
		p := beliefAt(f, f.Scene.Ego.Pose.ToWorld(geom.Vec{X: float64(q.X), Y: float64(q.Y)}))
		if q.Z > .3 && p.X > 90 && p.X < beliefWidth-4 && p.Y > 4 && p.Y < beliefHeight-4 {
			if all++; uitest.CountDifferent(bare, lidar, p, 2) > 0 {
				hit++
			}
		}
	}
	if all < 20 || hit < all*95/100 {
		t.Errorf("%d of %d returns of the lidar are drawn where they are", hit, all)
	}
}

// The plan begins at the ego and is green. Proposals add lines around it.
func TestPlanAndProposals(t *testing.T) {
	tp, f, _ := beliefDrive(t)
	bare := picture(t, tp)
	mid := f.Plan.Waypoints[len(f.Plan.Waypoints)/2].Pose.Pos()
	if n := uitest.CountNear(bare, beliefAt(f, mid), 4, ui.Dark().Plan); n < 6 {
		t.Errorf("%d pixels of the plan halfway along it", n)
	}
	if n := uitest.CountDifferent(bare, picture(t, tp, Proposals), beliefAt(f, mid), 80); n < 30 {
		t.Errorf("the proposals change %d pixels", n)
	}
}

// A key and a button hide and show a layer.
func TestLayersAreToggled(t *testing.T) {
	tp, _, _ := beliefDrive(t)
	p := NewBelief(feedOf(tp))
	s := uitest.Show(p, beliefWidth, beliefHeight, 2)
	center := ui.Point{X: beliefWidth / 2, Y: beliefHeight / 2}
	s.User.Point(400, 400)
	uitest.Redraw(s, p, 1)
	all := s.Picture()
	s.User.Press(ebiten.KeyI)
	uitest.Redraw(s, p, 2)
	without := s.Picture()
	if n := uitest.CountDifferent(all, without, center, 220); n < 50 {
		t.Errorf("without lidar %d pixels are different", n)
	}
	s.User.Press(ebiten.KeyI)
	uitest.Redraw(s, p, 2)
	if n := uitest.CountDifferent(all, s.Picture(), center, 220); n > 0 {
		t.Errorf("off and on again changes %d pixels", n)
	}
	const lidarButton = 8 + 5*21 + 9
	s.User.Click(40, lidarButton, ui.Primary)
	uitest.Redraw(s, p, 2)
	s.User.Point(400, 400)
	uitest.Redraw(s, p, 2)
	if n := uitest.CountDifferent(without, s.Picture(), center, 150); n > 0 {
		t.Errorf("the button leaves %d pixels other than the key", n)
	}
}

// Tab focuses the map, arrows mark road users, Enter selects one. Layer keys work
// wherever the pointer is. A selected trajectory is drawn on top.
func TestKeysAndSelectedTrajectory(t *testing.T) {
	tp, f, _ := beliefDrive(t)
	feed := feedOf(tp)
	p := NewBelief(feed)
	s := uitest.Show(p, beliefWidth, beliefHeight, 2)
	s.User.Point(-5, -5)
	press := func(k ui.Key) {
		s.User.Press(k)
		uitest.Redraw(s, p, 2)
	}
	press(ebiten.KeyTab)
	press(ebiten.KeyEnter)
	if feed.Chosen == 0 {
		t.Error("Enter selects nothing")
	}
	walker := beliefAt(f, f.World.Actors()[feed.Chosen-1].Box().Center)
	if n := uitest.CountNear(s.Picture(), walker, 24, ui.Dark().Accent); n < 30 {
		t.Errorf("%d pixels of the selection ring", n)
	}
	before := s.Picture()
	press(ebiten.KeyI)
	if n := uitest.CountDifferent(before, s.Picture(), ui.Point{X: beliefWidth / 2, Y: beliefHeight / 2}, 220); n < 50 {
		t.Errorf("without lidar %d pixels are different", n)
	}
	other := (f.Plan.Chosen + 1) % len(f.Plan.Proposals)
	feed.SelectedPlan = PlanRefOf(f.Plan, other)
	uitest.Redraw(s, p, 1)
	uitest.Save(t, "picked.png", s.Picture())
	way := f.Plan.Proposals[other].Waypoints
	if n := uitest.CountNear(s.Picture(), beliefAt(f, way[len(way)-1].Pose.Pos()), 5, ui.Dark().Accent); n < 20 {
		t.Errorf("%d pixels at the end of the selected trajectory", n)
	}
}
