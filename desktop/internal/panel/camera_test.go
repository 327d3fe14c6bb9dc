package panel

import (
	"image"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/assets"
	"roadloop/desktop/internal/ui"
	"roadloop/desktop/internal/ui/uitest"
	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/scenarios/timeline"
)

// The panel has twice the size of the camera's image, and its aspect ratio.
const cameraWidth, cameraHeight, cameraScale = 640, 384, 2

func cameraDrive(t *testing.T) (*timeline.Timeline, *perception.Image) {
	t.Helper()
	tp := driveOf(t, driveCase{Scenario: "zebra", Network: true, Until: 6})
	f := tp.StepAt(tp.Len() - 1)
	if len(f.Images) == 0 || len(f.Images[0].Detections) == 0 {
		t.Fatal("nothing was detected")
	}
	return tp, &f.Images[0]
}

func middle(b perception.Box) ui.Point {
	return ui.Point{X: cameraScale * (b.X0 + b.X1) / 2, Y: cameraScale * (b.Y0 + b.Y1) / 2}
}

// The network view shows the network's input pixels.
func TestNetworkViewShowsThePixels(t *testing.T) {
	tp, _ := cameraDrive(t)
	p := NewCamera(feedOf(tp))
	p.View, p.Boxes, p.Lanes = NetworkView, false, false
	m := uitest.Show(p, cameraWidth, cameraHeight, 2).Picture()
	f := tp.StepAt(tp.Len() - 1).Camera
	bad := 0
	for y := 30; y < f.Cal.Height-30; y += 7 {
		for x := 5; x < f.Cal.Width-5; x += 7 {
			got := m.RGBAAt(cameraScale*x+1, cameraScale*y+1)
			want := f.Pix[3*(y*f.Cal.Width+x):]
			for i, v := range [...]uint8{got.R, got.G, got.B} {
				// The image is interpolated.
				if d := int(v) - int(want[i]); d > 60 || d < -60 {
					bad++
				}
			}
		}
	}
	if bad > 40 {
		t.Errorf("%d samples are other than the network's pixels", bad)
	}
}

// The panel shows the chosen camera of a rig, or all in a row. A click on a camera's name
// chooses it.
func TestCamerasAreChosenByName(t *testing.T) {
	tp := driveOf(t, driveCase{Scenario: "zebra", Network: true, Until: .3, Rig: "surround"})
	f := tp.StepAt(tp.Len() - 1)
	names := []string{"camera", "camera-left", "camera-right", "camera-rear"}
	// shows reports whether a picture shows the frame of a camera in an area.
	shows := func(m *image.RGBA, name string, area image.Rectangle) bool {
		x := f.Frame(name)
		bad, n := 0, 0
		for v := 60; v < x.Cal.Height-60; v += 7 {
			for u := 5; u < x.Cal.Width-5; u += 7 {
				h := area.Dx() * x.Cal.Height / x.Cal.Width
				got := m.RGBAAt(area.Min.X+u*area.Dx()/x.Cal.Width, area.Min.Y+(area.Dy()-h)/2+v*h/x.Cal.Height)
				want := x.Pix[3*(v*x.Cal.Width+u):]
				n++
				for i, c := range [...]uint8{got.R, got.G, got.B} {
					if d := int(c) - int(want[i]); d > 60 || d < -60 {
						bad++
						break
					}
				}
			}
		}
		return bad < n/5
	}
	p := NewCamera(feedOf(tp))
	p.View, p.Boxes, p.Lanes = NetworkView, false, false
	whole := image.Rect(0, 0, cameraWidth, cameraHeight)
	for _, c := range append([]string{""}, names...) {
		p.Camera = c
		m := uitest.Show(p, cameraWidth, cameraHeight, 2).Picture()
		for _, name := range names {
			if got := shows(m, name, whole); got != (name == c || c == "" && name == "camera") {
				t.Errorf("with %q chosen, %s is shown: %v", c, name, got)
			}
		}
	}
	p.Camera = AllCameras
	s := uitest.Show(p, 4*cameraWidth/2, cameraHeight/2, 2)
	uitest.Save(t, "row.png", s.Picture())
	for i, name := range names {
		if tile := image.Rect(i*cameraWidth/2, 0, (i+1)*cameraWidth/2, cameraHeight/2); !shows(s.Picture(), name, tile) {
			t.Errorf("in the row, %s is not shown in tile %d", name, i)
		}
	}
	s.User.Click(12, cameraHeight/2-14, ui.Primary)
	uitest.Redraw(s, p, 4)
	if p.Camera != "camera" {
		t.Errorf("a click on the first name chose %q", p.Camera)
	}
}

// Detections have boxes in every view. A click into a box selects it, and its saliency
// is requested and drawn.
func TestDetectionsAreDrawnAndSelected(t *testing.T) {
	tp, im := cameraDrive(t)
	p := NewCamera(feedOf(tp))
	p.Boxes, p.Lanes = false, false
	bare := uitest.Show(p, cameraWidth, cameraHeight, 2).Picture()
	p.Boxes = true
	s := uitest.Show(p, cameraWidth, cameraHeight, 2)
	boxed := s.Picture()
	uitest.Save(t, "boxes.png", boxed)
	best := 0
	for i := range im.Detections {
		if im.Detections[i].Box.Area() < im.Detections[best].Box.Area() {
			best = i // the smallest of nested boxes is selected
		}
	}
	d := &im.Detections[best]
	for _, q := range []ui.Point{{X: cameraScale * d.Box.X0, Y: middle(d.Box).Y}, {X: cameraScale * d.Box.X1, Y: middle(d.Box).Y}} {
		if uitest.CountDifferent(bare, boxed, q, 3) < 4 {
			t.Errorf("no side of the box at %v", q)
		}
	}
	asked := -1
	p.Saliency = func(_ *timeline.Step, _ string, detection int) *inference.SaliencyMap {
		asked = detection
		return &inference.SaliencyMap{Cell: 160, Width: 2, Height: 2, Drop: []float64{.5, 0, 0, -.1}}
	}
	q := middle(d.Box)
	s.User.Click(q.X, q.Y, ui.Primary)
	uitest.Redraw(s, p, 14)
	if p.Chosen() != best || asked != best {
		t.Fatalf("a click selected detection %d and asked about %d, want %d", p.Chosen(), asked, best)
	}
	heat := s.Picture()
	if n := uitest.CountDifferent(boxed, heat, ui.Point{X: 80, Y: 100}, 40); n < 4000 {
		t.Errorf("the heat map changes %d pixels inside", n)
	}
	if n := uitest.CountDifferent(boxed, heat, ui.Point{X: 560, Y: 300}, 40); n > 0 {
		t.Errorf("the heat map changes %d pixels outside", n)
	}
}

