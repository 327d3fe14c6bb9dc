package report

import (
	"os"
	"path/filepath"
	"testing"

	"roadloop/internal/browsertest"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/synth"
)

// evalPage writes the page of an evaluation of an untrained network.
func evalPage(t *testing.T) string {
	t.Helper()
	c := network.DefaultConfig()
	c.Widths = [6]int{4, 4, 4, 4, 4, 8}
	w, err := network.NewWeights(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := inference.NewOneDNN(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	s := synth.Stream{Config: c, Seed: 3, Split: synth.HeldOut}
	frames, err := synth.NewGenerator(s)
	if err != nil {
		t.Fatal(err)
	}
	r, err := eval.Evaluate(t.Context(), engine, s, 6)
	if err != nil {
		t.Fatal(err)
	}
	p := eval.Page{Title: "Evaluation", Report: r, Engine: engine, Frames: frames}
	html, err := p.Render()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "eval.html")
	if err := os.WriteFile(path, html, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// The report and the evaluation have the same style: the theme follows the system or the
// button, a class has the same color in both, and both fit a phone.
func TestPagesHaveSameStyle(t *testing.T) {
	b := browsertest.Start(t)
	type look struct{ Ground, Ink, Pedestrian, Green, Red string }
	probe := `(() => {
		const color = (name) => { const i = document.createElement("i"); i.style.color = "var(--" + name + ")"; document.body.append(i); const c = getComputedStyle(i).color; i.remove(); return c; };
		const body = getComputedStyle(document.body);
		return {Ground: body.backgroundColor, Ink: body.color, Pedestrian: color("pedestrian"), Green: color("signal-green"), Red: color("signal-red")};
	})()`
	looks := make(map[string]look)
	for name, path := range map[string]string{"report": written(t, testPage(t)), "eval": evalPage(t)} {
		b.Open(path, 390, 844)
		for _, scheme := range []string{"light", "dark"} {
			b.Scheme(scheme)
			var l look
			b.Eval(probe, &l)
			if other, seen := looks[scheme]; seen && other != l {
				t.Errorf("%s: %s looks like %+v, the other page like %+v", scheme, name, l, other)
			}
			if looks[scheme] = l; l.Green == l.Red {
				t.Errorf("%s: a green signal has the color of a red one", name)
			}
		}
		if looks["light"].Ground == looks["dark"].Ground {
			t.Errorf("%s: the theme does not follow the system", name)
		}
		b.Scheme("light")
		b.Click("#theme")
		b.Click("#theme")
		var l look
		if b.Eval(probe, &l); b.Text("#theme") != "Theme: dark" || l != looks["dark"] {
			t.Errorf("%s: the button selects %q, %+v", name, b.Text("#theme"), l)
		}
		var wide float64
		if b.Eval("document.documentElement.scrollWidth", &wide); wide > 390 {
			t.Errorf("%s is %g px wide on a screen of 390", name, wide)
		}
		b.Eval(`localStorage.removeItem("roadloop-theme")`, nil)
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// In the evaluation the plots precede the tables, a line has the color and the marker of
// its legend entry, and the legend is outside of the plot.
func TestEvaluationPlots(t *testing.T) {
	b := browsertest.Start(t)
	b.Open(evalPage(t), 1280, 900)
	var o struct {
		First      bool
		Differ     []string
		Clipped    []string
		Unreadable int
	}
	b.Eval(`(() => {
		const charts = [...document.querySelectorAll(".chart")];
		const tables = [...document.querySelectorAll(".table-scroll")];
		const top = (e) => e.getBoundingClientRect().top;
		const stroke = (e) => getComputedStyle(e).stroke;
		const differ = charts.flatMap((c) => [...c.querySelectorAll(".keys li")].map((li, i) => [li, c.querySelectorAll(":scope > svg g")[i]])
			.filter(([li, g]) => stroke(li.querySelector(".curve")) !== stroke(g.querySelector(".curve")) || li.querySelector(".dot").getAttribute("d") !== g.querySelector(".dot").getAttribute("d"))
			.map(([li]) => li.textContent.trim()));
		const clipped = charts.flatMap((c) => { const box = c.querySelector(":scope > svg").getBoundingClientRect();
			return [...c.querySelectorAll("text")].filter((t) => { const r = t.getBoundingClientRect(); return r.left < box.left || r.right > box.right || r.bottom > box.bottom; }).map((t) => t.textContent); });
		return {First: Math.max(...charts.map(top)) < Math.min(...tables.map(top)), Differ: differ, Clipped: clipped,
			Unreadable: [...document.querySelectorAll(".sights text")].filter((t) => t.getBoundingClientRect().height < 9).length};
	})()`, &o)
	if !o.First || len(o.Differ)+len(o.Clipped)+o.Unreadable > 0 {
		t.Errorf("%+v", o)
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}
