package learn

import (
	"encoding/json"
	"fmt"

	"roadloop/internal/onnx"
)

// ONNX returns the policy as an ONNX model (opset 10), normalization included. Each
// observation is an input of its name, [1, shape]; the values of an image are 0 to 255. The
// output of DQN is "values" [1, actions],
// the discounted return of each action. The outputs of others are "policy", the logits of a
// discrete action or the means of a continuous one, in units in which its bounds are ±1; and
// "value" [1, 1], the discounted return, of PPO alone.
//
// The presence of a row of a set must be 0 or 1. The properties of the model hold its task
// and its spec, as JSON.
func (p *Policy) ONNX() ([]byte, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	m := &onnxModel{policy: p}
	c := &p.Weights.Config
	for i := range c.Inputs {
		m.input(i)
	}
	features, width := m.features()
	for t := range c.Outputs {
		m.tower(t, features, width)
	}
	spec, err := json.Marshal(&p.Spec)
	if err != nil {
		return nil, fmt.Errorf("spec of the policy: %w", err)
	}
	m.g.Metadata("task", p.Spec.Task)
	m.g.Metadata("spec", string(spec))
	m.g.Name("roadloop policy")
	for i := range c.Inputs {
		s := &c.Inputs[i].Space
		m.g.Input(s.Name, append([]int{1}, s.Shape...)...)
	}
	if p.Recipe.DQN != nil {
		m.g.Output("values", 1, p.Spec.Action.N)
	} else {
		m.g.Output("policy", 1, m.actionOutputs())
		if p.Recipe.PPO != nil {
			m.g.Output("value", 1, 1)
		}
	}
	return m.g.Model(10), nil
}

// onnxModel is a model in construction.
type onnxModel struct {
	g      onnx.Graph
	policy *Policy
	param  int // next of the weights
}

// actionOutputs is the number of outputs for the action: logits or means.
func (m *onnxModel) actionOutputs() int {
	d := newDistribution(&m.policy.Spec.Action)
	return d.modes()
}

// input adds the normalization of an input: name.scaled is [1, values], or for a set
// [1, features, rows, 1] with name.mask, which has the presence of each row in all features;
// for an image it is [1, channels, height, width].
func (m *onnxModel) input(i int) {
	in := &m.policy.Weights.Config.Inputs[i]
	name, columns := in.Space.Name, in.columns()
	if in.Encoder.image() {
		m.g.Floats(name+".scale", []int{1, 1, 1, 1}, []float32{1 / 127.5})
		m.g.Floats(name+".shift", []int{1, 1, 1, 1}, []float32{-1})
		m.g.Node("Transpose", []string{name}, name+".planes", onnx.Ints("perm", 0, 3, 1, 2))
		m.g.Node("Mul", []string{name + ".planes", name + ".scale"}, name+".product")
		m.g.Node("Add", []string{name + ".product", name + ".shift"}, name+".scaled")
		return
	}
	scale, shift := make([]float32, columns), make([]float32, columns)
	for k := range columns {
		scale[k] = 1
		if z := m.policy.Normalizer; len(z.Inputs) > 0 && z.Inputs[i].Count > 0 && (in.Encoder != Set || k > 0) {
			scale[k] = float32(1 / z.Inputs[i].std(k))
			shift[k] = -float32(z.Inputs[i].Mean[k]) * scale[k]
		}
	}
	if in.Encoder != Set {
		m.g.Ints(name+".shape", 1, columns)
		m.g.Floats(name+".scale", []int{1, columns}, scale)
		m.g.Floats(name+".shift", []int{1, columns}, shift)
		m.g.Node("Reshape", []string{name, name + ".shape"}, name+".flat")
		m.g.Node("Mul", []string{name + ".flat", name + ".scale"}, name+".product")
		m.g.Node("Add", []string{name + ".product", name + ".shift"}, name+".sum")
		m.clip(i, name+".sum", name+".scaled")
		return
	}
	m.g.Ints(name+".shape", 1, 1, in.Space.Shape[0], columns)
	m.g.Node("Reshape", []string{name, name + ".shape"}, name+".rows")
	m.g.Node("Transpose", []string{name + ".rows"}, name+".columns", onnx.Ints("perm", 0, 3, 2, 1))
	m.mask(name, columns, columns)
	diagonal := make([]float32, columns*columns)
	for k := range columns {
		diagonal[k*columns+k] = scale[k]
	}
	m.rows(name+".normalized", name+".columns", columns, columns, diagonal, shift, false)
	m.clip(i, name+".normalized", name+".clipped")
	m.g.Node("Mul", []string{name + ".clipped", fmt.Sprintf("%s.mask%d", name, columns)}, name+".scaled")
}

