package learn

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// file returns the file of a data set.
func file(t testing.TB, d *Dataset) []byte {
	t.Helper()
	var blocks []io.Reader
	for k := range len(d.Obs) + 1 {
		blocks = append(blocks, bytes.NewReader(d.block(k)))
	}
	var b bytes.Buffer
	if err := writeDataset(&b, &datasetHeader{d.Spec, d.Count, d.Drives}, blocks); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDatasetFile(t *testing.T) {
	d := newDataset(t, 3)
	if err := d.Append(d.Obs, 0, []float32{2, 0}); err == nil || d.Count != 3 {
		t.Errorf("an action out of its space: error %v, %d observations", err, d.Count)
	}
	got, err := DecodeDataset(file(t, d))
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

// A file that is written part by part has all parts, with their drives; nothing else stays in the
// folder.
func TestDatasetWriter(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "new", "drives.rld")
	first, second := newDataset(t, 2), newDataset(t, 3)
	w, err := CreateDataset(path, &first.Spec)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Append(first, Drive{Driver: "a", Seed: policy.TrainingSeed(7), Success: true}), w.Append(second, Drive{Driver: "b"}), w.Commit(), w.Close()); err != nil {
		t.Fatal(err)
	}
	got, err := ReadDataset(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []Drive{{Driver: "a", Seed: policy.TrainingSeed(7), Success: true, Count: 2}, {Driver: "b", Count: 3}}
	if d := cmp.Diff(want, got.Drives); d != "" || got.Count != 5 {
		t.Errorf("%d observations: %s", got.Count, d)
	}
	for i := range 5 {
		part, at := first, i
		if i >= 2 {
			part, at = second, i-2
		}
		if !bytes.Equal(got.Obs[0].Bytes[12*i:12*i+12], part.Obs[0].Bytes[12*at:12*at+12]) || got.Obs[1].Floats[i] != part.Obs[1].Floats[at] ||
			!slices.Equal(got.Actions[2*i:2*i+2], part.Actions[2*at:2*at+2]) {
			t.Errorf("observation %d is another one", i)
		}
	}
	w, err = CreateDataset(path, &first.Spec)
	if err != nil {
		t.Fatal(err)
	}
	second.Actions[5] = float32(math.NaN())
	if err := w.Append(second, Drive{}); err == nil || !strings.Contains(err.Error(), "observation 2: value 1 of action steering is NaN") {
		t.Errorf("an action that is no number: %v", err)
	}
	second.Obs[1].Floats[1] = float32(math.Inf(1))
	if err := w.Append(second, Drive{}); err == nil || !strings.Contains(err.Error(), "observation 1: speed has the value +Inf") {
		t.Errorf("an observation that is no number: %v", err)
	}
	if err := errors.Join(w.Append(first, Drive{}), w.Close()); err != nil {
		t.Fatal(err)
	}
	if again, err := ReadDataset(path); err != nil || again.SHA256 != got.SHA256 {
		t.Errorf("a file without Commit replaces the one before: %v", err)
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
		t.Errorf("files %v, %v", files, err)
	}
}

// recordedCart is recorded drives of the expert of a cart.
func recordedCart(t *testing.T, create func() (policy.Env, error), drives int) *Dataset {
	t.Helper()
	env, err := create()
	if err != nil {
		t.Fatal(err)
	}
	d := NewDataset(env.Spec(), 60*drives)
	obs, action := policy.NewArrays(env.Spec().Observation, 1), []float32{0}
	for k := range uint64(drives) {
		if err := env.Reset(policy.TrainingSeed(k)); err != nil {
			t.Fatal(err)
		}
		for r := (policy.Result{}); !r.Done(); {
			env.Observe(obs)
			if err := errors.Join(env.(policy.Expert).Expert(action), d.Append(obs, 0, action)); err != nil {
				t.Fatal(err)
			}
			if r, err = env.Step(action); err != nil {
				t.Fatal(err)
			}
		}
	}
	d.SHA256 = fmt.Sprint("of ", drives, " drives")
	return d
}

// expertless is a cart without an expert.
type expertless struct{ policy.Env }

// Behavior cloning of recorded drives needs no expert and does not drive; its student balances.
func TestRecordedDrivesTeach(t *testing.T) {
	create := func() (policy.Env, error) {
		e, err := newContinuousCart()
		return expertless{e}, err
	}
	d := recordedCart(t, newContinuousCart, 20)
	c := DefaultImitation(BC, 4000)
	c.Hidden, c.Batch, c.Rate, c.Average, c.Data = []int{32}, 32, 3e-3, .9, []string{d.SHA256}
	m, err := NewImitation(c, newToys(t, 8, 1, create), d)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	train(t, m, nil)
	if m.Labels() != d.Count || m.Steps() != 4032 {
		t.Errorf("%d labels after %d steps, want %d after 4032", m.Labels(), m.Steps(), d.Count)
	}
	p := m.Policy()
	defer p.Close()
	action, sum := []float32{0}, 0.0
	for i := range d.Count {
		if err := p.Act([]policy.Array{{Floats: d.Obs[0].Floats[2*i : 2*i+2]}}, 1, action); err != nil {
			t.Fatal(err)
		}
		sum += math.Abs(float64(action[0] - d.Actions[i]))
	}
	if mean := sum / float64(d.Count); mean > .05 {
		t.Errorf("actions are %.3f from those of the driver, on average", mean)
	}
}

// A training with recorded drives, offline or from them on, resumes to the same policy; other
// drives are refused.
func TestRecordedDrivesResume(t *testing.T) {
	d, other := recordedCart(t, newCartEnv, 4), recordedCart(t, newCartEnv, 5)
	for _, method := range []string{BC, DAgger} {
		c := DefaultImitation(method, 400)
		c.Updates, c.Batch, c.Hidden, c.Data = 2, 8, []int{8}, []string{d.SHA256}
		r := Recipe{Task: "cart", Environments: 4, Imitation: &c}
		learner := func(recorded ...*Dataset) (Learner, error) { return r.New(newToys(t, 4, 1, newCartEnv), recorded...) }
		whole, err := learner(d)
		if err != nil {
			t.Fatal(err)
		}
		defer whole.Close()
		var state []byte
		for !whole.Done() {
			if whole.Steps() == 64 {
				if state, err = whole.Save(); err != nil {
					t.Fatal(err)
				}
			}
			if err := whole.Step(); err != nil {
				t.Fatal(err)
			}
		}
		again, err := learner(d)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if err := again.Load(state); err != nil {
			t.Fatal(err)
		}
		train(t, again, nil)
		if !bytes.Equal(encoded(t, whole), encoded(t, again)) {
			t.Errorf("%s: another policy after resuming", method)
		}
		labels := d.Count
		if method == DAgger {
			labels += 208 // of 416 steps
		}
		if n := again.(*Imitation).Labels(); n != labels {
			t.Errorf("%s: %d labels, want %d", method, n, labels)
		}
		foreign := *d
		foreign.Spec.Task = "boat"
		empty := *d
		empty.Count = 0
		for want, recorded := range map[string][]*Dataset{
			"the recipe needs the recorded drives with the SHA-256 of 4 drives": nil,
			"have the SHA-256 of 5 drives, the recipe needs of 4 drives":        {other},
			"2 data sets of recorded drives, the recipe needs 1":                {d, other},
			"the policy is for the task boat, not for cart":                     {&foreign},
			"have no observation": {&empty},
		} {
			if _, err := learner(recorded...); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v, want %q", method, err, want)
			}
		}
	}
	r := recipes()["ppo"]
	if _, err := r.New(newToys(t, 4, 1, newHighway), d); err == nil || !strings.Contains(err.Error(), "no effect on ppo") {
		t.Errorf("PPO with recorded drives: %v", err)
	}
}

func TestBadDatasets(t *testing.T) {
	data := file(t, newDataset(t, 3))
	var negative bytes.Buffer
	if err := writeDataset(&negative, &datasetHeader{newDataset(t, 3).Spec, -1, nil}, nil); err != nil {
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
		"for -1 observations":            negative.Bytes(),
		"has not 1 to":                   sealed(bytes.Replace(body, []byte(`[2,2,3]`), []byte(`[2,0,3]`), 1)),
		"data set: observation 2: value": sealed(append(slices.Clone(body[:len(body)-8]), 0, 0, 192, 127, 0, 0, 0, 0)),
	} {
		if _, err := DecodeDataset(b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func FuzzDecodeDataset(f *testing.F) {
	f.Add(file(f, newDataset(f, 2)))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := DecodeDataset(b)
		if err != nil {
			return
		}
		if other, err := DecodeDataset(file(t, d)); err != nil || other.Count != d.Count {
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
