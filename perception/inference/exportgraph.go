package inference

import (
	"fmt"
	"math"

	"roadloop/internal/onnx"
	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/sim/sensor"
)

// decoderGraph adds Decode to an ONNX graph. Tensors of objects are [N, K].
type decoderGraph struct {
	graph *onnx.Graph
	cal   *sensor.Camera
	w, h  int // of the heads
	names int // so far
	known map[string]string
}

// tensor is the name of a tensor.
type tensor = string

// op adds an operator and returns its output.
func (d *decoderGraph) op(kind string, in ...tensor) tensor { return d.with(kind, nil, in...) }

// with adds an operator with attributes and returns its output.
func (d *decoderGraph) with(kind string, attrs [][]byte, in ...tensor) tensor {
	d.names++
	out := fmt.Sprintf("decode.%d.%s", d.names, kind)
	d.graph.Node(kind, in, out, attrs...)
	return out
}

// constant returns a constant; equal ones are one tensor.
func (d *decoderGraph) constant(key string, add func(name string)) tensor {
	if d.known == nil {
		d.known = make(map[string]string)
	}
	name := "decode.const." + key
	if d.known[name] == "" {
		d.known[name] = name
		add(name)
	}
	return name
}

// number returns a constant without axes.
func (d *decoderGraph) number(v float64) tensor {
	return d.constant(fmt.Sprint(float32(v)), func(name string) { d.graph.Floats(name, nil, []float32{float32(v)}) })
}

// integer returns a constant integer without axes, ints a vector of integers.
func (d *decoderGraph) integer(v int) tensor {
	return d.constant(fmt.Sprint("int", v), func(name string) { d.graph.Integer(name, v) })
}

func (d *decoderGraph) ints(v ...int) tensor {
	return d.constant(fmt.Sprint("ints", v), func(name string) { d.graph.Ints(name, v...) })
}

func (d *decoderGraph) floats(key string, shape []int, v []float32) tensor {
	return d.constant(key, func(name string) { d.graph.Floats(name, shape, v) })
}

func (d *decoderGraph) add(a, b tensor) tensor { return d.op("Add", a, b) }
func (d *decoderGraph) sub(a, b tensor) tensor { return d.op("Sub", a, b) }
func (d *decoderGraph) mul(a, b tensor) tensor { return d.op("Mul", a, b) }
func (d *decoderGraph) div(a, b tensor) tensor { return d.op("Div", a, b) }

// scaled returns a·f + b.
func (d *decoderGraph) scaled(a tensor, f, b float64) tensor {
	return d.add(d.mul(a, d.number(f)), d.number(b))
}

// linear returns Σ fᵢ·aᵢ + b.
func (d *decoderGraph) linear(b float64, terms ...any) tensor {
	sum := d.number(b)
	for i := 0; i < len(terms); i += 2 {
		sum = d.add(sum, d.mul(terms[i+1].(tensor), d.number(terms[i].(float64))))
	}
	return sum
}

func (d *decoderGraph) bound(a tensor, lo, hi float64) tensor {
	return d.op("Clip", a, d.number(lo), d.number(hi))
}

// atLeast and atMost limit a tensor on one side.
func (d *decoderGraph) atLeast(a tensor, lo float64) tensor { return d.op("Max", a, d.number(lo)) }
func (d *decoderGraph) atMost(a tensor, hi float64) tensor  { return d.op("Min", a, d.number(hi)) }

// choose returns a where the condition holds, else b.
func (d *decoderGraph) choose(condition, a, b tensor) tensor { return d.op("Where", condition, a, b) }

func (d *decoderGraph) toFloat(a tensor) tensor {
	return d.with("Cast", [][]byte{onnx.Int("to", onnx.Float32)}, a)
}

// wider adds an axis of size 1.
func (d *decoderGraph) wider(a tensor, axis int) tensor {
	return d.with("Unsqueeze", [][]byte{onnx.Ints("axes", axis)}, a)
}

// channels returns the channels from first to last of the heads.
func (d *decoderGraph) channels(first, end int) tensor {
	return d.op("Slice", "heads", d.ints(first), d.ints(end), d.ints(1))
}

// maps adds the outputs with a value for each cell.
func (d *decoderGraph) maps() {
	d.graph.Node("Sigmoid", []string{d.channels(network.DrivableChannel, network.DrivableChannel+1)}, "drivable")
	d.graph.Node("Sigmoid", []string{d.channels(network.LaneChannel, network.LaneChannel+perception.NumSides)}, "lanes")
}

// graphObjects are the objects of all images, by falling score.
type graphObjects struct {
	logit, class   tensor // class is int64
	x0, y0, x1, y1 tensor // px
	distance       tensor // m
	sin, cos       tensor // of the heading relative to the camera's axis
	length, width  tensor // of the footprint, m
	isSignal       tensor // bool
}

