package dataset

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math"
	"strings"
	"testing"

	"roadloop/perception"
	"roadloop/perception/camera/kitti"
	"roadloop/perception/training/synth"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/raster"
)

// exportEach exports frames and yields each frame with all exported files.
func exportEach(t *testing.T, e Export, yield func(i int, f *synth.Frame, files map[string][]byte)) {
	t.Helper()
	dir := t.TempDir()
	export(t, dir, e)
	files := contents(t, dir)
	s := testStream()
	s.Depth = len(e.Channels) > 0
	m, err := synth.NewGenerator(s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range e.Frames {
		f, err := m.Frame(int64(i))
		if err != nil {
			t.Fatal(err)
		}
		yield(i, f, files)
	}
}

// extent returns the bounds of the pixels of an instance.
func extent(im *raster.Image, id uint16) perception.Box {
	b := perception.Box{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}
	for i, v := range im.Instance {
		if v == id {
			x, y := float64(i%im.Width), float64(i/im.Width)
			b = perception.Box{X0: min(b.X0, x), Y0: min(b.Y0, y), X1: max(b.X1, x+1), Y1: max(b.Y1, y+1)}
		}
	}
	return b
}

// slack is the maximum distance of an object's pixels from its box, and of the box of an
// unoccluded object from its pixels, px: pixels are whole, and a part thinner than a pixel
// may show in none.
const slack = 1.5

// The mask of every annotation equals the instance's pixels, with their box and area;
// the box of the whole object contains them, and the box of an unoccluded object is not
// larger.
func TestCOCOAgreesWithInstances(t *testing.T) {
	checked := [perception.NumClasses]int{}
	var byImage map[int64][]cocoAnnotation
	exportEach(t, Export{Format: COCO, Frames: 24}, func(i int, f *synth.Frame, files map[string][]byte) {
		if byImage == nil {
			byImage = annotations(t, files[cocoFile])
		}
		all := byImage[cocoID(i)]
		if len(all) != len(f.Objects) {
			t.Fatalf("frame %d: %d annotations of %d objects", i, len(all), len(f.Objects))
		}
		for k, a := range all {
			o := &f.Objects[k]
			inside := decodeMask(t, &a.Segmentation)
			n := 0
			for p, id := range f.Image.Instance {
				if inside[p] != (id == a.Instance) {
					t.Fatalf("frame %d, annotation %d: pixel %d is inside the mask: %v", i, a.ID, p, inside[p])
				}
				if inside[p] {
					n++
				}
			}
			e := extent(f.Image, o.ID)
			v := a.VisibleBox
			if (perception.Box{X0: float64(v[0]), Y0: float64(v[1]), X1: float64(v[0] + v[2]), Y1: float64(v[1] + v[3])}) != e || n != a.Area {
				t.Errorf("frame %d, annotation %d: visible box %v, area %d; the pixels fill %v, %d", i, a.ID, v, a.Area, e, n)
			}
			box := perception.Box{X0: a.Box[0], Y0: a.Box[1], X1: a.Box[0] + a.Box[2], Y1: a.Box[1] + a.Box[3]}
			if out := max(box.X0-e.X0, box.Y0-e.Y0, e.X1-box.X1, e.Y1-box.Y1); out > slack {
				t.Errorf("frame %d, %s at %.1f m: pixels %.2f px out of the box, want at most %g", i, synth.Class(o), o.Distance, out, slack)
			}
			if o.Visible == 1 {
				if in := max(e.X0-box.X0, e.Y0-box.Y0, box.X1-e.X1, box.Y1-e.Y1); in > slack {
					t.Errorf("frame %d, %s at %.1f m: the box is %.2f px larger than its pixels", i, synth.Class(o), o.Distance, in)
				}
			}
			checked[synth.Class(o)]++
		}
	})
	for c, n := range checked {
		if n == 0 && c != int(perception.SignalAmber) {
			t.Errorf("no %s among the frames", perception.Class(c))
		}
	}
}

// annotations returns the annotations of a file by image, and checks the assumptions
// of pycocotools.
func annotations(t *testing.T, data []byte) map[int64][]cocoAnnotation {
	t.Helper()
	var all cocoLabels
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	images, categories := make(map[int64]cocoImage), make(map[int64]bool)
	for _, im := range all.Images {
		if im.ID < 1 || images[im.ID].ID != 0 || im.FileName == "" || im.Width != 320 || im.Height != 192 {
			t.Errorf("image %+v", im)
		}
		images[im.ID] = im
	}
	for _, c := range all.Categories {
		if c.ID < 1 || c.ID > perception.NumClasses || categories[c.ID] || c.Supercategory == "" {
			t.Errorf("category %+v", c)
		}
		categories[c.ID] = true
	}
	out := make(map[int64][]cocoAnnotation)
	for i, a := range all.Annotations {
		im, ok := images[a.ImageID]
		if a.ID != int64(i)+1 || !ok || !categories[a.CategoryID] || a.Crowd&^1 != 0 || a.Area < 1 {
			t.Errorf("annotation %+v", a)
		}
		if b := a.Box; b[0] < 0 || b[1] < 0 || b[2] <= 0 || b[3] <= 0 || b[0]+b[2] > float64(im.Width)+1e-3 || b[1]+b[3] > float64(im.Height)+1e-3 {
			t.Errorf("annotation %d: box %v", a.ID, b)
		}
		out[a.ImageID] = append(out[a.ImageID], a)
	}
	if len(categories) != perception.NumClasses || len(all.Annotations) == 0 {
		t.Errorf("%d categories, %d annotations", len(categories), len(all.Annotations))
	}
	return out
}

// decodeMask returns the pixels of a mask row by row.
func decodeMask(t *testing.T, m *cocoMask) []bool {
	t.Helper()
	h, w := m.Size[0], m.Size[1]
	out := make([]bool, w*h)
	at := 0
	for i, n := range m.Counts {
		for range n {
			if i%2 == 1 {
				out[at%h*w+at/h] = true
			}
			at++
		}
	}
	if at != w*h {
		t.Fatalf("a mask of %d pixels", at)
	}
	return out
}

// The 3-D box of a KITTI line, projected with the exported P2, covers the instance's
// pixels, except parts that are drawn outside of nominal boxes.
func TestKITTIBoxesProjectOntoInstances(t *testing.T) {
	covered := 0
	exportEach(t, Export{Format: KITTI, Frames: 32}, func(i int, f *synth.Frame, files map[string][]byte) {
		c, err := kitti.Parse(string(files[fmt.Sprintf("training/calib/%06d.txt", i)]))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(files[fmt.Sprintf("training/label_2/%06d.txt", i)]), "\n"), "\n")
		for n := range f.Objects {
			o := &f.Objects[n]
			if len(strings.Fields(lines[n])) != 15 {
				t.Errorf("frame %d: %q does not have 15 fields", i, lines[n])
			}
			k, err := parseKITTI(lines[n])
			if err != nil {
				t.Fatal(err)
			}
			if (k.Type == dontCare) == synth.Labeled(o) {
				t.Errorf("frame %d: %s, required: %v", i, k.Type, synth.Labeled(o))
			}
			hull, ok := project(&k, c)
			if k.Type == dontCare || !ok {
				continue
			}
			covered++
			checkHull(t, f, o, hull)
			alpha := k.RotationY - math.Atan2(k.X, k.Z)
			if math.Abs(geom.WrapAngle(k.Alpha-alpha)) > 1e-3 {
				t.Errorf("frame %d: alpha %g, want %g", i, k.Alpha, alpha)
			}
		}
	})
	if covered < 50 {
		t.Errorf("only %d objects", covered)
	}
}