// Tab focuses the image, arrows mark detections, Enter selects and deselects; V changes
// the view wherever the pointer is.
func TestKeysSelectDetection(t *testing.T) {
	tp, im := cameraDrive(t)
	p := NewCamera(feedOf(tp))
	s := uitest.Show(p, cameraWidth, cameraHeight, 2)
	s.User.Point(-5, -5)
	press := func(k ui.Key) {
		s.User.Press(k)
		uitest.Redraw(s, p, 2)
	}
	press(ebiten.KeyEnter)
	if p.Chosen() != -1 {
		t.Fatal("without the focus Enter selects something")
	}
	press(ebiten.KeyTab)
	chosen := map[int]bool{}
	for _, k := range []ui.Key{ebiten.KeyEnter, ebiten.KeyArrowLeft, ebiten.KeyArrowLeft, ebiten.KeyArrowLeft, ebiten.KeyArrowRight, ebiten.KeyArrowRight,
		ebiten.KeyArrowRight, ebiten.KeyArrowRight, ebiten.KeyArrowRight, ebiten.KeyArrowDown, ebiten.KeyArrowUp, ebiten.KeyArrowUp} {
		press(k)
		if k != ebiten.KeyEnter {
			press(ebiten.KeyEnter)
		}
		if p.Chosen() < 0 { // it was selected before
			press(ebiten.KeyEnter)
		}
		chosen[p.Chosen()] = true
	}
	uitest.Save(t, "marked.png", s.Picture())
	if delete(chosen, -1); len(chosen) < min(2, len(im.Detections)) {
		t.Errorf("the keys selected only %v of %d detections", chosen, len(im.Detections))
	}
	press(ebiten.KeyEnter)
	if p.Chosen() != -1 {
		t.Error("Enter does not deselect")
	}
	press(ebiten.KeyV)
	if p.View != NetworkView {
		t.Errorf("V shows view %d", p.View)
	}
}

// Depth is dark far away and bright nearby. A pedestrian has one color in the instance
// view.
func TestChannels(t *testing.T) {
	tp, im := cameraDrive(t)
	shown := func(v CameraView) *image.RGBA {
		p := NewCamera(feedOf(tp))
		p.View, p.Boxes, p.Lanes = v, false, false
		return uitest.Show(p, cameraWidth, cameraHeight, 2).Picture()
	}
	light := func(m *image.RGBA, x, y int) int {
		q := m.RGBAAt(x, y)
		return int(q.R) + int(q.G) + int(q.B)
	}
	depth := shown(DepthView)
	if near, far := light(depth, 320, 330), light(depth, 320, 200); near <= far {
		t.Errorf("near ground has brightness %d, far ground %d", near, far)
	}
	var walker *perception.Detection
	for i := range im.Detections {
		if im.Detections[i].Class == perception.Pedestrian {
			walker = &im.Detections[i]
		}
	}
	if walker == nil {
		t.Fatal("the pedestrian was not found")
	}
	q := shown(InstanceView).RGBAAt(int(middle(walker.Box).X), int(middle(walker.Box).Y))
	if q.R == q.G && q.G == q.B {
		t.Errorf("the pedestrian is gray, %v, like pixels without instance", q)
	}
	classes := shown(ClassView)
	if n := uitest.CountNear(classes, middle(walker.Box), 8, ui.Color{R: 230, G: 159, A: 255}); n < 10 {
		t.Errorf("%d pixels of the pedestrian class on the pedestrian", n)
	}
}

// The saliency of the real network lies on the detection.
func TestSaliencyLiesOnTheDetection(t *testing.T) {
	tp, im := cameraDrive(t)
	o := NewOccluder(func() (perception.Detector, error) {
		w, err := assets.Model()
		if err != nil {
			return nil, err
		}
		engine, err := inference.NewOneDNN(w)
		return inference.NewDetector(engine), err
	})
	defer func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	}()
	best := 0
	for i := range im.Detections {
		if im.Detections[i].Score > im.Detections[best].Score {
			best = i
		}
	}
	var heat *inference.SaliencyMap
	for deadline := time.Now().Add(time.Minute); heat == nil && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		heat = o.Saliency(tp.StepAt(tp.Len()-1), tp.Plan().Drive.Rig.FrontCamera(), best)
	}
	if heat == nil {
		t.Fatal("no saliency within a minute")
	}
	u, v, drop := heat.Peak()
	if b := im.Detections[best].Box; drop <= 0 || u < b.X0-12 || u > b.X1+12 || v < b.Y0-12 || v > b.Y1+12 {
		t.Errorf("the score drops most, by %.2f, at (%.0f, %.0f), the box is %+v", drop, u, v, b)
	}
}