// objects adds the outputs of objects.
func (d *decoderGraph) objects() {
	o, cells := d.peaks()
	d.boxes(&o, cells)
	d.refine(&o, d.bearing(&o))
	d.finish(&o, d.suppress(&o))
}

// peaks returns logit and class of the highest peaks of the heat map, and their cells. Of
// equal neighbors all are peaks, other than in Decode; suppress joins them.
func (d *decoderGraph) peaks() (o graphObjects, cells tensor) {
	heat := d.channels(network.HeatChannel, network.HeatChannel+perception.NumClasses)
	highest := d.with("MaxPool", [][]byte{onnx.Ints("kernel_shape", 3, 3), onnx.Ints("strides", 1, 1), onnx.Ints("pads", 1, 1, 1, 1)}, heat)
	peaks := d.choose(d.op("Equal", heat, highest), heat, d.number(-1e9))
	flat := d.op("Reshape", peaks, d.ints(0, -1))
	d.graph.Nodes("TopK", []string{flat, d.ints(DecodedObjects)}, []string{"decode.top", "decode.index"})
	n := d.integer(d.w * d.h)
	o.logit, o.class = "decode.top", d.op("Div", "decode.index", n)
	return o, d.op("Mod", "decode.index", n)
}

// boxes sets boxes, distances and headings from the regressions in the cells.
func (d *decoderGraph) boxes(o *graphObjects, cells tensor) {
	index := d.op("Expand", d.wider(cells, 1), d.ints(1, network.HeadChannels, 1))
	values := d.with("GatherElements", [][]byte{onnx.Int("axis", 2)}, d.op("Reshape", "heads", d.ints(0, network.HeadChannels, d.w*d.h)), index)
	at := func(channel int) tensor {
		return d.with("Gather", [][]byte{onnx.Int("axis", 1)}, values, d.integer(channel))
	}
	width := d.integer(d.w)
	column, row := d.toFloat(d.op("Mod", cells, width)), d.toFloat(d.op("Div", cells, width))
	cx := d.scaled(d.add(column, d.bound(at(network.OffsetChannel), -2, 3)), network.Stride, 0)
	cy := d.scaled(d.add(row, d.bound(at(network.OffsetChannel+1), -2, 3)), network.Stride, 0)
	halfW := d.scaled(d.op("Exp", d.bound(at(network.SizeChannel), 0, 7)), .5, 0)
	halfH := d.scaled(d.op("Exp", d.bound(at(network.SizeChannel+1), 0, 7)), .5, 0)
	o.x0, o.y0 = d.atLeast(d.sub(cx, halfW), 0), d.atLeast(d.sub(cy, halfH), 0)
	o.x1, o.y1 = d.atMost(d.add(cx, halfW), float64(d.cal.Width)), d.atMost(d.add(cy, halfH), float64(d.cal.Height))
	o.distance = d.mul(d.op("Exp", d.bound(at(network.DistanceChannel), -0.7, 5.5)), d.number(d.cal.Zoom()))
	s, c := at(network.HeadingChannel), at(network.HeadingChannel+1)
	norm := d.atLeast(d.op("Sqrt", d.add(d.mul(s, s), d.mul(c, c))), 1e-12)
	o.sin, o.cos = d.div(s, norm), d.div(c, norm)
	table := func(key string, value func(c perception.Class) float64) tensor { return d.byClass(o, key, value) }
	o.length = table("length", func(c perception.Class) float64 { return footprint[c].X })
	o.width = table("width", func(c perception.Class) float64 { return footprint[c].Y })
	o.isSignal = d.op("Greater", table("signal", func(c perception.Class) float64 {
		if c.IsSignal() {
			return 1
		}
		return 0
	}), d.number(.5))
}

// byClass returns a value of the class of each object.
func (d *decoderGraph) byClass(o *graphObjects, key string, value func(perception.Class) float64) tensor {
	values := make([]float32, perception.NumClasses)
	for c := range values {
		values[c] = float32(value(perception.Class(c)))
	}
	return d.op("Gather", d.floats(key, []int{len(values)}, values), o.class)
}

// axes returns the rows of the rotation from the vehicle frame to the camera frame.
func (d *decoderGraph) axes() (right, down, forward [3]float64) {
	m := &d.cal.Mount
	for i, e := range [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
		right[i], down[i], forward[i] = m.ToSensor(m.X+e[0], m.Y+e[1], m.Z+e[2])
	}
	return right, down, forward
}

