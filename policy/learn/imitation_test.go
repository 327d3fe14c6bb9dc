package learn

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"roadloop/internal/fileio"
	"roadloop/policy"
	"roadloop/sim/rng"
)

// newImitation returns a training on carts with an expert.
func newImitation(t *testing.T, c ImitationConfig, workers int, create func() (policy.Env, error)) *Imitation {
	t.Helper()
	m, err := NewImitation(c, newToys(t, 8, workers, create))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// The student keeps the cart for all 60 steps, as the expert does, whatever the action and the
// method.
func TestStudentsBalance(t *testing.T) {
	for name, create := range map[string]func() (policy.Env, error){"discrete": newCartEnv, "continuous": newContinuousCart} {
		for _, method := range []string{BC, DAgger} {
			t.Run(name+" "+method, func(t *testing.T) {
				c := DefaultImitation(method, 4000)
				c.Hidden, c.Batch, c.Rate, c.Average = []int{32}, 32, 3e-3, .9
				m := newImitation(t, c, 2, create)
				train(t, m, nil)
				if m.Labels() != 2016 {
					t.Errorf("%d labels, want one in two of 4032 steps", m.Labels())
				}
				p := m.Policy()
				defer p.Close()
				envs := newToys(t, 16, 1, create)
				if err := envs.Reset(1); err != nil {
					t.Fatal(err)
				}
				actions := make([]float32, 16)
				for range 59 {
					if err := p.Act(envs.Obs, 16, actions); err != nil {
						t.Fatal(err)
					}
					if err := envs.Step(actions); err != nil {
						t.Fatal(err)
					}
					for i, r := range envs.Results {
						if r.Terminated {
							t.Fatalf("the student of environment %d fails", i)
						}
					}
				}
			})
		}
	}
}

// The same labels for any number of workers, from pixels too.
func TestImitationRepeats(t *testing.T) {
	for name, r := range pixelRecipes() {
		if r.Imitation == nil {
			continue
		}
		var policies [2][]byte
		for k := range policies {
			l, err := r.New(newToys(t, r.Environments, 1+k, newPixelCart))
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			train(t, l, nil)
			policies[k] = encoded(t, l)
		}
		if !bytes.Equal(policies[0], policies[1]) {
			t.Errorf("%s: two workers train another policy than one", name)
		}
	}
}

// All labels are the expert's, also where the student drives or a disturbance does.
func TestLabelsAreTheExperts(t *testing.T) {
	for _, method := range []string{BC, DAgger} {
		c := DefaultImitation(method, 1600)
		c.Hidden, c.Mix = []int{4}, .5
		m := newImitation(t, c, 1, newContinuousCart)
		train(t, m, nil)
		others := 0
		for i := range m.data.Count {
			cart := &cartEnv{x: float64(m.data.Obs[0].Floats[2*i]), v: float64(m.data.Obs[0].Floats[2*i+1]), spec: *m.envs.Spec()}
			want := []float32{0}
			if err := cart.Expert(want); err != nil {
				t.Fatal(err)
			}
			if math.Abs(float64(m.data.Actions[i]-want[0])) > 1e-5 {
				t.Fatalf("%s: label %d is %g, the expert says %g", method, i, m.data.Actions[i], want[0])
			}
		}
		for i := range m.drives {
			for k, a := range m.drives[i].Actions {
				if k%c.Every == (c.Every-i%c.Every)%c.Every && a != m.data.Actions[k*4+i/c.Every] {
					others++
				}
			}
		}
		if share := float64(others) / float64(m.data.Count); share < .1 || share > .95 {
			t.Errorf("%s: %.2f of the labeled actions were not driven", method, share)
		}
	}
}

// Without disturbances, the expert of behavior cloning drives alone.
func TestDisturbancesCanBeSwitchedOff(t *testing.T) {
	for _, share := range []float64{0, .25} {
		c := DefaultImitation(BC, 1600)
		c.Hidden, c.Disturb, c.Every = []int{4}, share, 1
		m := newImitation(t, c, 1, newContinuousCart)
		train(t, m, nil)
		disturbed := 0
		for i := range m.drives {
			for k, a := range m.drives[i].Actions {
				if a != m.data.Actions[k*8+i] {
					disturbed++
				}
			}
		}
		if got := float64(disturbed) / float64(m.data.Count); got < share*.7 || got > share*1.3 {
			t.Errorf("%.2f of the actions are disturbed, want %.2f", got, share)
		}
	}
}

// The gradient of the loss is its slope, for labels of both kinds.
func TestGradientsOfImitation(t *testing.T) {
	for _, create := range []func() (policy.Env, error){newCartEnv, newContinuousCart} {
		c := DefaultImitation(BC, 64)
		c.Batch, c.Hidden = 4, []int{4}
		m := newImitation(t, c, 1, create)
		train(t, m, nil)
		labels := []int{0, 5, 9, 17}
		out := make([]float32, 4*m.dist.modes())
		r := rng.New(1, "test", "outputs")
		for i := range out {
			out[i] = float32(r.Norm())
		}
		got, scratch := make([]float32, len(out)), make([]float32, len(out))
		m.loss(labels, out, got)
		for i := range out {
			const h = 1e-3
			old := out[i]
			out[i] = old + h
			up := m.loss(labels, out, scratch)
			out[i] = old - h
			want := (up - m.loss(labels, out, scratch)) / (2 * h)
			out[i] = old
			if math.Abs(float64(got[i])-want) > 2e-3*(1+math.Abs(want)) {
				t.Errorf("gradient %d is %g, finite difference %g", i, got[i], want)
			}
		}
	}
}

// Changed images keep their size and range, and no change is none.
func TestLooks(t *testing.T) {
	src, dst := []byte{60, 128, 200, 100, 110, 120}, make([]float32, 6)
	r := rng.New(1, "test", "looks")
	var l look
	l.draw(&r, 0)
	l.apply(dst, src, 3)
	want := make([]float32, 6)
	scalePixels(want, src)
	if !slices.Equal(dst, want) {
		t.Errorf("without change, pixels are %v, want %v", dst, want)
	}
	l.draw(&r, 1)
	for _, channels := range []int{1, 3} {
		l.apply(dst, src, channels)
		for i, v := range dst {
			if !(v >= -1 && v <= 1) || dst[0] >= dst[2] || i > 0 && v == want[i] {
				t.Errorf("%d channels: pixels %v", channels, dst)
				break
			}
		}
	}
}

// newDataset is a data set with an image and a vector.
func newDataset(t testing.TB, n int) *Dataset {
	t.Helper()
	spec := policy.Spec{
		Observation: []policy.Space{{Name: "camera", Kind: policy.Image, Shape: []int{2, 2, 3}}, {Name: "speed", Kind: policy.Box, Shape: []int{1}, Low: -1, High: 1}},
		Action:      policy.Space{Name: "steering", Kind: policy.Box, Shape: []int{2}, Low: -1, High: 1},
	}
	d := NewDataset(&spec, n+1)
	obs := policy.NewArrays(spec.Observation, 1)
	for i := range n {
		obs[0].Bytes[i%12], obs[1].Floats[0] = byte(i+1), float32(i)/10
		if err := d.Append(obs, 0, []float32{float32(i) / 10, -.5}); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func TestDatasetFile(t *testing.T) {
	d := newDataset(t, 3)
	if err := d.Append(d.Obs, 0, []float32{2, 0}); err == nil || d.Count != 3 {
		t.Errorf("an action out of its space: error %v, %d observations", err, d.Count)
	}
	data, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeDataset(data)
	if err != nil {
		t.Fatal(err)
	}
	if got.Count != 3 || !slices.Equal(got.Actions, d.Actions[:6]) || !bytes.Equal(got.Obs[0].Bytes, d.Obs[0].Bytes[:36]) || !slices.Equal(got.Obs[1].Floats, d.Obs[1].Floats[:3]) {
		t.Errorf("read %+v, want %+v", got, d)
	}
	if err := got.Append(d.Obs, 0, []float32{0, 0}); err == nil || !strings.Contains(err.Error(), "more than 3 observations") {
		t.Errorf("a full data set: %v", err)
	}
}

func TestBadDatasets(t *testing.T) {
	data, err := newDataset(t, 3).Encode()
	if err != nil {
		t.Fatal(err)
	}
	body, err := fileio.Unseal(datasetLine, data)
	if err != nil {
		t.Fatal(err)
	}
	sealed := func(b []byte) []byte { return fileio.Seal(datasetLine, b) }
	for want, b := range map[string][]byte{
		"not a roadloop data set":        []byte("roadloop policy 1\n"),
		"data set is ":                   append(slices.Clone(data[:len(data)-1]), 0),
		"data set: its header":           sealed([]byte{255, 0, 0, 0, '{'}),
		"data set: header":               sealed([]byte{1, 0, 0, 0, '{'}),
		"for 3 observations":             sealed(body[:len(body)-4]),
		"for -1 observations":            sealed(bytes.Replace(body, []byte(`"count":3`), []byte(`"count":-1`), 1)[:]),
		"has not 1 to":                   sealed(bytes.Replace(body, []byte(`[2,2,3]`), []byte(`[2,0,3]`), 1)),
		"data set: observation 2: value": sealed(append(slices.Clone(body[:len(body)-8]), 0, 0, 192, 127, 0, 0, 0, 0)),
	} {
		if strings.Contains(want, "-1") { // one byte longer
			n := []byte{b[len(datasetLine)] + 1}
			body := slices.Clone(b[len(datasetLine) : len(b)-4])
			body[0] = n[0]
			b = sealed(body)
		}
		if _, err := DecodeDataset(b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func FuzzDecodeDataset(f *testing.F) {
	data, err := newDataset(f, 2).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := DecodeDataset(b)
		if err != nil {
			return
		}
		again, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if other, err := DecodeDataset(again); err != nil || other.Count != d.Count {
			t.Errorf("%d observations are read as %+v, %v", d.Count, other, err)
		}
	})
}

// A student from pixels is the same after it was written and read, and has no value.
func TestStudentFile(t *testing.T) {
	l := newLearner(t, pixelRecipes()["dagger"])
	train(t, l, nil)
	p := l.Policy()
	defer p.Close()
	q, err := DecodePolicy(encoded(t, l))
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	obs := policy.NewArrays(p.Spec.Observation, 1)
	r := rng.New(1, "test", "pixels")
	for i := range obs[0].Bytes {
		obs[0].Bytes[i] = byte(r.IntN(256))
	}
	a, err := p.Think(obs)
	if err != nil {
		t.Fatal(err)
	}
	b, err := q.Think(obs)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, v := range a.Probabilities {
		sum += v
	}
	if !slices.Equal(a.Probabilities, b.Probabilities) || math.Abs(sum-1) > 1e-5 || a.Value != 0 || len(a.Values) > 0 {
		t.Errorf("the student computes %+v, after reading %+v", a, b)
	}
	action := []float32{0}
	if err := q.Act(obs, 1, action); err != nil || action[0] != a.Action[0] {
		t.Errorf("it acts %v after reading, error %v, want %v", action, err, a.Action)
	}
}
