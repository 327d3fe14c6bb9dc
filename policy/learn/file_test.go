package learn

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"

	"roadloop/internal/fileio"
	"roadloop/policy"
	"roadloop/sim/rng"
)

// trained returns a policy after a few updates.
func trained(t testing.TB, name string) *Policy {
	t.Helper()
	r := recipes()[name]
	envs, err := policy.NewVector(r.Environments, 1, policy.SameStep, newHighway)
	if err != nil {
		t.Fatal(err)
	}
	defer envs.Close()
	l, err := r.New(envs)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range 40 {
		if err := l.Step(); err != nil {
			t.Fatal(err)
		}
	}
	p := l.Policy()
	t.Cleanup(p.Close)
	return p
}

// observations returns random ones of the highway task; some vehicles are missing.
func observations(n int) []policy.Array {
	r := rng.New(1, "test", "observations")
	values := make([]float32, 25*n)
	for i := range values {
		values[i] = float32(r.Range(-1, 1))
	}
	for row := range 5 * n {
		values[5*row] = 1
		if row%5 > 0 && r.Chance(.3) {
			clear(values[5*row : 5*row+5])
		}
	}
	return []policy.Array{{Floats: values}}
}

// A policy that is written and read acts the same, for any number of observations at once.
func TestPolicyFileKeepsThePolicy(t *testing.T) {
	for name := range recipes() {
		p := trained(t, name)
		data, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		q, err := DecodePolicy(data)
		if err != nil {
			t.Fatal(err)
		}
		defer q.Close()
		again, err := q.Encode()
		if err != nil || !bytes.Equal(data, again) {
			t.Errorf("%s: the file differs after reading, error %v", name, err)
		}
		const n = 37
		obs := observations(n)
		want, got := make([]float32, n), make([]float32, 1)
		if err := p.Act(obs, n, want); err != nil {
			t.Fatal(err)
		}
		used := map[float32]bool{}
		for i := range n {
			one := []policy.Array{{Floats: obs[0].Floats[25*i : 25*i+25]}}
			if err := q.Act(one, 1, got); err != nil {
				t.Fatal(err)
			}
			thought, err := q.Think(one)
			if err != nil {
				t.Fatal(err)
			}
			if got[0] != want[i] || thought.Action[0] != want[i] {
				t.Errorf("%s: observation %d alone: action %g and %g, among others %g", name, i, got[0], thought.Action[0], want[i])
			}
			sum := 0.0
			for k, v := range thought.Probabilities {
				if sum += v; v > thought.Probabilities[int(got[0])] {
					t.Errorf("%s: action %d has probability %g, more than the best", name, k, v)
				}
			}
			if math.Abs(sum-1) > 1e-5 {
				t.Errorf("%s: probabilities %v", name, thought.Probabilities)
			}
			used[want[i]] = true
		}
		if len(used) < 2 {
			t.Errorf("%s: always the same action", name)
		}
	}
}

func TestThoughtOfAContinuousPolicy(t *testing.T) {
	r := recipes()["ppo"]
	l, err := r.New(newToys(t, 4, 1, newContinuousCart))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := l.Policy()
	defer p.Close()
	thought, err := p.Think([]policy.Array{{Floats: []float32{.1, .2}}})
	if err != nil {
		t.Fatal(err)
	}
	// The first network is nearly 0: the mean is the middle, the deviation exp(−1).
	if math.Abs(thought.Mean[0]) > .3 || math.Abs(thought.Std[0]-.37) > .15 || float32(thought.Mean[0]) != thought.Action[0] {
		t.Errorf("%+v", thought)
	}
}

