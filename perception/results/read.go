package results

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"roadloop/perception"
	"roadloop/sim/geom"
)

// Record is an object of a file, with its image.
type Record struct {
	Image  string // COCO's image id, or nuScenes' sample token
	Index  int    // of the image in its sequence, from 0, in files of tracks
	Object Object
}

// maxLine limits the length of a line, bytes.
const maxLine = 1 << 20

// lines calls parse for each line that is not blank. Errors contain the line.
func lines(r io.Reader, parse func(line string) error) error {
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxLine)
	n := 0
	for s.Scan() {
		n++
		line := s.Text()
		if n == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		if err := parse(line); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("line %d: %w", n+1, err)
	}
	return nil
}

// values parses finite numbers. first is the number of the first field, from 1.
func values(fields []string, first int) ([]float64, error) {
	out := make([]float64, len(fields))
	for i, f := range fields {
		v, err := strconv.ParseFloat(strings.TrimSpace(f), 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			return nil, fmt.Errorf("field %d: %q is not a finite number", first+i, f)
		}
		out[i] = v
	}
	return out, nil
}

// integer converts a number of a file.
func integer(v float64, field int) (int, error) {
	if v != math.Trunc(v) || math.Abs(v) > math.MaxInt32 {
		return 0, fmt.Errorf("field %d: %g is not an integer", field, v)
	}
	return int(v), nil
}

