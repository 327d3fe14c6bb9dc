package report

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"roadloop/internal/browsertest"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// libraryPage drives the first case of every scenario of the library with the oracle and
// returns their page and IDs.
func libraryPage(t *testing.T) (data []byte, ids []string) {
	t.Helper()
	all, err := scenarios.Library()
	if err != nil {
		t.Fatal(err)
	}
	var list []*scenarios.Case
	for _, s := range all {
		c, err := s.Case(1)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	page, results := NewPage(PageOptions{}), runner.NewResults()
	o := runner.Options{DriverID: trace.DriverID{Name: runner.Stack, Perception: runner.Oracle}, NewFactory: runner.NewOracleFactory, Jobs: runtime.NumCPU()}
	err = runner.Run(t.Context(), list, o, func(out *runner.Outcome) error {
		if out.Err != nil {
			return out.Err
		}
		results.Append(runner.NewResult(out, &o))
		ids = append(ids, out.Case.ID())
		return page.Add(out)
	})
	if err != nil {
		t.Fatal(err)
	}
	if data, err = page.Render(results); err != nil {
		t.Fatal(err)
	}
	return data, ids
}

// Every case of the library opens without an error on the console, and every plot has a
// curve and an axis.
func TestEveryCaseIsPlotted(t *testing.T) {
	if testing.Short() {
		t.Skip("drives the whole library")
	}
	b := browsertest.Start(t)
	data, ids := libraryPage(t)
	b.Open(written(t, data), 1280, 720)
	for _, id := range ids {
		b.Eval(fmt.Sprintf(`location.hash = %q`, id), nil)
		b.Until(fmt.Sprintf(`page.opened?.case.id === %q && document.querySelector("#plots svg.axis")`, id))
		var flaws []string
		b.Eval(`[...document.querySelectorAll("#plots .plot")].flatMap((plot) => {
			const paths = [...plot.querySelectorAll("path.curve")].map((p) => p.getAttribute("d"));
			const ticks = [...plot.querySelectorAll(".tick")].map((t) => t.textContent);
			const bad = paths.length === 0 || ticks.length < 2 || paths.some((d) => !/^M[-\d.]/.test(d)) || /NaN|Infinity|undefined/.test(paths + ticks);
			return bad ? [plot.textContent.slice(0, 60)] : [];
		})`, &flaws)
		if len(flaws) > 0 {
			t.Errorf("%s: no curve for %s", id, strings.Join(flaws, ", "))
		}
		if other := b.Text(`.measures-table [data-group="Other"]`); other != "" {
			t.Errorf("%s: metrics without a name: %s", id, other)
		}
	}
	for _, c := range b.Complaints() {
		t.Errorf("%.300s", c)
	}
}
