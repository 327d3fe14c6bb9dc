package learn

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"roadloop/policy"
	"roadloop/policy/highway"
)

func newHighway() (policy.Env, error) { return highway.New(highway.FastV0()) }

// recipes are short ones of both algorithms, with sets, normalizers and prioritized replay.
func recipes() map[string]Recipe {
	d := DefaultDQN(900)
	d.Average = .9
	d.Buffer, d.Start, d.Batch, d.Target, d.SetHidden, d.Hidden = 300, 64, 16, 20, []int{8}, []int{8}
	z := d
	z.Normalize = true
	p := DefaultPPO(1500)
	p.Rollout, p.Batch, p.SetHidden, p.Hidden = 32, 64, []int{8}, []int{8}
	return map[string]Recipe{
		"dqn":             {Task: "highway-fast-v0", Environments: 4, DQN: &d},
		"dqn, normalized": {Task: "highway-fast-v0", Environments: 4, DQN: &z},
		"ppo":             {Task: "highway-fast-v0", Environments: 4, PPO: &p},
	}
}

// creators are the tasks of recipes.
var creators = map[string]func() (policy.Env, error){"highway-fast-v0": newHighway, "cart": newCartEnv, "pixel-cart": newPixelCart}

// pixelRecipes are short ones for the cart as an image.
func pixelRecipes() map[string]Recipe {
	d, p := recipes()["dqn"].DQN, recipes()["ppo"].PPO
	d.Steps, d.Batch, d.ImageHidden = 160, 8, []int{8}
	p.Steps, p.ImageHidden, p.Inputs = 250, []int{8}, []Encoder{Residual}
	b, a := DefaultImitation(BC, 400), DefaultImitation(DAgger, 400)
	for _, c := range []*ImitationConfig{&b, &a} {
		c.Updates, c.Batch, c.ImageHidden, c.Hidden = 2, 8, []int{8}, []int{8}
	}
	a.Mix = .6
	return map[string]Recipe{
		"dqn from pixels": {Task: "pixel-cart", Environments: 4, DQN: d},
		"ppo from pixels": {Task: "pixel-cart", Environments: 4, PPO: p},
		"bc":              {Task: "pixel-cart", Environments: 4, Imitation: &b},
		"dagger":          {Task: "pixel-cart", Environments: 4, Imitation: &a},
	}
}

