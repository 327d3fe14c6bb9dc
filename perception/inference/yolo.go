package inference

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"roadloop/internal/onnx"
	"roadloop/perception"
	"roadloop/perception/camera"
	"roadloop/sim/geom"
)

// YOLO finds road users in pictures with an ONNX model of another program, of the layout that
// Ultralytics exports: one input [1, 3, height, width] of RGB values from 0 to 1, one output
// [1, 4+classes, boxes] with middle, width and height of each box in pixels of the input and
// the score of each class. Pictures are scaled into the input between gray bars, as such
// models are trained. Distances are those at which the lower edge of a box stands on flat
// ground. It is not safe for concurrent use.
type YOLO struct {
	MinScore float64 // 0..1; 0 means DefaultYOLOScore

	run     yoloRunner
	width   int // of the input, px
	height  int
	classes []perception.Class // of the channels; NumClasses for those that roadloop lacks
	pix     []byte
}

// DefaultYOLOScore is the least score of the detections of a YOLO model, the usual one.
const DefaultYOLOScore = .25

// yoloRunner runs a model.
type yoloRunner interface {
	// run returns the output for RGB pixels of the input's size, channel by channel, and its
	// number of channels. The next call overwrites it.
	run(rgb []byte) (out []float32, channels int, err error)
	close() error
}

// NewYOLO returns a detector that runs an ONNX model on OpenCV. The names of its classes are
// those of the model's metadata (names), unless names are given; classOf maps a name to a
// class, and detections of other classes are left out. A build without OpenCV returns
// opencv.ErrNotIncluded.
func NewYOLO(model []byte, names []string, classOf func(name string) (perception.Class, bool)) (*YOLO, error) {
	info, err := parseYOLO(model)
	if err != nil {
		return nil, fmt.Errorf("ONNX model: %w", err)
	}
	if len(names) == 0 {
		names = info.names
	}
	if len(names) != info.channels-4 {
		return nil, fmt.Errorf("ONNX model: %d names of classes, its output %v has %d classes", len(names), info.output, info.channels-4)
	}
	y := &YOLO{width: info.width, height: info.height, pix: make([]byte, 3*info.width*info.height)}
	known := false
	for _, n := range names {
		c, ok := classOf(n)
		if !ok {
			c = perception.NumClasses
		}
		known = known || ok
		y.classes = append(y.classes, c)
	}
	if !known {
		return nil, fmt.Errorf("ONNX model: none of its classes is a road user: %s", strings.Join(names, ", "))
	}
	y.run, err = newYOLORunner(model, info.width, info.height)
	return y, err
}

// Close frees the model.
func (y *YOLO) Close() error { return y.run.close() }

// yoloInfo is what a model states of itself.
type yoloInfo struct {
	width, height int
	channels      int
	output        []int
	names         []string
}

// Fields of ModelProto and StringStringEntryProto (onnx.proto).
const modelMetadata, entryKey, entryValue = 14, 1, 2

// parseYOLO checks the shapes of a model and reads its metadata.
func parseYOLO(model []byte) (info yoloInfo, err error) {
	var graph []byte
	metadata := make(map[string]string)
	err = onnx.Fields(model, func(f protowire.Number, v []byte) error {
		switch f {
		case onnx.ModelGraph:
			graph = v
		case modelMetadata:
			key, value := "", ""
			err := onnx.Fields(v, func(f protowire.Number, s []byte) error {
				switch f {
				case entryKey:
					key = string(s)
				case entryValue:
					value = string(s)
				}
				return nil
			})
			metadata[key] = value
			return err
		}
		return nil
	})
	if err != nil {
		return info, err
	}
	if graph == nil {
		return info, errors.New("it has no graph")
	}
	in, err := shapes(graph, onnx.GraphIn)
	if err != nil {
		return info, err
	}
	out, err := shapes(graph, onnx.GraphOut)
	if err != nil {
		return info, err
	}
	const most = 1 << 13 // px
	if len(in) == 0 || len(in[0]) != 4 || in[0][1] != 3 || in[0][2] < 1 || in[0][3] < 1 || in[0][2] > most || in[0][3] > most {
		return info, fmt.Errorf("its inputs are %v, want one of [1 3 height width] with a fixed size", in)
	}
	if len(out) == 0 || len(out[0]) != 3 || out[0][1] < 5 || out[0][1] > out[0][2] {
		return info, fmt.Errorf("its outputs are %v, want [1 4+classes boxes]", out)
	}
	info.height, info.width, info.output, info.channels = in[0][2], in[0][3], out[0], out[0][1]
	info.names = parseNames(metadata["names"])
	return info, nil
}

// shapes returns the dimensions of the inputs or outputs of a graph; a dimension without a
// number is 0.
func shapes(graph []byte, want protowire.Number) (all [][]int, err error) {
	err = onnx.Fields(graph, func(f protowire.Number, value []byte) error {
		if f != want {
			return nil
		}
		for _, inner := range [...]protowire.Number{onnx.ValueType, onnx.TypeTensor, onnx.TypeShape} {
			var next []byte
			err := onnx.Fields(value, func(f protowire.Number, v []byte) error {
				if f == inner {
					next = v
				}
				return nil
			})
			if err != nil {
				return err
			}
			value = next
		}
		var dims []int
		err := onnx.Fields(value, func(f protowire.Number, dim []byte) error {
			if f != onnx.ShapeDim {
				return nil
			}
			size := 0
			if field, kind, n := protowire.ConsumeTag(dim); n > 0 && field == onnx.DimValue && kind == protowire.VarintType {
				if v, k := protowire.ConsumeVarint(dim[n:]); k > 0 && v < 1<<31 {
					size = int(v)
				}
			}
			dims = append(dims, size)
			return nil
		})
		all = append(all, dims)
		return err
	})
	return all, err
}

