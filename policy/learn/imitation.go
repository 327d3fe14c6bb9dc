package learn

import (
	"fmt"
	"math"

	"roadloop/policy"
	"roadloop/sim/rng"
)

// Methods of imitation.
const (
	// BC is behavior cloning: the expert drives, and the student learns what it did.
	BC = "bc"
	// DAgger (Ross et al. 2011): more and more the student drives, and the expert labels the
	// states in which it gets.
	DAgger = "dagger"
)

// ImitationConfig is the recipe of learning from an expert. Rounds of driving alternate with
// training on all labels so far.
type ImitationConfig struct {
	Method  string  `json:"method"` // BC or DAgger
	Steps   int64   `json:"steps"`  // of the environments
	Every   int     `json:"every"`  // steps of an environment per label: neighbors are alike
	Round   int     `json:"round"`  // steps of each environment between trainings
	Updates int     `json:"updates"`
	Batch   int     `json:"batch"`    // labels of an update
	Parts   int     `json:"replicas"` // parts of a batch, computed in parallel
	Rate    float64 `json:"rate"`     // learning rate, falling linearly to a fiftieth
	Huber   float64 `json:"huber"`    // error at which the loss of a continuous action turns linear, in standard deviations of the labels
	Clip    float64 `json:"clip"`     // norm of the gradient
	Average float64 `json:"average"`  // decay, per update, of the average of the weights that is the policy; 0 means none
	// Mix is the share of the steps in which the expert's share of the drives falls from 1 to 0;
	// of DAgger only.
	Mix float64 `json:"mix,omitempty"`
	// Disturb is the share of the time in which a random offset is added to the actions that the
	// expert drives, from which it then recovers. Labels do not have the offset. 0 means none.
	Disturb float64 `json:"disturb,omitempty"`
	// Augment scales random changes of contrast, brightness and colors of images; 0 means none.
	Augment float64 `json:"augment,omitempty"`
	Seed    uint64  `json:"seed"`
	// Data are the SHA-256 of the files of recorded drives. Their actions are labels from the
	// first round on. With them BC drives nothing: its steps only count updates, Updates for
	// each Round of all environments.
	Data []string `json:"data,omitempty"`

	Inputs      []Encoder `json:"inputs,omitempty"` // of each observation; empty: Set for matrices, PilotNet for images, Flat for vectors
	SetHidden   []int     `json:"set_hidden"`
	ImageHidden []int     `json:"image_hidden,omitempty"`
	Hidden      []int     `json:"hidden"`
}

// DefaultImitation returns a recipe of a method for the given number of steps.
func DefaultImitation(method string, steps int64) ImitationConfig {
	c := ImitationConfig{Method: method, Steps: steps, Every: 2, Round: 8, Updates: 24, Batch: 128, Parts: 2, Rate: 5e-4, Huber: .2, Clip: 5, Average: .998,
		Augment: 1, Seed: 1, SetHidden: []int{64, 64}, ImageHidden: []int{128}, Hidden: []int{128, 128}}
	if method == DAgger {
		c.Mix = .2
	} else {
		c.Disturb = .25
	}
	return c
}

// offline reports whether recorded drives are all that is learned from.
func (c *ImitationConfig) offline() bool { return c.Method == BC && len(c.Data) > 0 }

// oneFile reports whether there is nothing to learn from but one file.
func (c *ImitationConfig) oneFile() bool { return c.offline() && len(c.Data) == 1 }

// labels returns the number of labels of n environments, besides those of recorded drives.
func (c *ImitationConfig) labels(n int) int64 {
	if c.offline() {
		return 0
	}
	rounds := (c.Steps-1)/int64(n*c.Round) + 1
	return rounds * int64(n*c.Round/c.Every)
}