// project returns the hull of the projected corners of a box by KITTI's formulas; ok
// is false if a corner is behind the camera or outside of its view.
func project(k *kittiObject, c *kitti.Calibration) (hull []geom.Vec, ok bool) {
	p, shift := c.P2()
	sin, cos := math.Sincos(k.RotationY)
	var corners []geom.Vec
	for _, l := range []float64{-k.L / 2, k.L / 2} {
		for _, w := range []float64{-k.W / 2, k.W / 2} {
			for _, y := range []float64{0, -k.H} {
				at := p.Mul(kitti.Vec3{k.X + cos*l + sin*w, k.Y + y, k.Z - sin*l + cos*w}).Add(shift)
				if at[2] < .5 || math.Abs(at[0]/at[2]) > 500 {
					return nil, false
				}
				corners = append(corners, geom.Vec{X: at[0] / at[2], Y: at[1] / at[2]})
			}
		}
	}
	return geom.AppendHull(nil, corners), true
}

// checkHull compares the projection of a nominal box with the pixels. Limbs swing out of
// the box, and the lamps and back board of a signal stick out of it.
func checkHull(t *testing.T, f *synth.Frame, o *label.Object, hull []geom.Vec) {
	t.Helper()
	reach := 0.0 // m
	switch {
	case o.IsSignal:
		reach = .05
	case o.Kind.OnFoot():
		reach = .1
	}
	most := 1 + reach*f.Actual.Fx/o.Distance
	for i, id := range f.Image.Instance {
		p := geom.Vec{X: float64(i%f.Image.Width) + .5, Y: float64(i/f.Image.Width) + .5}
		if id == o.ID && beyond(p, hull) > most {
			t.Errorf("%s at %.1f m: pixel %v is %.2f px outside of the projection of its box", synth.Class(o), o.Distance, p, beyond(p, hull))
			return
		}
	}
}

