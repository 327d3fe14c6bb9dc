package evaluate

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"slices"

	"roadloop/policy"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/playback"
	"roadloop/scenarios/replay"
	"roadloop/sim/geom"
)

// Recorder is an Env that keeps drive logs of its episodes.
type Recorder interface {
	// Record makes it keep the log of the episodes that begin from now on.
	Record() error
	// Log returns the log of the present episode so far.
	Log() *metrics.DriveLog
	// Ending describes how the present episode ended, and reports whether that is a failure.
	Ending() (text string, failed bool)
}

// Thinker is an Actor that shows what it computes.
type Thinker interface {
	Think(obs []policy.Array) (policy.Thought, error)
}

// worst is an episode of a candidate with a low return.
type worst struct {
	run     int
	episode *Episode
}

// worstOf returns the n failed episodes with the lowest returns, of all runs of a row. A row
// without failures has the one episode with the lowest return. An episode failed if it measures
// no success, or without that measure if it terminated.
func worstOf(r *Row, n int, measures []string) []worst {
	success := slices.Index(measures, "success")
	var all, failed []worst
	for k := range r.Runs {
		for i := range r.Runs[k].Episodes {
			w := worst{k, &r.Runs[k].Episodes[i]}
			all = append(all, w)
			if success >= 0 && w.episode.Measures[success] == 0 || success < 0 && w.episode.Terminated {
				failed = append(failed, w)
			}
		}
	}
	if len(failed) > 0 {
		all = failed
	} else {
		n = min(n, 1)
	}
	slices.SortStableFunc(all, func(a, b worst) int { return cmp.Compare(a.episode.Return, b.episode.Return) })
	return all[:min(n, len(all))]
}

// Replay is an episode for the page.
type Replay struct {
	Policy  string
	Run     int // of the training seed, from 1 on
	Seed    uint64
	Return  float64
	Steps   int
	Outcome string // how it ended
	Failed  bool
	data    []byte // packed scene
}

// scene is the data of an episode for the page: its replay, and what the policy saw and
// computed in each decision.
type scene struct {
	Replay  *replay.Data `json:"replay"`
	Rate    float64      `json:"rate"` // decisions per second
	Rewards []float64    `json:"rewards"`
	Values  []float64    `json:"values"` // expected returns; empty if unknown
	// Action has the names of the values of the action, or of its choices.
	Action   []string    `json:"action"`
	Discrete bool        `json:"discrete"`
	Low      float64     `json:"low"`
	High     float64     `json:"high"`
	Actions  [][]float64 `json:"actions"` // for each decision
	// Spread has for each decision the probabilities of the choices, or the standard deviations
	// of the values; Worth has the values of the choices of DQN.
	Spread   [][]float64 `json:"spread"`
	Worth    [][]float64 `json:"worth"`
	Names    []string    `json:"names"` // of Seen
	Seen     [][]float64 `json:"seen"`  // values of the observation, for each decision
	Users    [][]int     `json:"users"` // x, y, yaw, length, width, vx, vy of each, in cm and mrad
	Lines    [][][]int   `json:"lines"` // x and y of points, cm
	Rays     [][]int     `json:"rays"`  // x and y, cm
	Pictures []reel      `json:"pictures"`
}

// reel is a series of pictures, each shown from a decision on.
type reel struct {
	Name  string   `json:"name"`
	At    []int    `json:"at"`
	Files []string `json:"files"` // data URLs
}

// reelLength is the largest number of pictures of an episode.
const reelLength = 60