// check returns an error for a recipe that cannot be followed with n environments.
func (c *ImitationConfig) check(n int) error {
	switch {
	case c.Method != BC && c.Method != DAgger:
		return fmt.Errorf("imitation: unknown method %q, want %s or %s", c.Method, BC, DAgger)
	case c.Steps < 1 || c.Round < 1 || c.Round > maxSamples || c.Updates < 1:
		return fmt.Errorf("%s: %d steps, rounds of %d, %d updates: want 1 or more", c.Method, c.Steps, c.Round, c.Updates)
	case c.Every < 1 || n%c.Every != 0:
		return fmt.Errorf("%s: a label every %d steps, want a divisor of the %d environments", c.Method, c.Every, n)
	case c.Parts < 1 || c.Parts > 1024 || c.Batch < 1 || c.Batch%c.Parts != 0:
		return fmt.Errorf("%s: a batch of %d in %d parts, want equal parts, at most 1024", c.Method, c.Batch, c.Parts)
	case c.labels(n) > maxSamples:
		return fmt.Errorf("%s: %d labels, want at most %d", c.Method, c.labels(n), maxSamples)
	case !(c.Rate > 0 && c.Rate <= 1) || !(c.Huber > 0 && c.Huber <= 1e6) || !(c.Clip >= 0) || !(c.Average >= 0 && c.Average < 1):
		return fmt.Errorf("%s: learning rate %g, Huber loss from %g, limit of the gradient %g, decay %g: out of range", c.Method, c.Rate, c.Huber, c.Clip, c.Average)
	case !(c.Mix >= 0 && c.Mix <= 1) || !(c.Disturb >= 0 && c.Disturb <= .9) || !(c.Augment >= 0 && c.Augment <= 10):
		return fmt.Errorf("%s: mix %g, disturbed share %g, augmentation %g: want 0 to 1, 0 to 0.9 and 0 to 10", c.Method, c.Mix, c.Disturb, c.Augment)
	}
	return nil
}

// Imitation is a training in progress.
type Imitation struct {
	config ImitationConfig
	envs   *policy.Vector
	dist   distribution
	step   int64 // of all environments
	means  means

	weights, average *Weights // the average acts
	act              *Graph
	trainer          trainer
	batch            []int  // indices of the labels of an update
	looks            []look // of their images
	optimizer        *optimizer
	norm             *Normalizer
	spread           moments // of the labels, in units in which bounds are ±1
	data             *Dataset
	recorded         int     // labels of recorded drives, the first ones
	drives           []drive // of each environment
	disturbed        []disturbance

	mixing, disturbing, sampling, looking rng.Stream

	driving []bool // by the expert, in this round
	experts []policy.Expert
	wanted  []float32 // actions of the expert
	raw     []float32 // a label, in units in which bounds are ±1
	actions []float32
	ask     func(i int) error // expert, allocated once
}

// drive is everything that an environment has driven. A checkpoint has no observations: they
// are made again by driving again.
type drive struct {
	Seeds   []uint64 // of the episodes
	Lengths []int
	Actions []float32
}

// disturbance is an offset to an action, for some steps.
type disturbance struct {
	Left   int
	Offset []float32
}

// NewImitation returns a training on environments with an expert, in mode policy.SameStep, and
// on recorded drives, which must be those that the recipe names. It resets the environments,
// unless it learns from recorded drives alone: then it needs no expert.
func NewImitation(c ImitationConfig, envs *policy.Vector, recorded ...*Dataset) (*Imitation, error) {
	spec, n := envs.Spec(), envs.Len()
	if err := c.check(n); err != nil {
		return nil, err
	}
	count, err := c.match(recorded, spec)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Method, err)
	}
	if total := c.labels(n) + int64(count); total > maxSamples {
		return nil, fmt.Errorf("%s: %d labels with those of recorded drives, want at most %d", c.Method, total, maxSamples)
	}
	m := &Imitation{config: c, envs: envs, dist: newDistribution(&spec.Action), drives: make([]drive, n), disturbed: make([]disturbance, n),
		driving: make([]bool, n), experts: make([]policy.Expert, n)}
	for i := 0; i < n && !c.offline(); i++ {
		e, ok := envs.Env(i).(policy.Expert)
		if !ok {
			return nil, fmt.Errorf("%s: the task %s has no expert", c.Method, spec.Task)
		}
		m.experts[i] = e
	}
	net := Config{Inputs: networkInputs(spec, c.Inputs, c.SetHidden, c.ImageHidden), Hidden: c.Hidden, Outputs: []int{m.dist.modes()}}
	w, err := NewWeights(net, c.Seed, .1)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Method, err)
	}
	size := spec.Action.Size()
	m.weights, m.average, m.optimizer = w, w.Clone(), newOptimizer(w, 1e-8, c.Clip)
	capacity := int(c.labels(n)) + count
	if c.oneFile() {
		capacity = 0 // the file is the data set
	}
	m.norm, m.spread, m.data = NewNormalizer(net.Inputs), newMoments(size), NewDataset(spec, capacity)
	m.batch, m.looks = make([]int, c.Batch), make([]look, c.Batch)
	m.wanted, m.actions, m.raw = make([]float32, n*size), make([]float32, n*size), make([]float32, size)
	m.mixing, m.disturbing = rng.New(c.Seed, "imitation", "drivers"), rng.New(c.Seed, "imitation", "disturbances")
	m.sampling, m.looking = rng.New(c.Seed, "imitation", "samples"), rng.New(c.Seed, "imitation", "augmentation")
	m.ask = m.askExpert
	for i := range m.disturbed {
		m.disturbed[i].Offset = make([]float32, size)
	}
	if m.act, err = NewGraph(m.average, n); err == nil {
		m.trainer, err = newTrainer(w, c.Batch, c.Parts)
	}
	if err != nil {
		m.Close()
		return nil, err
	}
	for _, d := range recorded {
		if err := m.learnFrom(d); err != nil {
			m.Close()
			return nil, fmt.Errorf("%s: %w", c.Method, err)
		}
	}
	if c.offline() {
		return m, nil
	}
	return m, envs.Reset(policy.TrainingSeed(c.Seed << 32))
}

