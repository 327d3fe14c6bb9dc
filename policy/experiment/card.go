package experiment

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"

	"roadloop/policy"
	"roadloop/policy/evaluate"
	"roadloop/policy/learn"
)

// CardSchema names the format of a card in JSON.
const CardSchema = "roadloop.policy-card/1"

// Card is the model card of a policy (Mitchell et al. 2019): what it is, how it was trained
// and evaluated, its results, and its limits. All of it comes from the policy and from an
// evaluation; nothing is written by hand.
type Card struct {
	Schema      string       `json:"schema"`
	Name        string       `json:"name"`
	SHA256      string       `json:"sha256"` // of the file
	Task        string       `json:"task"`
	Description string       `json:"description"` // of the task, with its traffic
	Observation []string     `json:"observation"`
	Action      string       `json:"action"`
	Rate        float64      `json:"rate"` // decisions per second
	Network     learn.Config `json:"network"`
	Parameters  int          `json:"parameters"`
	Recipe      learn.Recipe `json:"recipe"`
	Steps       int64        `json:"steps"` // of the environments in training
	Seed        uint64       `json:"seed"`  // of training
	Commit      string       `json:"commit"`
	Evaluation  Evaluated    `json:"evaluation"`
	Limits      []string     `json:"limits"`
	Commands    []string     `json:"commands"` // that repeat it

	report *evaluate.Report
}

// Evaluated is an evaluation without its single episodes.
type Evaluated struct {
	Task      string           `json:"task"`
	Seed      uint64           `json:"seed"` // of the first episode
	Episodes  int              `json:"episodes"`
	Summaries []policy.Summary `json:"summaries"`
	// Results are those of the policy, together with others of its recipe if they were evaluated
	// together, and those of the baselines.
	Results []CardResult `json:"results"`
}

// CardResult is a row of an evaluation.
type CardResult struct {
	Name      string              `json:"name"`
	Baseline  bool                `json:"baseline"`
	Seeds     int                 `json:"seeds"` // of training
	Episodes  int                 `json:"episodes"`
	IQM       evaluate.Estimate   `json:"iqm"`
	Mean      evaluate.Estimate   `json:"mean"`
	Summaries []evaluate.Estimate `json:"summaries"`
}

// Hash returns the SHA-256 of the file of a policy, with which an evaluation names it.
func Hash(p *learn.Policy) (string, error) {
	data, err := p.Encode()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// NewCard returns the card of a policy. name is how commands name it; description that of its
// task. The evaluation must have the policy among its candidates.
func NewCard(name, description string, p *learn.Policy, r *evaluate.Report) (*Card, error) {
	hash, err := Hash(p)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(r.Rows, func(row evaluate.Row) bool { return slices.Contains(row.Policies, hash) })
	if at < 0 {
		return nil, fmt.Errorf("the evaluation on %s has no results of the policy with SHA-256 %.12s", r.Task, hash)
	}
	c := &Card{Schema: CardSchema, Name: name, SHA256: hash, Task: p.Spec.Task, Description: description, Action: p.Spec.Action.String(), Rate: p.Spec.Rate,
		Network: p.Weights.Config, Parameters: p.Weights.Count(), Recipe: p.Recipe, Steps: p.Steps, Seed: p.Recipe.Seed(), Commit: p.Commit,
		Evaluation: Evaluated{Task: r.Task, Seed: r.Seed, Episodes: r.Episodes, Summaries: r.Summaries}}
	for i := range p.Spec.Observation {
		c.Observation = append(c.Observation, p.Spec.Observation[i].String())
	}
	own := *r // the policy and baselines, without other candidates
	own.Rows = nil
	for i, row := range r.Rows {
		if i != at && !row.Baseline {
			continue
		}
		own.Rows = append(own.Rows, row)
		c.Evaluation.Results = append(c.Evaluation.Results, CardResult{row.Name, row.Baseline, len(row.Runs), row.Episodes, row.IQM, row.Mean, row.Summaries})
	}
	c.report = &own
	c.Limits = limits(p, r, &r.Rows[at])
	c.Commands = []string{
		fmt.Sprintf("roadloop policy train %s --recipe recipe.json --seed %d --out out/policy", p.Spec.Task, c.Seed),
		fmt.Sprintf("roadloop policy eval out/policy --seed %d --episodes %d", r.Seed, r.Episodes),
	}
	return c, nil
}

// limits lists what an evaluation says against a policy, and what it cannot say.
func limits(p *learn.Policy, r *evaluate.Report, row *evaluate.Row) []string {
	var out []string
	for i := range r.Summaries {
		s, e := &r.Summaries[i], row.Summaries[i]
		switch {
		case s.Name == "success" && e.Value < 1:
			out = append(out, fmt.Sprintf("It fails in %.1f %% of the episodes (95 %%: %.1f to %.1f %%).", 100*(1-e.Value), 100*(1-e.High), 100*(1-e.Low)))
		case s.Name == "crash rate" && e.Value > 0:
			out = append(out, fmt.Sprintf("It crashes in %.1f %% of the episodes (95 %%: %.1f to %.1f %%).", 100*e.Value, 100*e.Low, 100*e.High))
		case s.Name == "comfort" && e.Value < .9:
			out = append(out, fmt.Sprintf("It is within the bounds of comfort for %.1f %% of the time only.", 100*e.Value))
		}
	}
	var better []string
	for _, i := range row.Improvements {
		if i.Probability.High < .5 {
			better = append(better, i.Over)
		}
	}
	if len(better) > 0 {
		out = append(out, "Better in most episodes: "+strings.Join(better, ", ")+".")
	}
	if len(row.Runs) == 1 {
		out = append(out, "The results are of one training seed. Another seed may give a better or a worse policy.")
	}
	if r.Episodes < 100 {
		out = append(out, fmt.Sprintf("%d episodes are few: see the intervals.", r.Episodes))
	}
	if !slices.ContainsFunc(p.Spec.Observation, func(s policy.Space) bool { return s.Kind == policy.Image }) {
		out = append(out, "It observes the true state of the simulation, not what sensors measure.")
	}
	return append(out, "It was evaluated on the maps and the traffic of its task alone.",
		"Episodes end at the first infraction that the reward names, so that there are no later ones. Published scores of such episodes do not compare with a leaderboard on its own routes.",
		"For research in simulation. It must not drive a real car.")
}

//go:embed card.md
var cardText string

var cardPage = template.Must(template.New("card").Funcs(template.FuncMap{
	"json": func(v any) (string, error) {
		data, err := json.MarshalIndent(v, "", "  ")
		return string(data), err
	},
	"layers": layers,
}).Parse(cardText))

// layers describes a network.
func layers(c learn.Config) string {
	var parts []string
	for _, in := range c.Inputs {
		parts = append(parts, fmt.Sprintf("%s by encoder %s %v", in.Space.Name, in.Encoder, in.Hidden))
	}
	return fmt.Sprintf("%s; joined layers %v; outputs %v", strings.Join(parts, ", "), c.Hidden, c.Outputs)
}

// Table returns the results as text.
func (c *Card) Table() (string, error) {
	var b strings.Builder
	err := c.report.WriteTable(&b)
	return strings.TrimRight(b.String(), "\n"), err
}

// Write writes the card as Markdown.
func (c *Card) Write(w io.Writer) error {
	if err := cardPage.Execute(w, c); err != nil {
		return fmt.Errorf("card of %s: %w", c.Name, err)
	}
	return nil
}