func TestPolicyOfAnotherEnvironmentIsRefused(t *testing.T) {
	p := trained(t, "dqn")
	env, err := newHighway()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Spec.Fits(env.Spec()); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*policy.Spec){
		"the policy needs the observation kinematics box[5 5] -1..1, highway-fast-v0 gives kinematics box[7 5] -1..1": func(s *policy.Spec) {
			s.Observation = slices.Clone(s.Observation)
			s.Observation[0].Shape = []int{7, 5}
		},
		"the policy decides 1 times a second, highway-fast-v0 2 times":                func(s *policy.Spec) { s.Rate = 2 },
		"the policy is for the task highway-fast-v0, not for highway-v0":              func(s *policy.Spec) { s.Task = "highway-v0" },
		"the policy returns the action meta-action discrete 5, highway-fast-v0 takes": func(s *policy.Spec) { s.Action.N = 3 },
	} {
		s := *env.Spec()
		change(&s)
		if err := p.Spec.Fits(&s); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestBadPolicyFiles(t *testing.T) {
	p := trained(t, "ppo")
	data, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	body, err := fileio.Unseal(fileLine, data)
	if err != nil {
		t.Fatal(err)
	}
	// altered returns a file with another header, of which the checksum is right.
	altered := func(old, with string) []byte {
		n := binary.LittleEndian.Uint32(body)
		head := bytes.Replace(body[4:4+n], []byte(old), []byte(with), 1)
		if bytes.Equal(head, body[4:4+n]) {
			t.Fatalf("the header has no %s", old)
		}
		b := binary.LittleEndian.AppendUint32(nil, uint32(len(head)))
		return fileio.Seal(fileLine, append(append(b, head...), body[4+n:]...))
	}
	nan := slices.Clone(body)
	binary.LittleEndian.PutUint32(nan[len(nan)-4:], math.Float32bits(float32(math.NaN())))
	flipped := slices.Clone(data)
	flipped[len(flipped)/2] ^= 1
	for _, tt := range []struct {
		data []byte
		want string
	}{
		{nil, "not a roadloop policy"},
		{[]byte("roadloop model 1\n"), "not a roadloop policy"},
		{[]byte("roadloop policy 2\nxxxx"), "policy of another version: this program reads version 1"},
		{data[:len(data)-1], "policy is damaged or cut short"},
		{flipped, "policy is damaged or cut short"},
		{fileio.Seal(fileLine, []byte{255, 255, 255, 255, 1}), "policy: its header is longer than the file"},
		{fileio.Seal(fileLine, []byte{2, 0, 0, 0, '{', 'x'}), "policy: header: invalid character"},
		{fileio.Seal(fileLine, body[:len(body)-4]), "policy: 1492 bytes of weights, its network has 1496"},
		{fileio.Seal(fileLine, nan), "policy: tensor tower1.output.bias has the value NaN"},
		{altered(`"hidden":[8],"outputs"`, `"hidden":[-8],"outputs"`), "policy: a layer of width -8, want 1 to 65536"},
		{altered(`"hidden":[8],"outputs"`, `"hidden":[65536,65536,65536],"outputs"`), "policy: 1496 bytes of weights, its network has"},
		{altered(`"network":{"inputs":[{"space":{"name":"kinematics","kind":"box","shape":[5,5]`, `"network":{"inputs":[{"space":{"name":"kinematics","kind":"box","shape":[4294967296,4294967296]`),
			"policy: input kinematics: the shape [4294967296 4294967296] has not 1 to 65536 values"},
		{altered(`"task":"highway-fast-v0"`, `"task":"other"`), `policy: the recipe is for the task "highway-fast-v0", the policy for "other"`},
		{altered(`"rate":1`, `"rate":0`), "policy: 0 decisions per second"},
		{altered(`"mean":[`, `"mean":[1,`), "policy: input kinematics: normalizer of 6 values, want 5"},
		{altered(`"n":5`, `"n":6`), "policy: the network has the outputs [5 1]"},
		{altered(`tower0.output.bias`, `tower0.output.boas`), "policy: tensor 5 is tower0.output.boas [5]"},
	} {
		if _, err := DecodePolicy(tt.data); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("error %v, want %s", err, tt.want)
		}
	}
}

// No file makes the reader panic or allocate more than in proportion to its size, and one
// that is read can act.
func FuzzDecodePolicy(f *testing.F) {
	env, err := newHighway()
	if err != nil {
		f.Fatal(err)
	}
	for name, r := range recipes() {
		c := Config{Inputs: networkInputs(env.Spec(), nil, []int{2}, nil), Hidden: []int{2}, Outputs: []int{6}}
		if name == "ppo" {
			c.Outputs = []int{5, 1}
		}
		w, err := NewWeights(c, 1, 1)
		if err != nil {
			f.Fatal(err)
		}
		data, err := newPolicy(env.Spec(), &r, 1, w, NewNormalizer(c.Inputs)).Encode()
		if err != nil {
			f.Fatal(err)
		}
		body, err := fileio.Unseal(fileLine, data)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := DecodePolicy(fileio.Seal(fileLine, body))
		if err != nil {
			return
		}
		defer p.Close()
		actions := make([]float32, p.Spec.Action.Size())
		if err := p.Act(policy.NewArrays(p.Spec.Observation, 1), 1, actions); err != nil {
			t.Fatal(err)
		}
		if err := p.Spec.Action.Check(actions); err != nil {
			t.Error(err)
		}
	})
}