// nameEntry is an entry of the names that Ultralytics writes: a Python dictionary as
// {0: 'person', 1: "bicycle"}.
var nameEntry = regexp.MustCompile(`(\d+):\s*(?:'([^']*)'|"([^"]*)")`)

// parseNames returns the names of classes by their number; nil if the numbers are not 0 to n.
func parseNames(text string) []string {
	found := nameEntry.FindAllStringSubmatch(text, -1)
	names := make([]string, len(found))
	for _, m := range found {
		i, err := strconv.Atoi(m[1])
		if err != nil || i >= len(names) || names[i] != "" {
			return nil
		}
		names[i] = m[2] + m[3]
	}
	return names
}

// Detect finds road users in a picture, RGB row by row, and fills found.
func (y *YOLO) Detect(picture []byte, c *camera.Camera, found *Found) error {
	if len(picture) != 3*c.Width*c.Height {
		return fmt.Errorf("a picture of %d bytes, want %d×%d px", len(picture), c.Width, c.Height)
	}
	scale := math.Min(float64(y.width)/float64(c.Width), float64(y.height)/float64(c.Height))
	left, top := (float64(y.width)-scale*float64(c.Width))/2, (float64(y.height)-scale*float64(c.Height))/2
	y.fill(picture, c.Width, c.Height, scale, left, top)
	out, channels, err := y.run.run(y.pix)
	if err != nil {
		return fmt.Errorf("running the ONNX model: %w", err)
	}
	if channels != 4+len(y.classes) || len(out)%channels != 0 {
		return fmt.Errorf("the ONNX model returned %d values in %d channels, want %d channels", len(out), channels, 4+len(y.classes))
	}
	*found = Found{Views: 1}
	found.Detections = y.decode(out, func(b perception.Box) perception.Box {
		at := func(v, from float64, size int) float64 {
			return max(0, min(float64(size), (v-from)/scale))
		}
		return perception.Box{X0: at(b.X0, left, c.Width), Y0: at(b.Y0, top, c.Height), X1: at(b.X1, left, c.Width), Y1: at(b.Y1, top, c.Height)}
	})
	cal := c.Pinhole()
	found.Cal = &cal
	for i := range found.Detections {
		stand(&found.Detections[i], c)
	}
	return nil
}

// fill scales a picture into the input, by the mean of the pixels that a pixel covers.
func (y *YOLO) fill(picture []byte, width, height int, scale, left, top float64) {
	const bars = 114 // the gray of Ultralytics
	n := max(1, int(math.Round(1/scale)))
	for v := range y.height {
		for u := range y.width {
			dst := y.pix[3*(v*y.width+u):][:3]
			x, w := int(math.Floor((float64(u)-left)/scale)), int(math.Floor((float64(v)-top)/scale))
			if x < 0 || w < 0 || x >= width || w >= height {
				dst[0], dst[1], dst[2] = bars, bars, bars
				continue
			}
			var sum [3]int
			count := 0
			for j := w; j < min(w+n, height); j++ {
				for i := x; i < min(x+n, width); i++ {
					for k := range 3 {
						sum[k] += int(picture[3*(j*width+i)+k])
					}
					count++
				}
			}
			for k := range 3 {
				dst[k] = byte((sum[k] + count/2) / count)
			}
		}
	}
}

// decode returns the detections of an output, channel by channel, by falling score. Boxes with
// an IoU above 0.5 to a better one of the same class are left out.
func (y *YOLO) decode(out []float32, toPicture func(perception.Box) perception.Box) []perception.Detection {
	least := cmp.Or(y.MinScore, DefaultYOLOScore)
	n := len(out) / (4 + len(y.classes))
	at := func(channel, i int) float64 { return float64(out[channel*n+i]) }
	var all []perception.Detection
	for i := range n {
		best := 0
		for k := range y.classes {
			if at(4+k, i) > at(4+best, i) {
				best = k
			}
		}
		score := at(4+best, i)
		cx, cy, w, h := at(0, i), at(1, i), at(2, i), at(3, i)
		if !(score >= least) || y.classes[best] == perception.NumClasses || !(w > 0 && h > 0) || math.IsInf(w+h, 0) || math.IsNaN(cx+cy) {
			continue
		}
		box := toPicture(perception.Box{X0: cx - w/2, Y0: cy - h/2, X1: cx + w/2, Y1: cy + h/2})
		if box.X1 > box.X0 && box.Y1 > box.Y0 {
			all = append(all, perception.Detection{Class: y.classes[best], Score: math.Min(score, 1), Box: box})
		}
	}
	slices.SortStableFunc(all, func(a, b perception.Detection) int { return cmp.Compare(b.Score, a.Score) })
	kept := all[:0]
	for _, d := range all {
		if !slices.ContainsFunc(kept, func(k perception.Detection) bool { return k.Class == d.Class && k.Box.IoU(d.Box) > .5 }) {
			kept = append(kept, d)
		}
	}
	return kept
}

// stand sets distance, bearing and position of a detection from the point of flat ground at the
// middle of its lower edge; the distance stays 0 at and above the horizon.
func stand(d *perception.Detection, c *camera.Camera) {
	x, y, ok := c.Ground((d.Box.X0+d.Box.X1)/2, d.Box.Y1)
	if !ok {
		return
	}
	d.Pos = geom.Vec{X: x, Y: y}
	from := d.Pos.Sub(geom.Vec{X: c.Mount.X, Y: c.Mount.Y})
	d.Distance, d.Bearing = from.Norm(), math.Atan2(from.Y, from.X)
	const edge = 2 // px, standard deviation of the lower edge
	d.DistanceStd = edge * d.Distance * d.Distance / (c.Fy * c.Mount.Z)
}