// ReadCOCO reads COCO's detection results. The class of an object is the name of its
// category. The order is that of the file.
func ReadCOCO(r io.Reader, categories []Category) ([]Record, error) {
	names := make(map[int]string)
	for _, c := range categories {
		names[c.ID] = c.Name
	}
	d := json.NewDecoder(r)
	if t, err := d.Token(); err != nil {
		return nil, fmt.Errorf("COCO results: %w", err)
	} else if t != json.Delim('[') {
		return nil, fmt.Errorf("COCO results: the document begins with %v, want a list", t)
	}
	var out []Record
	for d.More() {
		var in struct {
			Image    any       `json:"image_id"`
			Category *int      `json:"category_id"`
			Box      []float64 `json:"bbox"`
			Score    *float64  `json:"score"`
		}
		fail := func(err error) error { return fmt.Errorf("COCO results: entry %d: %w", len(out), err) }
		d.UseNumber()
		if err := d.Decode(&in); err != nil {
			return nil, fail(err)
		}
		o := Record{}
		switch id := in.Image.(type) {
		case json.Number:
			o.Image = id.String()
		case string:
			o.Image = id
		default:
			return nil, fail(fmt.Errorf("image_id: %v, want a number or a string", in.Image))
		}
		switch {
		case in.Category == nil || in.Score == nil:
			return nil, fail(fmt.Errorf("category_id or score is missing"))
		case names[*in.Category] == "":
			return nil, fail(fmt.Errorf("category_id: there is no category %d", *in.Category))
		case len(in.Box) != 4:
			return nil, fail(fmt.Errorf("bbox: %d numbers, want 4", len(in.Box)))
		case in.Box[2] < 0 || in.Box[3] < 0:
			return nil, fail(fmt.Errorf("bbox: %g×%g px, want no negative size", in.Box[2], in.Box[3]))
		}
		b := in.Box
		o.Object = Object{Class: names[*in.Category], Score: *in.Score, Box: perception.Box{X0: b[0], Y0: b[1], X1: b[0] + b[2], Y1: b[1] + b[3]}}
		out = append(out, o)
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("COCO results: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("COCO results: text after the list")
	}
	return out, nil
}

// Numbers of fields of KITTI's lines: of a label, and of a result with its score.
const (
	kittiLabelFields  = 15
	kittiResultFields = 16
)

// ReadKITTI reads the results or labels of one image. The class of an object is KITTI's
// type; DontCare has Ignore and Region set. Boxes in space are those of known size and place,
// and only if the image has a camera or a label frame.
func ReadKITTI(r io.Reader, im *Image) ([]Object, error) {
	var out []Object
	err := lines(r, func(line string) error {
		fields := strings.Fields(line)
		if n := len(fields); n != kittiLabelFields && n != kittiResultFields {
			return fmt.Errorf("%d fields, want %d, or %d with a score", n, kittiLabelFields, kittiResultFields)
		}
		o, err := kittiFields(fields[0], fields[1:], 2, im)
		if err == nil {
			out = append(out, o)
		}
		return err
	})
	return out, err
}

// kittiFields parses the fields of an object after its type. first is the number of the
// first one. Occlusion of the degree 3 means unknown; KITTI's evaluation ignores such objects.
func kittiFields(kind string, fields []string, first int, im *Image) (Object, error) {
	v, err := values(fields, first)
	if err != nil {
		return Object{}, err
	}
	o := Object{
		Class: kind, Box: perception.Box{X0: v[3], Y0: v[4], X1: v[5], Y1: v[6]},
		Ignore: kind == dontCare || v[1] == unknownOcclusion, Region: kind == dontCare,
	}
	if v[0] > 0 {
		o.Truncated = v[0]
	}
	if visible, ok := map[float64]float64{0: 1, 1: .65, 2: .4}[v[1]]; ok {
		o.Visible = visible
	}
	if len(v) == kittiResultFields-1 {
		o.Score = v[14]
	}
	if o.Box.X1 < o.Box.X0 || o.Box.Y1 < o.Box.Y0 {
		return o, fmt.Errorf("fields %d to %d: the box ends before it begins", first+3, first+6)
	}
	if v[7] > 0 && v[10] > -1000 && v[13] > -10 {
		o.Space = fromLabels(im.labels(), v)
	}
	return o, nil
}

// fromLabels converts a box in space from the label frame. The transpose of the rotation
// inverts it. Without a transform the result is nil.
func fromLabels(t *Transform, v []float64) *Space {
	if t == nil {
		return nil
	}
	back := func(p [3]float64) (out [3]float64) {
		for j := range 3 {
			for i := range 3 {
				out[j] += t[i][j] * p[i]
			}
		}
		return out
	}
	p := back([3]float64{v[10] - t[0][3], v[11] - t[1][3], v[12] - t[2][3]})
	d := back([3]float64{math.Cos(v[13]), 0, -math.Sin(v[13])})
	return &Space{
		Pos: geom.Vec{X: p[0], Y: p[1]}, Bottom: p[2], Top: p[2] + v[7], Width: v[8], Length: v[9],
		Heading: math.Atan2(d[1], d[0]),
	}
}

// ReadNuScenes reads nuScenes' detection results. Boxes in space are in the frame of the
// map; boxes in the image are empty. Samples come in the order of the file.
func ReadNuScenes(r io.Reader) (NuScenesMeta, []Record, error) {
	var meta NuScenesMeta
	var out []Record
	fail := func(err error) (NuScenesMeta, []Record, error) {
		return meta, nil, fmt.Errorf("nuScenes results: %w", err)
	}
	d := json.NewDecoder(r)
	if err := expect(d, '{'); err != nil {
		return fail(err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return fail(err)
		}
		switch key {
		case "meta":
			err = d.Decode(&meta)
		case "results":
			out, err = nuScenesSamples(d)
		default:
			err = fmt.Errorf("unknown field %v", key)
		}
		if err != nil {
			return fail(err)
		}
	}
	if err := expect(d, '}'); err != nil {
		return fail(err)
	}
	return meta, out, nil
}

// expect reads a bracket.
func expect(d *json.Decoder, bracket json.Delim) error {
	t, err := d.Token()
	if err == nil && t != bracket {
		err = fmt.Errorf("found %v, want %v", t, bracket)
	}
	return err
}

// nuScenesSamples reads the boxes of all samples.
func nuScenesSamples(d *json.Decoder) ([]Record, error) {
	if err := expect(d, '{'); err != nil {
		return nil, err
	}
	var out []Record
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		var boxes []struct {
			Sample      string    `json:"sample_token"`
			Translation []float64 `json:"translation"`
			Size        []float64 `json:"size"`
			Rotation    []float64 `json:"rotation"`
			Velocity    []float64 `json:"velocity"`
			Name        string    `json:"detection_name"`
			Score       float64   `json:"detection_score"`
		}
		if err := d.Decode(&boxes); err != nil {
			return nil, fmt.Errorf("sample %v: %w", token, err)
		}
		for i, b := range boxes {
			if len(b.Translation) != 3 || len(b.Size) != 3 || len(b.Rotation) != 4 || len(b.Velocity) != 2 {
				return nil, fmt.Errorf("sample %v: box %d: translation, size, rotation and velocity have %d, %d, %d and %d numbers, want 3, 3, 4 and 2",
					token, i, len(b.Translation), len(b.Size), len(b.Rotation), len(b.Velocity))
			}
			w, x, y, z := b.Rotation[0], b.Rotation[1], b.Rotation[2], b.Rotation[3]
			out = append(out, Record{Image: b.Sample, Object: Object{Class: b.Name, Score: b.Score, Space: &Space{
				Pos:    geom.Vec{X: b.Translation[0], Y: b.Translation[1]},
				Bottom: b.Translation[2] - b.Size[2]/2, Top: b.Translation[2] + b.Size[2]/2,
				Width: b.Size[0], Length: b.Size[1],
				Heading: math.Atan2(2*(w*z+x*y), 1-2*(y*y+z*z)),
				Vel:     &geom.Vec{X: b.Velocity[0], Y: b.Velocity[1]},
			}}})
		}
	}
	return out, expect(d, '}')
}