// match returns the number of labels in recorded drives. It returns an error for data that the
// recipe does not name, or of a task that does not fit.
func (c *ImitationConfig) match(recorded []*Dataset, spec *policy.Spec) (labels int, err error) {
	for i, sum := range c.Data {
		if i >= len(recorded) {
			return 0, fmt.Errorf("the recipe needs the recorded drives with the SHA-256 %s", sum)
		}
		d := recorded[i]
		switch {
		case d.SHA256 != sum:
			return 0, fmt.Errorf("recorded drives %d have the SHA-256 %s, the recipe needs %s", i+1, d.SHA256, sum)
		case d.Count == 0:
			return 0, fmt.Errorf("recorded drives %d have no observation", i+1)
		}
		if err := d.Spec.Fits(spec); err != nil {
			return 0, fmt.Errorf("recorded drives %d are for another policy: %w", i+1, err)
		}
		labels += d.Count
	}
	if len(recorded) > len(c.Data) {
		return 0, fmt.Errorf("%d data sets of recorded drives, the recipe needs %d", len(recorded), len(c.Data))
	}
	return labels, nil
}

// learnFrom adds recorded drives to the data set, or makes them the data set.
func (m *Imitation) learnFrom(d *Dataset) error {
	size, alone := d.Spec.Action.Size(), m.config.oneFile()
	if alone {
		m.data = d
	}
	for i := range d.Count {
		action := d.Actions[i*size : (i+1)*size]
		if !alone {
			if err := m.data.Append(d.Obs, i, action); err != nil {
				return err
			}
		}
		m.count(d.Obs, i, action, true)
	}
	m.recorded += d.Count
	return nil
}

// count includes a label in the statistics. normalizes reports whether inputs are normalized by
// its observation.
func (m *Imitation) count(obs []policy.Array, i int, action []float32, normalizes bool) {
	inputs, raw := m.weights.Config.Inputs, m.raw
	m.dist.raw(action, raw)
	m.spread.add(raw)
	for k := range inputs {
		if n := inputs[k].Space.Size(); normalizes && !inputs[k].Encoder.image() {
			m.norm.observe(inputs, k, obs[k].Floats[i*n:(i+1)*n])
		}
	}
}

// Close frees the networks. The environments stay.
func (m *Imitation) Close() {
	if m.act != nil {
		m.act.Close()
	}
	m.trainer.close()
}

// Steps returns the number of steps of the environments so far.
func (m *Imitation) Steps() int64 { return m.step }

// Done reports whether these are the steps of the recipe, and the last round is complete.
func (m *Imitation) Done() bool { return m.step >= m.config.Steps && m.at() == 0 }

// at is the step of the present round.
func (m *Imitation) at() int { return int(m.step/int64(m.envs.Len())) % m.config.Round }

// Labels returns the number of labels so far.
func (m *Imitation) Labels() int { return m.data.Count }

// Policy returns the policy so far.
func (m *Imitation) Policy() *Policy {
	return newPolicy(m.envs.Spec(), &Recipe{Task: m.envs.Spec().Task, Environments: m.envs.Len(), Imitation: &m.config}, m.step, m.average, m.norm)
}

// Metrics returns the means of the updates since the last call.
func (m *Imitation) Metrics() []Metric {
	return m.means.take("loss", "gradient norm", "labels", "expert share", "learning rate")
}