// beyond returns the maximum distance of a point beyond a side of a convex hull.
func beyond(p geom.Vec, hull []geom.Vec) float64 {
	var middle geom.Vec
	for _, q := range hull {
		middle = middle.Add(q.Scale(1 / float64(len(hull))))
	}
	most := math.Inf(-1)
	for i, a := range hull {
		side := hull[(i+1)%len(hull)].Sub(a)
		normal := geom.Vec{X: side.Y, Y: -side.X}.Scale(1 / side.Norm())
		if normal.Dot(middle.Sub(a)) > 0 {
			normal = normal.Scale(-1)
		}
		most = max(most, normal.Dot(p.Sub(a)))
	}
	return most
}

// Channel pictures equal the rendered channels.
func TestChannels(t *testing.T) {
	exportEach(t, Export{Format: YOLO, Frames: 2, Channels: Channels()}, func(i int, f *synth.Frame, files map[string][]byte) {
		at := func(c Channel) image.Image {
			im, err := png.Decode(bytes.NewReader(files[c.path(i)]))
			if err != nil {
				t.Fatalf("%s: %v", c, err)
			}
			return im
		}
		depth, class, instance := at(Depth).(*image.Gray16), at(Class).(*image.Paletted), at(Instance).(*image.Gray16)
		for p := range f.Image.Instance {
			x, y := p%f.Image.Width, p/f.Image.Width
			d := f.Image.Depth[p]
			cm := float64(depth.Gray16At(x, y).Y)
			sky := math.IsInf(float64(d), 1)
			if sky != (cm == 0) || !sky && d < MaxDepth && math.Abs(cm/100-float64(d)) > .0051 || !sky && d > MaxDepth && cm != math.MaxUint16 {
				t.Fatalf("frame %d: depth %g m is %g cm", i, d, cm)
			}
			if class.ColorIndexAt(x, y) != uint8(f.Image.Class[p]) || instance.Gray16At(x, y).Y != f.Image.Instance[p] {
				t.Fatalf("frame %d: class %d, instance %d; want %d, %d", i, class.ColorIndexAt(x, y), instance.Gray16At(x, y).Y, f.Image.Class[p], f.Image.Instance[p])
			}
		}
	})
}

