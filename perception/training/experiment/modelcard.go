package experiment

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"roadloop/perception/camera"
	"roadloop/perception/network"
	"roadloop/perception/training/eval"
)

// ModelCard holds the data of a model card (Mitchell et al. 2019): description of a
// network, its training, its scores on held-out frames, and its limits. All data comes
// from the run and from an evaluation; nothing is written by hand.
type ModelCard struct {
	Name    string // of the model
	Network network.Config
	Count   int // parameters
	Meta    network.Meta
	Recipe  Recipe
	Epochs  []Epoch
	Report  *eval.Report // on the held-out split
	Others  []*eval.Report
}

//go:embed modelcard.md
var text string

var page = template.Must(template.New("card").Funcs(template.FuncMap{
	"million": func(n int) string { return fmt.Sprintf("%.2f M", float64(n)/1e6) },
	"hours":   func(h float64) string { return fmt.Sprintf("%.1f", h) },
	"json": func(v any) (string, error) {
		data, err := json.Marshal(v)
		return string(data), err
	},
	"table": func(r *eval.Report) (string, error) {
		var b strings.Builder
		err := r.WriteTable(&b)
		return strings.TrimRight(b.String(), "\n"), err
	},
	"known":  known,
	"base":   filepath.Base,
	"best":   best,
	"number": number,
	// simulated is the share of simulated frames in training.
	"simulated": func(d Data) float64 {
		switch {
		case len(d.Sets) == 0:
			return 1
		case d.simulates():
			return 1 - d.Mix
		}
		return 0
	},
	"percent": func(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) },
}).Parse(text))

// known says how cameras of pictures are known.
func known(cameras []camera.Known) string {
	var all []string
	for _, k := range cameras {
		text := fmt.Sprintf("focal length %s, horizon %s, height of the camera %s", k.Focal, k.Horizon, k.Height)
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return strings.Join(all, "; or ")
}

// best returns the best epoch by validation, nil if none was validated.
func best(epochs []Epoch) *Epoch {
	for i := len(epochs) - 1; i >= 0; i-- {
		if epochs[i].Best && epochs[i].Validation.Loss > 0 {
			return &epochs[i]
		}
	}
	return nil
}

func number(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.3f", *v)
}

// Write writes the card as Markdown.
func (c *ModelCard) Write(w io.Writer) error {
	if err := page.Execute(w, c); err != nil {
		return fmt.Errorf("card of %s: %w", c.Name, err)
	}
	return nil
}