// ReadMOT reads the results or the ground truth of a sequence of MOTChallenge: 10 or 9
// fields. The class is empty.
func ReadMOT(r io.Reader) ([]Record, error) {
	var out []Record
	err := lines(r, func(line string) error {
		fields := strings.Split(line, ",")
		if n := len(fields); n != 9 && n != 10 {
			return fmt.Errorf("%d fields, want 10, or 9 of a ground truth", n)
		}
		v, err := values(fields, 1)
		if err != nil {
			return err
		}
		frame, err := integer(v[0], 1)
		if err != nil {
			return err
		}
		id, err := integer(v[1], 2)
		if err != nil {
			return err
		}
		switch {
		case frame < 1:
			return fmt.Errorf("field 1: frame %d, want at least 1", frame)
		case v[4] < 0 || v[5] < 0:
			return fmt.Errorf("fields 5 and 6: %g×%g px, want no negative size", v[4], v[5])
		}
		o := Object{ID: int64(id), Box: perception.Box{X0: v[2] - 1, Y0: v[3] - 1, X1: v[2] - 1 + v[4], Y1: v[3] - 1 + v[5]}}
		if len(v) == 9 {
			o.Ignore, o.Visible = v[6] == 0, v[8]
		} else {
			o.Score = v[6]
		}
		out = append(out, Record{Index: frame - 1, Object: o})
		return nil
	})
	return out, err
}

// truncations are fractions outside of the image by KITTI tracking's degree of truncation:
// middles of the ranges for which Truncation returns the degree.
var truncations = map[float64]float64{0: 0, 1: .25, 2: .75}

// ReadKITTITracking reads the results or labels of a sequence of KITTI tracking: 17 fields,
// or 18 with a score. im has the label frame of the sequence. The degree of truncation becomes
// a fraction that NewKITTITrackingTruth writes as the same degree.
func ReadKITTITracking(r io.Reader, im *Image) ([]Record, error) {
	var out []Record
	err := lines(r, func(line string) error {
		fields := strings.Fields(line)
		if n := len(fields); n != kittiLabelFields+2 && n != kittiResultFields+2 {
			return fmt.Errorf("%d fields, want %d, or %d with a score", n, kittiLabelFields+2, kittiResultFields+2)
		}
		v, err := values(fields[:2], 1)
		if err != nil {
			return err
		}
		frame, err := integer(v[0], 1)
		if err != nil {
			return err
		}
		id, err := integer(v[1], 2)
		if err != nil {
			return err
		}
		if frame < 0 {
			return fmt.Errorf("field 1: frame %d, want at least 0", frame)
		}
		o, err := kittiFields(fields[2], fields[3:], 4, im)
		if err != nil {
			return err
		}
		outside, ok := truncations[o.Truncated]
		if !ok {
			return fmt.Errorf("field 4: truncated is %g, want 0, 1, 2 or -1", o.Truncated)
		}
		o.ID, o.Truncated = int64(id), outside
		out = append(out, Record{Index: frame, Object: o})
		return nil
	})
	return out, err
}