// direction returns the ray of a pixel in the vehicle frame.
func (d *decoderGraph) direction(u, v tensor) (x, y, z tensor) {
	right, down, forward := d.axes()
	rx, ry := d.scaled(u, 1/d.cal.Fx, -d.cal.Cx/d.cal.Fx), d.scaled(v, 1/d.cal.Fy, -d.cal.Cy/d.cal.Fy)
	axis := func(i int) tensor { return d.linear(forward[i], right[i], rx, down[i], ry) }
	return axis(0), axis(1), axis(2)
}

// bearing returns the direction of each object, as the function bearing.
func (d *decoderGraph) bearing(o *graphObjects) tensor {
	cu, cv := d.scaled(d.add(o.x0, o.x1), .5, 0), d.scaled(d.add(o.y0, o.y1), .5, 0)
	x, y, _ := d.direction(cu, cv)
	b := d.op("Atan", d.div(y, x)) // the camera looks forward
	middle := b
	const rounds = 5
	for range rounds {
		u, ok := d.projectedMiddle(o, b)
		step := d.bound(d.scaled(d.sub(u, cu), 1/d.cal.Fx, 0), -.2, .2)
		b = d.add(b, d.choose(ok, step, d.number(0)))
	}
	return d.choose(o.isSignal, middle, b)
}

// projectedMiddle returns the column of the middle of the box of a typical object in
// direction b, as the function of that name. The four corners are an axis.
func (d *decoderGraph) projectedMiddle(o *graphObjects, b tensor) (u, ok tensor) {
	m := &d.cal.Mount
	right, _, forward := d.axes() // without distortion the row does not change the column
	ahead := d.wider(d.scaled(d.mul(d.op("Cos", b), o.distance), 1, m.X), 2)
	left := d.wider(d.scaled(d.mul(d.op("Sin", b), o.distance), 1, m.Y), 2)
	sinYaw, cosYaw := math.Sincos(m.Yaw)
	s, c := d.wider(d.linear(0, cosYaw, o.sin, sinYaw, o.cos), 2), d.wider(d.linear(0, cosYaw, o.cos, -sinYaw, o.sin), 2)
	fx := d.floats("corners.x", []int{1, 1, 4}, []float32{-.5, -.5, .5, .5})
	fy := d.floats("corners.y", []int{1, 1, 4}, []float32{-.5, .5, -.5, .5})
	along, across := d.mul(d.wider(o.length, 2), fx), d.mul(d.wider(o.width, 2), fy)
	px := d.add(ahead, d.sub(d.mul(along, c), d.mul(across, s)))
	py := d.add(left, d.add(d.mul(along, s), d.mul(across, c)))
	axis := func(a [3]float64) tensor {
		return d.linear(-a[0]*m.X-a[1]*m.Y+a[2]*(m.Z/2-m.Z), a[0], px, a[1], py)
	}
	columns := d.scaled(d.bound(d.div(axis(right), d.atLeast(axis(forward), .2)), -1.2, 1.2), d.cal.Fx, d.cal.Cx)
	attrs := [][]byte{onnx.Ints("axes", 2), onnx.Int("keepdims", 0)}
	u0 := d.atLeast(d.with("ReduceMin", attrs, columns), 0)
	u1 := d.atMost(d.with("ReduceMax", attrs, columns), float64(d.cal.Width))
	return d.scaled(d.add(u0, u1), .5, 0), d.op("Greater", u1, u0)
}

// refine combines the distances with those at which the boxes stand on the ground, as the
// functions refine and standing.
func (d *decoderGraph) refine(o *graphObjects, bearing tensor) {
	m := &d.cal.Mount
	w, h := float64(d.cal.Width), float64(d.cal.Height)
	std := d.scaled(d.mul(o.distance, d.scaled(o.distance, shareGrowth, share)), 1, .15)
	cut := d.op("Or", d.op("Less", o.x0, d.number(2)), d.op("Greater", o.x1, d.number(w-2)))
	std = d.choose(cut, d.scaled(std, 1.5, 0), std)

	x, y, z := d.direction(d.scaled(d.add(o.x0, o.x1), .5, 0), o.y1)
	t := d.div(d.number(-m.Z), d.atMost(z, -1e-3))
	_, _, forward := d.axes()
	// The camera is at the height of the mount above the ground: depth is that of a point at
	// its own height.
	depth := d.linear(0, forward[0], d.mul(t, x), forward[1], d.mul(t, y))
	toMiddle := d.scaled(d.add(
		d.mul(d.byClass(o, "contact.x", func(c perception.Class) float64 { return contactOf(c, 0) }), d.op("Abs", o.cos)),
		d.mul(d.byClass(o, "contact.y", func(c perception.Class) float64 { return contactOf(c, 1) }), d.op("Abs", o.sin)),
	), .5, 0)
	stand := d.div(d.add(depth, toMiddle), d.atLeast(d.op("Cos", d.scaled(bearing, 1, -m.Yaw)), .2))
	edge := d.scaled(d.sub(o.y1, o.y0), .04, 1)
	standStd := d.add(d.byClass(o, "std", func(c perception.Class) float64 { return sizeStd[c] }),
		d.mul(d.scaled(edge, 1/(d.cal.Fy*m.Z), 0), d.mul(stand, stand)))

	wn, ws := d.div(d.number(1), d.mul(std, std)), d.div(d.number(1), d.mul(standStd, standStd))
	joined := d.div(d.add(d.mul(wn, o.distance), d.mul(ws, stand)), d.add(wn, ws))
	lost := d.op("Or", d.op("Or", o.isSignal, d.op("Greater", o.y1, d.number(h-2))),
		d.op("Or", d.op("Greater", z, d.number(-1e-3)), d.op("Not", d.op("Less", stand, d.number(150)))))
	o.distance = d.choose(lost, o.distance, joined)
}