// expertShare is the share of the drives that are the expert's.
func (m *Imitation) expertShare() float64 {
	if m.config.Method == BC {
		return 1
	}
	return max(0, 1-float64(m.step)/max(m.config.Mix*float64(m.config.Steps), 1))
}

// Step makes one step in all environments and, after the last one of a round, the updates.
func (m *Imitation) Step() error {
	if err := m.advance(); err != nil {
		return fmt.Errorf("%s: step %d: %w", m.config.Method, m.step, err)
	}
	return nil
}

func (m *Imitation) advance() error {
	if m.config.offline() {
		m.step += int64(m.envs.Len() * m.config.Round)
		return m.train()
	}
	if m.at() == 0 {
		share := m.expertShare()
		for i := range m.driving {
			m.driving[i] = m.mixing.Chance(share)
		}
	}
	if err := m.envs.Each(m.ask); err != nil {
		return err
	}
	if err := m.label(); err != nil {
		return err
	}
	if err := m.choose(); err != nil {
		return err
	}
	size := m.envs.Spec().Action.Size()
	for i := range m.drives {
		d := &m.drives[i]
		if len(d.Seeds) == 0 || m.envs.Results[i].Done() {
			d.Seeds, d.Lengths = append(d.Seeds, m.envs.Seed(i)), append(d.Lengths, 0)
		}
		d.Lengths[len(d.Lengths)-1]++
		d.Actions = append(d.Actions, m.actions[i*size:(i+1)*size]...)
	}
	if err := m.envs.Step(m.actions); err != nil {
		return err
	}
	m.step += int64(m.envs.Len())
	if m.at() != 0 {
		return nil
	}
	return m.train()
}

// train makes the updates of a round.
func (m *Imitation) train() error {
	for range m.config.Updates {
		if err := m.update(); err != nil {
			return err
		}
	}
	return nil
}

// labeled reports whether environment i gets a label in its given step.
func (m *Imitation) labeled(i int, step int64) bool {
	return (step+int64(i))%int64(m.config.Every) == 0
}

// now is the number of steps of each environment.
func (m *Imitation) now() int64 { return m.step / int64(m.envs.Len()) }

// askExpert asks the expert of environment i if its action is needed.
func (m *Imitation) askExpert(i int) error {
	size := m.envs.Spec().Action.Size()
	if !m.driving[i] && !m.labeled(i, m.now()) {
		return nil
	}
	return m.experts[i].Expert(m.wanted[i*size : (i+1)*size])
}

// label adds the labels of this step to the data set.
func (m *Imitation) label() error {
	size := m.envs.Spec().Action.Size()
	// Inputs are normalized by what the first tenth of the drives shows, so that they do not move forever.
	early := m.step <= m.config.Steps/10
	for i := range m.experts {
		if !m.labeled(i, m.now()) {
			continue
		}
		action := m.wanted[i*size : (i+1)*size]
		if err := m.data.Append(m.envs.Obs, i, action); err != nil {
			return err
		}
		m.count(m.envs.Obs, i, action, early)
	}
	return nil
}

// choose selects the actions of this step: those of the expert, disturbed at times, or of the
// student.
func (m *Imitation) choose() error {
	inputs, size := m.weights.Config.Inputs, m.envs.Spec().Action.Size()
	for k, in := range m.act.Inputs {
		m.norm.apply(inputs, k, in, m.envs.Obs[k], 0)
	}
	if m.config.Method == DAgger {
		if err := m.act.Run(); err != nil {
			return err
		}
	}
	width, raw := m.dist.modes(), make([]float32, size)
	for i := range m.driving {
		action := m.actions[i*size : (i+1)*size]
		m.disturb(&m.disturbed[i])
		if m.driving[i] {
			copy(action, m.wanted[i*size:(i+1)*size])
			if m.disturbed[i].Left > 0 {
				m.dist.offset(action, m.disturbed[i].Offset)
			}
			continue
		}
		m.dist.mode(m.act.Outputs[i*width:(i+1)*width], raw)
		m.dist.action(raw, action)
	}
	return nil
}

// Disturbances of the expert's actions.
const (
	disturbedSteps = 10 // at most
	disturbedRange = .5 // of the offset, in units in which bounds are ±1
)

// disturb continues or begins a disturbance.
func (m *Imitation) disturb(d *disturbance) {
	if d.Left > 0 {
		d.Left--
		return
	}
	const mean = (disturbedSteps + 1) / 2.
	if share := m.config.Disturb; !m.disturbing.Chance(share / (mean*(1-share) + share)) {
		return
	}
	d.Left = 1 + m.disturbing.IntN(disturbedSteps)
	for k := range d.Offset {
		d.Offset[k] = float32(m.disturbing.Range(-disturbedRange, disturbedRange))
	}
}

