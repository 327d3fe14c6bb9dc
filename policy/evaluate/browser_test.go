package evaluate

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"roadloop/internal/browsertest"
	"roadloop/policy"
	"roadloop/policy/drive"
)

// shots keeps screenshots for manual inspection.
var shots = flag.String("screenshots", "", "write pictures of the page, as a browser shows it, into this `folder`")

// straight always accelerates gently straight on, until it leaves the road.
type straight struct{}

func (straight) Act(_ []policy.Array, n int, actions []float32) error {
	for i := range n {
		actions[2*i], actions[2*i+1] = .01, .2
	}
	return nil
}

func (straight) Think([]policy.Array) (policy.Thought, error) {
	return policy.Thought{Mean: []float64{.01, .2}, Std: []float64{.1, .3}, Value: .25, Valued: true}, nil
}

// written writes the page of an evaluation to a file.
func written(t *testing.T, e Evaluation) string {
	t.Helper()
	r, err := e.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	page, err := r.Page()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "policies.html")
	if err := os.WriteFile(path, page, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// The worst episodes replay in a browser, with what the policy saw, in both themes and without
// any request to other addresses.
func TestWorstEpisodesInBrowser(t *testing.T) {
	b := browsertest.Start(t)
	c, err := drive.FindTask("drive-highway-v0")
	if err != nil {
		t.Fatal(err)
	}
	c.Observations = []string{drive.State, drive.RoutePoints, drive.RoadUsers, drive.Camera96, drive.Top}
	task, err := drive.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	path := written(t, Evaluation{New: task.Env, Seed: 10000, Episodes: 3, Workers: 2, Replays: 2, Candidates: []Candidate{{Name: "mine", Actors: []policy.Actor{straight{}}}}})
	for _, scheme := range []string{"light", "dark"} {
		b.Open(path, 1300, 2900)
		b.Scheme(scheme)
		b.Until(`document.querySelector("#stage") && document.querySelector(".picture")?.complete`)
		if *shots != "" {
			b.Picture(filepath.Join(*shots, "policies-"+scheme+".png"))
		}
	}
	var n struct{ Episodes, Pictures, Plots, Bars int }
	b.Eval(`({Episodes: document.querySelectorAll("button.episode").length, Pictures: document.querySelectorAll(".picture[src^='data:image/']").length,
		Plots: document.querySelectorAll(".over-time path.curve").length, Bars: document.querySelectorAll(".sight .bar-row").length})`, &n)
	if n.Episodes != 2 || n.Pictures != 2 || n.Plots < 8 || n.Bars != drive.StateSize {
		t.Errorf("%+v", n)
	}
	value := func(js string) (s string) { b.Eval(js, &s); return s }
	shown := `[document.querySelector("#stage"), document.querySelector(".seen")].map((c) => c.toDataURL()).join() + document.querySelector(".picture").src`
	b.Press("ArrowRight")
	before := value(shown)
	for range 30 {
		b.Press("ArrowRight")
	}
	if value(shown) == before {
		t.Error("the views do not change over time")
	}
	b.Click(`button.episode[data-id="episode-1"]`)
	b.Until(`document.querySelector('button.episode[data-id="episode-1"][aria-pressed="true"]') && document.querySelector("#stage")`)
	b.Size(390, 800)
	b.Until("document.documentElement.scrollWidth <= 390") // after the next layout
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// A discrete action shows its choices, on the road of another simulator.
func TestWorstEpisodesOfHighwayInBrowser(t *testing.T) {
	b := browsertest.Start(t)
	path := written(t, Evaluation{New: newEnv, Seed: 10000, Episodes: 3, Workers: 2, Replays: 1, Candidates: []Candidate{{Name: "mine", Actors: []policy.Actor{slower{3}}}}})
	b.Open(path, 1300, 2900)
	b.Until(`document.querySelector("#stage")`)
	if *shots != "" {
		b.Picture(filepath.Join(*shots, "highway.png"))
	}
	if got := b.Text(".action .bar-row.selected"); got != "faster\n1.00" {
		t.Errorf("the selected action is %q", got)
	}
	if got := b.Text(".episodes .bad"); got != "crash" {
		t.Errorf("the end is %q", got)
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}