// replays records the worst episodes of a candidate.
func (e *Evaluation) replays(ctx context.Context, row *Row, actors []policy.Actor) ([]Replay, error) {
	if e.Replays == 0 {
		return nil, nil
	}
	env, err := e.New()
	if err != nil {
		return nil, err
	}
	logger, ok := env.(Recorder)
	if !ok {
		return nil, nil
	}
	if err := logger.Record(); err != nil {
		return nil, err
	}
	var out []Replay
	for _, w := range worstOf(row, e.Replays, env.Spec().Measures) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s, err := record(env, actors[w.run], w.episode)
		if err != nil {
			return nil, fmt.Errorf("repeating the episode of seed %d of %s: %w", w.episode.Seed, row.Name, err)
		}
		outcome, failed := logger.Ending()
		failure := ""
		if failed {
			failure = outcome
		}
		s.Replay = replay.NewEpisode(logger.Log(), failure)
		text, err := json.Marshal(s)
		if err != nil {
			return nil, fmt.Errorf("encoding an episode: %w", err)
		}
		r := Replay{Policy: row.Name, Run: w.run + 1, Seed: w.episode.Seed, Return: w.episode.Return, Steps: w.episode.Steps, Outcome: outcome, Failed: failed}
		if r.data, err = playback.Pack(text); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// record repeats an episode and records what the policy saw and computed.
func record(env policy.Env, actor policy.Actor, e *Episode) (*scene, error) {
	if err := env.Reset(e.Seed); err != nil {
		return nil, err
	}
	spec := env.Spec()
	a := &spec.Action
	s := &scene{Rate: spec.Rate, Discrete: a.Kind == policy.Discrete, Low: a.Low, High: a.High, Action: actionNames(env)}
	obs, action := policy.NewArrays(spec.Observation, 1), make([]float32, a.Size())
	thinker, thinks := actor.(Thinker)
	sighted, shows := env.(policy.Sighted)
	for k := range e.Steps {
		env.Observe(obs)
		if err := actor.Act(obs, 1, action); err != nil {
			return nil, err
		}
		if thinks {
			t, err := thinker.Think(obs)
			if err != nil {
				return nil, err
			}
			s.think(&t)
		}
		if shows {
			sight := sighted.Sight(obs)
			if err := s.look(&sight, k, (e.Steps+reelLength-1)/reelLength); err != nil {
				return nil, err
			}
		}
		r, err := env.Step(action)
		if err != nil {
			return nil, err
		}
		s.Actions = append(s.Actions, rounded(action))
		s.Rewards = append(s.Rewards, round(r.Reward))
	}
	return s, nil
}

// actionNames returns names for the choices or the values of an action.
func actionNames(env policy.Env) []string {
	a := &env.Spec().Action
	n := a.Size()
	if a.Kind == policy.Discrete {
		n = a.N
	}
	if named, ok := env.(policy.Named); ok {
		if names := named.ActionNames(); len(names) == n {
			return names
		}
	}
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint(i)
	}
	return names
}

// think adds what the policy computed.
func (s *scene) think(t *policy.Thought) {
	if t.Valued {
		s.Values = append(s.Values, round(t.Value))
	}
	spread := t.Probabilities
	if !s.Discrete {
		spread = t.Std
	}
	s.Spread = append(s.Spread, rounded(spread))
	if t.Values != nil {
		s.Worth = append(s.Worth, rounded(t.Values))
	}
}

// look adds what the policy saw in decision k; pictures once in every so many decisions.
func (s *scene) look(sight *policy.Sight, k, every int) error {
	var values []float64
	for i := range sight.Values {
		if k == 0 {
			s.Names = append(s.Names, sight.Values[i].Name)
		}
		values = append(values, round(sight.Values[i].Value))
	}
	s.Seen = append(s.Seen, values)
	users := []int{}
	for _, u := range sight.Users {
		users = append(users, centi(u.Pose.X), centi(u.Pose.Y), int(math.Round(1000*u.Pose.Yaw)), centi(u.Length), centi(u.Width), centi(u.Velocity.X), centi(u.Velocity.Y))
	}
	s.Users = append(s.Users, users)
	lines := [][]int{}
	for _, l := range sight.Lines {
		lines = append(lines, points(l))
	}
	s.Lines, s.Rays = append(s.Lines, lines), append(s.Rays, points(sight.Rays))
	for i := range sight.Pictures {
		p := &sight.Pictures[i]
		if k == 0 {
			s.Pictures = append(s.Pictures, reel{Name: p.Name})
		}
		if k%every != 0 {
			continue
		}
		file, err := dataURL(p)
		if err != nil {
			return err
		}
		s.Pictures[i].At, s.Pictures[i].Files = append(s.Pictures[i].At, k), append(s.Pictures[i].Files, file)
	}
	return nil
}

// dataURL encodes a picture: a drawn one without loss, others as JPEG.
func dataURL(p *policy.Picture) (string, error) {
	img := image.NewNRGBA(image.Rect(0, 0, p.Width, p.Height))
	for i := range p.Width * p.Height {
		copy(img.Pix[4*i:], p.RGB[3*i:3*i+3])
		img.Pix[4*i+3] = 255
	}
	var b bytes.Buffer
	kind, err := "png", error(nil)
	if p.Drawn {
		err = png.Encode(&b, img)
	} else {
		kind, err = "jpeg", jpeg.Encode(&b, img, &jpeg.Options{Quality: 75})
	}
	if err != nil {
		return "", fmt.Errorf("encoding picture %s: %w", p.Name, err)
	}
	return "data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// round returns a number with three decimals, for the page.
func round(v float64) float64 { return math.Round(1000*v) / 1000 }

func rounded[T float32 | float64](v []T) []float64 {
	out := make([]float64, len(v))
	for i := range v {
		out[i] = round(float64(v[i]))
	}
	return out
}

func centi(v float64) int { return int(math.Round(100 * v)) }

func points(p []geom.Vec) []int {
	out := make([]int, 0, 2*len(p))
	for _, q := range p {
		out = append(out, centi(q.X), centi(q.Y))
	}
	return out
}
