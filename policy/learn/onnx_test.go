//go:build !nocv

package learn

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"gocv.io/x/gocv"

	"roadloop/policy"
	"roadloop/sim/rng"
)

// infer runs an ONNX model with OpenCV.
func infer(t *testing.T, model []byte, spec *policy.Spec, obs []policy.Array, output string) []float32 {
	t.Helper()
	net, err := gocv.ReadNetFromONNXBytes(model)
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	for i, s := range spec.Observation {
		var raw []byte
		for _, v := range obs[i].Floats {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
		for _, v := range obs[i].Bytes {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(float32(v)))
		}
		blob, err := gocv.NewMatWithSizesFromBytes(append([]int{1}, s.Shape...), gocv.MatTypeCV32F, raw)
		if err != nil {
			t.Fatal(err)
		}
		defer blob.Close()
		net.SetInput(blob, s.Name)
	}
	out := net.Forward(output)
	defer out.Close()
	values, err := out.DataPtrFloat32()
	if err != nil {
		t.Fatal(err)
	}
	return append([]float32(nil), values...)
}

// OpenCV computes what the policy does, for observations with missing rows.
func TestONNXInOpenCV(t *testing.T) {
	near := func(a float32, b float64) bool { return math.Abs(float64(a)-b) < 1e-4*(1+math.Abs(b)) }
	for name := range recipes() {
		p := trained(t, name)
		model, err := p.ONNX()
		if err != nil {
			t.Fatal(err)
		}
		const n = 20
		all := observations(n)
		for i := range n {
			obs := []policy.Array{{Floats: all[0].Floats[25*i : 25*i+25]}}
			thought, err := p.Think(obs)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(name, "dqn") {
				for k, v := range infer(t, model, &p.Spec, obs, "values") {
					if !near(v, thought.Values[k]) {
						t.Errorf("observation %d: value %d is %g, want %g", i, k, v, thought.Values[k])
					}
				}
				continue
			}
			logits := infer(t, model, &p.Spec, obs, "policy")
			for k, v := range logits {
				if want := thought.Probabilities[k]; !near(float32(math.Exp(float64(v-logSum(logits)))), want) {
					t.Errorf("observation %d: logits %v, want the probabilities %v", i, logits, thought.Probabilities)
				}
			}
			if v := infer(t, model, &p.Spec, obs, "value")[0]; !near(v, thought.Value) {
				t.Errorf("observation %d: value %g, want %g", i, v, thought.Value)
			}
		}
	}
}

// A policy with several observations and a continuous action: vectors and a set, or an image
// by either encoder.
func TestONNXOfSeveralInputs(t *testing.T) {
	for name, c := range map[string]Config{"vectors": testConfig(), "pilotnet": imageConfig(PilotNet), "residual": imageConfig(Residual)} {
		t.Run(name, func(t *testing.T) { checkONNX(t, c, recipes()["ppo"], 4, 1) })
		t.Run(name+" by imitation", func(t *testing.T) { checkONNX(t, c, pixelRecipes()["bc"], 2) })
	}
}

func checkONNX(t *testing.T, c Config, recipe Recipe, outputs ...int) {
	c.Outputs = outputs
	w, err := NewWeights(c, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	r := rng.New(1, "test", "inputs")
	for i := range w.Params {
		if d := w.Params[i].Data; d[0] == 0 { // biases, and blocks that begin as the identity
			for k := range d {
				d[k] = float32(.1 * r.Norm())
			}
		}
	}
	spec := policy.Spec{Task: recipe.Task, Rate: 1, Action: policy.Space{Name: "steering", Kind: policy.Box, Shape: []int{2}, Low: -1, High: 1}}
	for _, in := range c.Inputs {
		spec.Observation = append(spec.Observation, in.Space)
	}
	z := NewNormalizer(c.Inputs)
	obs := policy.NewArrays(spec.Observation, 1)
	for range 10 {
		for k := range obs {
			for i := range obs[k].Bytes {
				obs[k].Bytes[i] = byte(r.IntN(256))
			}
			for i := range obs[k].Floats {
				obs[k].Floats[i] = float32(3*r.Norm() + 1)
			}
			if c.Inputs[k].Encoder == Set {
				for row := range 4 {
					obs[k].Floats[3*row] = float32(max(row%2, 1-row))
				}
			}
			if obs[k].Floats != nil {
				z.observe(c.Inputs, k, obs[k].Floats)
			}
		}
	}
	p := newPolicy(&spec, &recipe, 1, w, z)
	defer p.Close()
	p.ValueScale = 2.5
	model, err := p.ONNX()
	if err != nil {
		t.Fatal(err)
	}
	thought, err := p.Think(obs)
	if err != nil {
		t.Fatal(err)
	}
	mean := infer(t, model, &spec, obs, "policy")
	for i, v := range thought.Mean {
		if math.Abs(float64(mean[i])-v) > 1e-4 {
			t.Errorf("means %v, want %v", mean, thought.Mean)
		}
	}
	if len(outputs) == 1 {
		return
	}
	if value := infer(t, model, &spec, obs, "value"); math.Abs(float64(value[0])-thought.Value) > 1e-4 {
		t.Errorf("value %v, want %g", value, thought.Value)
	}
}