// Every required object has a line in shares of the image.
func TestYOLO(t *testing.T) {
	exportEach(t, Export{Format: YOLO, Frames: 6}, func(i int, f *synth.Frame, files map[string][]byte) {
		lines := strings.Fields(string(files[fmt.Sprintf("labels/train/%06d.txt", i)]))
		objects := wanted(f)
		if len(lines) != 5*len(objects) {
			t.Fatalf("frame %d: %d numbers for %d objects", i, len(lines), len(objects))
		}
		for k := range objects {
			var class int
			var x, y, w, h float64
			if _, err := fmt.Sscan(strings.Join(lines[5*k:5*k+5], " "), &class, &x, &y, &w, &h); err != nil {
				t.Fatal(err)
			}
			o := &objects[k]
			for _, v := range []float64{x - w/2, y - h/2, x + w/2, y + h/2} {
				if v < -1e-6 || v > 1+1e-6 {
					t.Errorf("frame %d: %v reaches out of 0 to 1", i, lines[5*k:5*k+5])
				}
			}
			if class != int(synth.Class(o)) || math.Abs((x-w/2)*320-o.X0) > 1e-3 || math.Abs((y+h/2)*192-o.Y1) > 1e-3 {
				t.Errorf("frame %d: %v of %+v", i, lines[5*k:5*k+5], o)
			}
		}
		if names := string(files[yoloYAML]); !strings.Contains(names, "\ntrain: images/train\nval: images/train\n") || !strings.Contains(names, "\n  7: signal green\n") {
			t.Errorf("%s:\n%s", yoloYAML, names)
		}
	})
}

// The ground point of each lane column is on the boundary.
func TestTuSimple(t *testing.T) {
	var lines map[string]tusimpleLine
	points := 0
	exportEach(t, Export{Format: TuSimple, Frames: 12}, func(i int, f *synth.Frame, files map[string][]byte) {
		if lines == nil {
			lines = make(map[string]tusimpleLine)
			for text := range strings.Lines(string(files["label_data.jsonl"])) {
				var l tusimpleLine
				if err := json.Unmarshal([]byte(text), &l); err != nil {
					t.Fatal(err)
				}
				lines[l.RawFile] = l
			}
		}
		l, ok := lines[fmt.Sprintf("images/%06d.png", i)]
		if ok == f.NoLanes {
			t.Fatalf("frame %d has a line: %v, no boundaries: %v", i, ok, f.NoLanes)
		}
		for _, xs := range l.Lanes {
			if len(xs) != len(l.Rows) {
				t.Fatalf("frame %d: %d columns for %d rows", i, len(xs), len(l.Rows))
			}
			for k, x := range xs {
				if x == noLane || l.Rows[k] < 100 { // farther away a pixel spans meters
					continue
				}
				p, _ := f.Actual.Ground(float64(x)+.5, float64(l.Rows[k])+.5)
				if d := nearest(p, f.Lanes); d > .5*p.X/f.Actual.Fx+.02 {
					t.Errorf("frame %d: row %d, column %d is %.2f m off the boundary, %.1f m ahead", i, l.Rows[k], x, d, p.X)
				}
				points++
			}
		}
	})
	if points < 150 {
		t.Errorf("only %d points", points)
	}
}

// nearest returns the distance of a point to the nearest boundary.
func nearest(p geom.Vec, lanes [label.NumBoundaries][]geom.Vec) float64 {
	least := math.Inf(1)
	for _, pts := range lanes {
		for i := range max(0, len(pts)-1) {
			side := pts[i+1].Sub(pts[i])
			s := max(0, min(1, p.Sub(pts[i]).Dot(side)/side.Dot(side)))
			least = min(least, p.Dist(pts[i].Add(side.Scale(s))))
		}
	}
	return least
}