// update learns from one batch.
func (m *Imitation) update() error {
	for n := range m.batch {
		m.batch[n] = m.sampling.IntN(m.data.Count)
		m.looks[n].draw(&m.looking, m.config.Augment)
	}
	loss, err := m.trainer.step(m.batch, func(g *Graph, n, row, i int) {
		for k, in := range g.Inputs {
			size := m.weights.Config.Inputs[k].Space.Size()
			dst := in[row*size : (row+1)*size]
			if s := &m.weights.Config.Inputs[k]; s.Encoder.image() {
				m.looks[n].apply(dst, m.data.Obs[k].Bytes[i*size:(i+1)*size], s.Space.Shape[2])
			} else {
				m.norm.apply(m.weights.Config.Inputs, k, dst, m.data.Obs[k], i)
			}
		}
	}, func(_ int, labels []int, out, grad []float32) float64 { return m.loss(labels, out, grad) })
	if err != nil {
		return err
	}
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return fmt.Errorf("the loss is %g", loss)
	}
	rate := m.config.Rate * max(1-float64(m.step)/float64(m.config.Steps), .02)
	norm := m.optimizer.update(m.weights, m.trainer.gradient, rate)
	if m.config.Average == 0 {
		m.average.CopyFrom(m.weights)
	} else { // the first weights do not count longer than they are old
		m.average.approach(m.weights, float32(max(1-m.config.Average, 1/float64(m.optimizer.Step))))
	}
	m.means.add(loss, norm, float64(m.data.Count), m.expertShare(), rate)
	return nil
}

// loss is the mean loss of outputs for labels: the cross-entropy of a discrete action, or the
// Huber loss of continuous ones over their standard deviations.
func (m *Imitation) loss(labels []int, out, grad []float32) float64 {
	width, size := m.dist.modes(), m.envs.Spec().Action.Size()
	share, sum := 1/float64(m.config.Batch), 0.0
	raw := make([]float32, size)
	clear(grad)
	for n, i := range labels {
		o, g := out[n*width:(n+1)*width], grad[n*width:(n+1)*width]
		m.dist.raw(m.data.Actions[i*size:(i+1)*size], raw)
		if m.dist.choices > 0 {
			logp, _ := m.dist.logp(o, raw)
			sum -= share * float64(logp)
			m.dist.gradient(o, raw, float32(-share), 0, g)
			continue
		}
		for d, want := range raw {
			scale := max(m.spread.std(d), leastSpread)
			e, h := float64(o[d]-want)/scale, m.config.Huber
			slope := min(max(e/h, -1), 1)
			if a := math.Abs(e); a <= h {
				sum += share * e * e / (2 * h)
			} else {
				sum += share * (a - h/2)
			}
			g[d] = float32(share * slope / scale)
		}
	}
	return sum
}

// leastSpread bounds the standard deviation of labels: an action that never varies is not
// learned to the last digit.
const leastSpread = .02

// imitationState is the state of a training.
type imitationState struct {
	Config                                ImitationConfig
	Step                                  int64
	Means                                 means
	Weights, Average                      [][]float32
	Optimizer                             *optimizer
	Norm                                  *Normalizer
	Spread                                moments
	Labels                                []float32
	Drives                                []drive
	Disturbed                             []disturbance
	Driving                               []bool
	Mixing, Disturbing, Sampling, Looking rng.Stream
	Episodes                              []policy.Episode
}

// Save returns the state. It has the actions of all drives, but no observations, and nothing of
// recorded drives.
func (m *Imitation) Save() ([]byte, error) {
	return encodeState(&imitationState{m.config, m.step, m.means, m.weights.tensors(), m.average.tensors(), m.optimizer, m.norm, m.spread,
		m.data.Actions[m.recorded*len(m.raw) : m.data.Count*len(m.raw)], m.drives, m.disturbed, m.driving, m.mixing, m.disturbing, m.sampling, m.looking, m.envs.Episodes()})
}