func newLearner(t *testing.T, r Recipe) Learner {
	t.Helper()
	l, err := r.New(newToys(t, r.Environments, 1, creators[r.Task]))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func encoded(t *testing.T, l Learner) []byte {
	t.Helper()
	data, err := l.Policy().Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A training that is killed at any step, loaded by another process and finished there ends
// with the policy of one that was not.
func TestResumedTrainingHasTheSameWeights(t *testing.T) {
	all := recipes()
	maps.Copy(all, pixelRecipes())
	for name, r := range all {
		t.Run(name, func(t *testing.T) {
			whole := newLearner(t, r)
			train(t, whole, nil)
			want := encoded(t, whole)
			for _, at := range []int{0, 1, 77, 160, 222} {
				first := newLearner(t, r)
				for k := 0; k < at && !first.Done(); k++ {
					if err := first.Step(); err != nil {
						t.Fatal(err)
					}
				}
				state, err := first.Save()
				if err != nil {
					t.Fatal(err)
				}
				second := newLearner(t, r)
				if err := second.Load(state); err != nil {
					t.Fatal(err)
				}
				if second.Steps() != first.Steps() || !slices.Equal(second.Metrics(), first.Metrics()) {
					t.Errorf("after %d steps: %d steps resume as %d, or with other metrics", at, first.Steps(), second.Steps())
				}
				train(t, second, nil)
				if !bytes.Equal(encoded(t, second), want) {
					t.Errorf("resumed after %d steps, the policy differs", at)
				}
			}
		})
	}
}

func TestLoadRefusesOtherRecipes(t *testing.T) {
	all := recipes()
	l := newLearner(t, all["dqn"])
	state, err := l.Save()
	if err != nil {
		t.Fatal(err)
	}
	if err := newLearner(t, all["ppo"]).Load(state); err == nil {
		t.Error("ppo loads the state of dqn")
	}
	for name, change := range map[string]func(*Recipe){
		"another rate":    func(r *Recipe) { r.DQN.Rate /= 2 },
		"another network": func(r *Recipe) { r.DQN.Hidden = []int{9} },
		"another number":  func(r *Recipe) { r.Environments = 5 },
	} {
		r := recipes()["dqn"]
		change(&r)
		if err := newLearner(t, r).Load(state); !errors.Is(err, errState) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if err := l.Load(state[:len(state)/2]); err == nil || !strings.Contains(err.Error(), "loading a training") {
		t.Errorf("half a state: %v", err)
	}
}

// imitate makes a recipe one of behavior cloning, and returns its configuration.
func imitate(r *Recipe) *ImitationConfig {
	r.DQN, r.Imitation = nil, pixelRecipes()["bc"].Imitation
	return r.Imitation
}

func TestBadRecipesAreRefused(t *testing.T) {
	nan := float64(0)
	nan /= nan
	for want, change := range map[string]func(*Recipe){
		"recipe of 0 environments":                   func(r *Recipe) { r.Environments = 0 },
		"recipe without one algorithm":               func(r *Recipe) { r.DQN = nil },
		"recipe of -1 validations":                   func(r *Recipe) { r.Validations = -1 },
		`imitation: unknown method "gail"`:           func(r *Recipe) { imitate(r).Method = "gail" },
		"bc: 400 steps, rounds of 0":                 func(r *Recipe) { imitate(r).Round = 0 },
		"bc: a label every 3 steps":                  func(r *Recipe) { imitate(r).Every = 3 },
		"bc: a batch of 8 in 3 parts":                func(r *Recipe) { imitate(r).Parts = 3 },
		"bc: 2000000000 labels":                      func(r *Recipe) { imitate(r).Steps = 4e9 },
		"bc: learning rate NaN":                      func(r *Recipe) { imitate(r).Rate = nan },
		"bc: mix 2":                                  func(r *Recipe) { imitate(r).Mix = 2 },
		"bc: the task highway-fast-v0 has no expert": func(r *Recipe) { imitate(r) },
		"dqn: 0 steps":                               func(r *Recipe) { r.DQN.Steps = 0 },
		"dqn: returns of 0 steps":                    func(r *Recipe) { r.DQN.NStep = 0 },
		"dqn: a buffer of 8 transitions":             func(r *Recipe) { r.DQN.Buffer = 8 },
		"dqn: learning rate NaN":                     func(r *Recipe) { r.DQN.Rate = nan },
		"dqn: learning rate 0.0005 and discount 2":   func(r *Recipe) { r.DQN.Discount = 2 },
		"dqn: exploration 0.05 after the share 0 of": func(r *Recipe) { r.DQN.Explore = 0 },
		"dqn: 0 is added to the reward, NaN at the":  func(r *Recipe) { r.DQN.Terminal = nan },
		"dqn: NaN is added to the reward":            func(r *Recipe) { r.DQN.Shift = nan },
		"dqn: the price of a termination rises between the shares 0.5 and 0.2":                         func(r *Recipe) { r.DQN.Ramp = [2]float64{.5, .2} },
		"recipe of 0 validations of -1 episodes":                                                       func(r *Recipe) { r.ValidationEpisodes = -1 },
		"recipe with the tolerance 2":                                                                  func(r *Recipe) { r.Tolerance = 2 },
		"dqn: decay 1 of the average":                                                                  func(r *Recipe) { r.DQN.Average = 1 },
		"dqn: priority 0.6, want 0 to 1; limit of the gradient 10, want 0 or more; linear loss from 0": func(r *Recipe) { r.DQN.Huber = 0 },
		"dqn: priority -1":                                       func(r *Recipe) { r.DQN.Priority = -1 },
		"dqn: a layer of width 0":                                func(r *Recipe) { r.DQN.Hidden = []int{0} },
		"ppo: 1500 steps, rollouts of 0":                         func(r *Recipe) { *r = recipes()["ppo"]; r.PPO.Rollout = 0 },
		"ppo: a batch of 63 in 2 parts":                          func(r *Recipe) { *r = recipes()["ppo"]; r.PPO.Batch = 63 },
		"ppo: 3 environments with 32 steps":                      func(r *Recipe) { *r = recipes()["ppo"]; r.Environments = 3 },
		"ppo: learning rate 0.0003, discount 0.99 and lambda -1": func(r *Recipe) { *r = recipes()["ppo"]; r.PPO.Lambda = -1 },
		"ppo: range 0":                                           func(r *Recipe) { *r = recipes()["ppo"]; r.PPO.Range = 0 },
	} {
		r := recipes()["dqn"]
		change(&r)
		n := max(r.Environments, 1)
		if _, err := r.New(newToys(t, n, 1, newHighway)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// Images stay bytes in memory, and the towers share their encoder.
func TestImagesAreBytes(t *testing.T) {
	all := pixelRecipes()
	d := newLearner(t, all["dqn from pixels"]).(*DQN)
	p := newLearner(t, all["ppo from pixels"]).(*PPO)
	for name, got := range map[string][2]int{
		"replay":  {len(d.replay.Obs[0].Bytes), 300 * 32 * 32},
		"rollout": {len(p.roll.obs[0].Bytes), 4 * 32 * 32 * 32},
	} {
		if got[0] != got[1] {
			t.Errorf("%s of %d bytes, want %d", name, got[0], got[1])
		}
	}
	encoders := 0
	for i := range p.weights.Params {
		if strings.HasSuffix(p.weights.Params[i].Name, "conv0.kernel") {
			encoders++
		}
	}
	if encoders != 1 {
		t.Errorf("%d encoders of one image, want 1 for both towers", encoders)
	}
}

// By hand: 4 million labels of 64 KiB are 244 GiB.
func TestStoredObservationsAreBounded(t *testing.T) {
	r := pixelRecipes()["bc"]
	r.Imitation.Steps = 8_000_000
	large := func() (policy.Env, error) {
		e, err := newPixelCart()
		e.Spec().Observation[0].Shape = []int{256, 256, 1}
		return e, err
	}
	if _, err := r.New(newToys(t, r.Environments, 1, large)); err == nil || !strings.HasPrefix(err.Error(), "bc: 244 GiB of observations in memory, want at most 64") {
		t.Errorf("error %v", err)
	}
}