// clip limits normalized values; without a normalizer it only renames them.
func (m *onnxModel) clip(i int, in, out string) {
	if z := m.policy.Normalizer; len(z.Inputs) > 0 && z.Inputs[i].Count > 0 {
		m.g.Node("Clip", []string{in}, out, onnx.Float("min", -10), onnx.Float("max", 10))
		return
	}
	m.g.Node("Identity", []string{in}, out)
}

// mask adds the presence of each row of a set, repeated to a width.
func (m *onnxModel) mask(name string, columns, width int) {
	first := make([]float32, width*columns)
	for k := range width {
		first[k*columns] = 1
	}
	m.rows(fmt.Sprintf("%s.mask%d", name, width), name+".columns", columns, width, first, make([]float32, width), false)
}

// rows adds a layer for every row of a set, as a convolution of 1×1.
func (m *onnxModel) rows(out, in string, from, to int, kernel, bias []float32, relu bool) {
	m.conv(&layer{name: out, in: from, out: to, k: 1, stride: 1, relu: relu}, in, "", kernel, bias)
}

// conv adds a convolution with the name of the layer. If the layer has a skip, it adds that
// tensor to the sums.
func (m *onnxModel) conv(l *layer, in, skip string, kernel, bias []float32) {
	out := l.name
	m.g.Floats(out+".kernel", []int{l.out, l.in, l.k, l.k}, kernel)
	m.g.Floats(out+".bias", []int{l.out}, bias)
	result := out
	if l.relu {
		result += ".sums"
	}
	pad := l.k / 2
	m.g.Node("Conv", []string{in, out + ".kernel", out + ".bias"}, result, onnx.Ints("kernel_shape", l.k, l.k),
		onnx.Ints("strides", l.stride, l.stride), onnx.Ints("pads", pad, pad, pad, pad))
	if l.skip {
		m.g.Node("Add", []string{result, skip}, out+".joined")
		result = out + ".joined"
	}
	if l.relu {
		m.g.Node("Relu", []string{result}, out)
	}
}

// convolve adds the convolutions of an image and returns their output, [1, width].
func (m *onnxModel) convolve(in *Input) (string, int) {
	name := in.Space.Name
	convolutions, h, w, channels := in.convolutions()
	at, before := name+".scaled", ""
	for i := range convolutions {
		l := &convolutions[i]
		kernel, bias := m.next()
		m.conv(l, at, before, kernel, bias)
		before, at = at, l.name
	}
	// The values of a pixel are neighbors, as in the weights.
	m.g.Node("Transpose", []string{at}, name+".pixels", onnx.Ints("perm", 0, 2, 3, 1))
	m.g.Ints(name+".shape", 1, h*w*channels)
	m.g.Node("Reshape", []string{name + ".pixels", name + ".shape"}, name+".flat")
	return name + ".flat", h * w * channels
}

// dense adds a layer for a vector.
func (m *onnxModel) dense(out, in string, from, to int, kernel, bias []float32, relu bool) {
	m.g.Floats(out+".kernel", []int{to, from}, kernel)
	m.g.Floats(out+".bias", []int{to}, bias)
	result := out
	if relu {
		result += ".sums"
	}
	m.g.Node("Gemm", []string{in, out + ".kernel", out + ".bias"}, result, onnx.Int("transB", 1))
	if relu {
		m.g.Node("Relu", []string{result}, out)
	}
}

// next returns the weights of the next layer.
func (m *onnxModel) next() (kernel, bias []float32) {
	p := m.policy.Weights.Params[m.param:]
	m.param += 2
	return p[0].Data, p[1].Data
}