// Load continues from a state. It drives all drives of the state again for their observations.
func (m *Imitation) Load(data []byte) error {
	s := imitationState{Optimizer: &optimizer{}, Norm: &Normalizer{}}
	if err := decodeState(data, &s); err != nil {
		return err
	}
	n, inputs, size := m.envs.Len(), m.weights.Config.Inputs, m.envs.Spec().Action.Size()
	now := s.Step / int64(n)
	s.Config.Steps = m.config.Steps
	if m.config.offline() {
		now = 0
	}
	if fmt.Sprint(s.Config) != fmt.Sprint(m.config) || s.Step < 0 || len(s.Drives) != n || len(s.Disturbed) != n || len(s.Driving) != n ||
		int64(len(s.Labels)) != now*int64(n/m.config.Every*size) || len(s.Labels) > len(m.data.Actions)-m.recorded*size || s.Spread.check(size) != nil ||
		len(s.Norm.Inputs) != len(inputs) || s.Norm.check(inputs) != nil ||
		!copyTensors(m.weights.tensors(), s.Weights) || !copyTensors(m.average.tensors(), s.Average) || !m.optimizer.load(s.Optimizer) {
		return errState
	}
	for i := range s.Drives {
		if len(s.Disturbed[i].Offset) != size || !s.Drives[i].complete(now, size) {
			return errState
		}
	}
	m.step, m.means, m.norm, m.spread, m.drives, m.disturbed, m.driving = s.Step, s.Means, s.Norm, s.Spread, s.Drives, s.Disturbed, s.Driving
	m.mixing, m.disturbing, m.sampling, m.looking = s.Mixing, s.Disturbing, s.Sampling, s.Looking
	m.data.Count = m.recorded + copy(m.data.Actions[m.recorded*size:], s.Labels)/size
	if m.config.offline() {
		return nil
	}
	if err := m.envs.Each(m.driveAgain); err != nil {
		return fmt.Errorf("loading a training: %w", err)
	}
	if err := m.envs.Resume(s.Episodes); err != nil {
		return fmt.Errorf("loading a training: %w", err)
	}
	return nil
}

// complete reports whether the drive has the given number of steps.
func (d *drive) complete(steps int64, size int) bool {
	total := int64(0)
	for _, n := range d.Lengths {
		if n < 1 {
			return false
		}
		total += int64(n)
	}
	return len(d.Seeds) == len(d.Lengths) && total == steps && int64(len(d.Actions)) == steps*int64(size)
}

// driveAgain repeats all drives of environment i, for the observations of the data set.
func (m *Imitation) driveAgain(i int) error {
	d, env, size := &m.drives[i], m.envs.Env(i), m.envs.Spec().Action.Size()
	obs := policy.NewArrays(m.data.Spec.Observation, 1)
	step := int64(0)
	for k, seed := range d.Seeds {
		if err := env.Reset(seed); err != nil {
			return err
		}
		for range d.Lengths[k] {
			if m.labeled(i, step) {
				env.Observe(obs)
				// Each step has as many labels, in the order of the environments.
				storeAll(m.data.Obs, m.recorded+int(step)*(m.envs.Len()/m.config.Every)+i/m.config.Every, obs, 0, m.data.Spec.Observation)
			}
			if _, err := env.Step(d.Actions[int(step)*size : int(step+1)*size]); err != nil {
				return fmt.Errorf("the episode of seed %d is of another version of %s: %w", seed, m.envs.Spec().Task, err)
			}
			step++
		}
	}
	return nil
}

// look is a random change of an image, as another light or lens would: each channel is
// scaled and shifted.
type look struct{ gain, shift [3]float32 }

func (l *look) draw(r *rng.Stream, strength float64) {
	contrast, brightness := math.Exp(.3*strength*r.Norm()), .2*strength*r.Norm()
	for k := range l.gain {
		l.gain[k] = float32(contrast * math.Exp(.08*strength*r.Norm()))
		l.shift[k] = float32(brightness)
	}
}

// apply writes the changed image, scaled to -1..1.
func (l *look) apply(dst []float32, src []byte, channels int) {
	var table [3][256]float32
	for k := range table {
		for v := range table[k] {
			x := float32(v)*(1/127.5) - 1
			table[k][v] = min(max(x*l.gain[k]+l.shift[k], -1), 1)
		}
	}
	dst = dst[:len(src)]
	if channels%3 != 0 { // gray
		for i, v := range src {
			dst[i] = table[0][v]
		}
		return
	}
	for i := 0; i+2 < len(src); i += 3 {
		dst[i], dst[i+1], dst[i+2] = table[0][src[i]], table[1][src[i+1]], table[2][src[i+2]]
	}
}