// contactOf returns the length or the width of the contact area of a class, 0 for signals.
func contactOf(c perception.Class, axis int) float64 {
	if int(c) >= len(contact) {
		return 0
	}
	return [2]float64{contact[c].X, contact[c].Y}[axis]
}

// suppressRounds is the number of rounds of suppress. After round n it is final for chains of
// n objects, each of which is a duplicate of the one before; such chains are short, because
// boxes at their ends do not overlap.
const suppressRounds = 16

// suppress returns 1 for each object to keep: those with the minimum score that are no
// duplicates of a better one that is kept, as the function suppress.
func (d *decoderGraph) suppress(o *graphObjects) tensor {
	row, column := func(a tensor) tensor { return d.wider(a, 1) }, func(a tensor) tensor { return d.wider(a, 2) }
	shared := func(lo, hi tensor) tensor {
		return d.atLeast(d.sub(d.op("Min", row(hi), column(hi)), d.op("Max", row(lo), column(lo))), 0)
	}
	common := d.mul(shared(o.x0, o.x1), shared(o.y0, o.y1))
	area := d.mul(d.atLeast(d.sub(o.x1, o.x0), 0), d.atLeast(d.sub(o.y1, o.y0), 0))
	overlap := d.div(common, d.atLeast(d.sub(d.add(row(area), column(area)), common), 1e-9))
	logs := d.op("Log", o.distance)
	close := d.op("Less", d.op("Abs", d.sub(row(logs), column(logs))), d.number(.25))
	same := d.op("Or", d.op("Greater", overlap, d.number(.8)), d.op("And", d.op("Greater", overlap, d.number(.55)), close))
	signal := d.toFloat(o.isSignal)
	alike := d.op("Less", d.op("Abs", d.sub(row(signal), column(signal))), d.number(.5))
	before := make([]float32, DecodedObjects*DecodedObjects) // objects that are better, by object
	for i := range DecodedObjects {
		for k := range i {
			before[i*DecodedObjects+k] = 1
		}
	}
	duplicates := d.mul(d.toFloat(d.op("And", same, alike)), d.floats("before", []int{1, DecodedObjects, DecodedObjects}, before))
	found := d.toFloat(d.op("Not", d.op("Less", o.logit, d.number(logit(DefaultMinScore)))))
	keep := d.wider(found, 2)
	for range suppressRounds {
		better := d.op("MatMul", duplicates, keep)
		keep = d.mul(d.wider(found, 2), d.toFloat(d.op("Less", better, d.number(.5))))
	}
	return d.with("Squeeze", [][]byte{onnx.Ints("axes", 2)}, keep)
}

// finish moves the objects to keep to the front and adds the outputs.
func (d *decoderGraph) finish(o *graphObjects, keep tensor) {
	scores := d.mul(d.op("Sigmoid", o.logit), keep)
	d.graph.Nodes("TopK", []string{scores, d.ints(DecodedObjects)}, []string{"scores", "decode.order"})
	kept := d.op("Greater", "scores", d.number(0))
	sorted := func(a tensor) tensor {
		return d.with("GatherElements", [][]byte{onnx.Int("axis", 1)}, a, "decode.order")
	}
	output := func(a tensor) tensor { return d.mul(sorted(a), d.toFloat(kept)) }
	var sides []string
	for _, side := range []tensor{o.x0, o.y0, o.x1, o.y1} {
		sides = append(sides, d.wider(output(side), 2))
	}
	d.graph.Node("Concat", sides, "boxes", onnx.Int("axis", 2))
	d.graph.Node("Where", []string{kept, sorted(o.class), d.integer(-1)}, "classes")
	d.graph.Node("Identity", []string{output(o.distance)}, "distance")
}