// features adds the encoders and returns their joined outputs, [1, width].
func (m *onnxModel) features() (at string, width int) {
	var parts []string
	for i := range m.policy.Weights.Config.Inputs {
		part, w := m.encoder(i)
		parts = append(parts, part)
		width += w
	}
	if at = parts[0]; len(parts) > 1 {
		at = "features"
		m.g.Node("Concat", parts, at, onnx.Int("axis", 1))
	}
	return at, width
}

// tower adds a tower of the network over the features at a name.
func (m *onnxModel) tower(t int, at string, width int) {
	c := &m.policy.Weights.Config
	for i, h := range c.Hidden {
		kernel, bias := m.next()
		out := fmt.Sprintf("tower%d.hidden%d", t, i)
		m.dense(out, at, width, h, kernel, bias, true)
		at, width = out, h
	}
	kernel, bias := m.next()
	switch {
	case m.policy.Recipe.DQN != nil:
		kernel, bias = dueling(kernel, bias, width)
		m.dense("values", at, width, len(bias), kernel, bias, false)
	case t == 0:
		n := m.actionOutputs()
		m.dense("policy", at, width, n, kernel[:n*width], bias[:n], false)
	default:
		scale := float32(m.policy.ValueScale)
		scaled := make([]float32, width)
		for i := range scaled {
			scaled[i] = scale * kernel[i]
		}
		m.dense("value", at, width, 1, scaled, []float32{scale * bias[0]}, false)
	}
}

// dueling joins value and advantages to the values of the actions: all of it is linear.
func dueling(kernel, bias []float32, width int) (k, b []float32) {
	n := len(bias) - 1
	join := func(column func(row int) float32, action int) float32 {
		mean := float32(0)
		for i := range n {
			mean += column(1 + i)
		}
		return column(0) + column(1+action) - mean/float32(n)
	}
	for a := range n {
		for i := range width {
			k = append(k, join(func(row int) float32 { return kernel[row*width+i] }, a))
		}
		b = append(b, join(func(row int) float32 { return bias[row] }, a))
	}
	return k, b
}

// encoder adds the encoder of an input and returns its output, [1, width].
func (m *onnxModel) encoder(i int) (string, int) {
	in := &m.policy.Weights.Config.Inputs[i]
	at, width := in.Space.Name+".scaled", in.columns()
	layer := m.dense
	switch {
	case in.Encoder == Set:
		layer = m.rows
	case in.Encoder.image():
		at, width = m.convolve(in)
	}
	prefix := in.Space.Name
	for k, h := range in.Hidden {
		kernel, bias := m.next()
		out := fmt.Sprintf("%s.%d", prefix, k)
		layer(out, at, width, h, kernel, bias, true)
		at, width = out, h
	}
	if in.Encoder != Set {
		return at, width
	}
	// Embeddings are 0 or more: a row that is absent does not count if it is 0.
	name, rows := in.Space.Name, in.Space.Shape[0]
	mask := fmt.Sprintf("%s.mask%d", name, width)
	if width != in.columns() {
		m.mask(name, in.columns(), width)
	}
	m.g.Node("Mul", []string{at, mask}, prefix+".present")
	for _, part := range []struct {
		name, from string
		first, end int
	}{{".first", at, 0, 1}, {".others", prefix + ".present", 1, rows}} {
		m.g.Ints(prefix+part.name+".start", part.first)
		m.g.Ints(prefix+part.name+".end", part.end)
		m.g.Ints(prefix+part.name+".axis", 2)
		m.g.Node("Slice", []string{part.from, prefix + part.name + ".start", prefix + part.name + ".end", prefix + part.name + ".axis"}, prefix+part.name)
	}
	m.g.Node("MaxPool", []string{prefix + ".others"}, prefix+".maximum", onnx.Ints("kernel_shape", rows-1, 1), onnx.Ints("strides", 1, 1))
	m.g.Node("Concat", []string{prefix + ".first", prefix + ".maximum"}, prefix+".joined", onnx.Int("axis", 1))
	m.g.Node("Flatten", []string{prefix + ".joined"}, prefix+".embedding", onnx.Int("axis", 1))
	return prefix + ".embedding", 2 * width
}
