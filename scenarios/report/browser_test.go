package report

import (
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/internal/browsertest"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// shots keeps screenshots for manual inspection.
var shots = flag.String("screenshots", "", "write pictures of the page, as a browser shows it, into this `folder`")

// make pictures uses these flags to take a screenshot of a page of roadloop run.
var (
	photo     = flag.String("photo", "", "write a picture of a page into this `file`")
	photoPage = flag.String("photo-page", "", "the `page` to take the picture of")
	photoCase = flag.String("photo-case", "", "the `case` to show, optionally at a time, such as cut-in/1@4.5")
)

// A page of a real run shows its case: the failure, the drive from above and the camera
// images, with the same states as in the native run.
func TestPhoto(t *testing.T) {
	if *photo == "" {
		t.Skip("no page for a screenshot: see make pictures")
	}
	path, err := filepath.Abs(*photoPage)
	if err != nil {
		t.Fatal(err)
	}
	b := browsertest.Start(t)
	b.OpenAt(path, *photoCase, 1280, 720)
	b.Until(`document.querySelector("#check.good") && page.opened.screen.pictures > 0`)
	if text := b.Text("#reason"); text == "" {
		t.Errorf("%s did not fail", *photoCase)
	}
	b.Picture(*photo)
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// written writes a page to a file.
func written(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// The page in a real browser: a failed case shows its reason one click from the table,
// plays, and is plotted.
func TestPageInBrowser(t *testing.T) {
	b := browsertest.Start(t)
	b.Open(written(t, testPage(t)), 1280, 720)
	shot := func(name string) {
		if *shots != "" {
			b.Picture(filepath.Join(*shots, name+".png"))
		}
	}
	expect := func(what, got, want string) {
		t.Helper()
		if !strings.Contains(got, want) {
			t.Errorf("%s says %q, want %q in it", what, got, want)
		}
	}

	expect("the summary", b.Text("#totals"), "1 of 3 cases passed")
	expect("the first row", b.Text("#cases tbody tr"), "Wall & <b>")
	expect("the first row", b.Text("#cases tbody tr"), "collision with wall")
	shot("table")

	b.Eval(`document.querySelector("[name=verdict]").value = "passed"; document.querySelector("[name=verdict]").dispatchEvent(new Event("input", {bubbles: true}))`, nil)
	expect("the count after filtering", b.Text("#shown"), "1 of 3 cases")
	expect("the row that is left", b.Text("#cases tbody"), "Free road")
	b.Click("button[type=reset]")
	b.Until(`document.querySelectorAll("#cases tbody tr").length === 3`)
	b.Press("/")
	for _, c := range "collision wall" {
		b.Press(string(c))
	}
	expect("the count after a search", b.Text("#shown"), "1 of 3 cases")

	b.Click("#cases tbody a") // the one click
	b.Until(`document.querySelector("#stage")`)
	expect("the reason", b.Text("#reason"), "Collision with wall")
	expect("the cause", b.Text("#cause"), "planning")
	expect("what was not seen", b.Text("#unseen"), "Wall was seen")
	expect("the command", b.Text("#repeat"), "roadloop run wall.yaml/1 --perception oracle")
	var drawn int
	b.Eval(`document.querySelectorAll("#plots path.curve").length`, &drawn)
	if drawn < 8 {
		t.Errorf("%d curves, want truth and belief of every measure", drawn)
	}
	shot("failed")
	playing(t, b)
	shot("playing")
	pointing(t, b)

	b.Press("Escape")
	b.Until(`!document.querySelector("#overview").hidden`)
	for _, c := range b.Complaints() {
		t.Error(c)
	}
	if n := b.Requests(); n == 0 {
		t.Error("the browser reports no request, not even of the page")
	}
}

// playing checks that the replay plays, and that keys change its time.
func playing(t *testing.T, b *browsertest.Browser) {
	t.Helper()
	time := func() (x float64) {
		b.Eval(`parseFloat(document.querySelector("#clock").textContent)`, &x)
		return x
	}
	b.Press("Home")
	if now := time(); now != 0 {
		t.Errorf("after Home it is %g s", now)
	}
	var before, after string
	picture := `document.querySelector("#stage").toDataURL()`
	b.Eval(picture, &before)
	b.Click("#play")
	b.Until(`parseFloat(document.querySelector("#clock").textContent) > 0.3`)
	b.Press(" ")
	paused := time()
	b.Eval("new Promise((done) => setTimeout(done, 150))", nil)
	if now := time(); now != paused {
		t.Errorf("it plays while paused, from %g to %g s", paused, now)
	}
	b.Eval(picture, &after)
	if before == after {
		t.Error("the top view does not change while it plays")
	}
	b.Press("ArrowLeft") // onto a decision
	at := time()
	b.Press("ArrowRight")
	b.Press("ArrowRight")
	if now := time(); at >= paused || math.Abs(now-at-.1) > .001 {
		t.Errorf("one decision back from %.2f s is %.2f s, two forward is %.2f s", paused, at, now)
	}
	b.Press("f")
	var cursor, failure float64
	b.Eval(`parseFloat(document.querySelector("#plots .cursor").getAttribute("x1"))`, &cursor)
	b.Eval(`parseFloat(document.querySelector("#plots line.event.bad").getAttribute("x1"))`, &failure)
	if cursor < failure-.2 || cursor > failure+.2 {
		t.Errorf("at the failure the cursor of the plots is at %g px, the failure at %g px", cursor, failure)
	}
}

// pointing checks that plots show their values at the pointer, and that a click seeks to
// that time.
func pointing(t *testing.T, b *browsertest.Browser) {
	t.Helper()
	var p struct{ X, Y float64 }
	b.Eval(`(() => { const r = document.querySelector("#plots .plot").getBoundingClientRect(); return {X: r.x + r.width / 2, Y: r.y + 50}; })()`, &p)
	for _, kind := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
		b.Call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": p.X, "y": p.Y, "button": "left", "clickCount": 1}, nil)
	}
	if text := b.Text("#plots .plot output"); !strings.Contains(text, " s") {
		t.Errorf("under the pointer the speed reads %q, want time and values", text)
	}
	var share float64
	b.Eval(`(() => { const [now, end] = document.querySelector("#clock").textContent.split("/").map(parseFloat); return now / end; })()`, &share)
	if share < .4 || share > .6 {
		t.Errorf("a click in the middle of a plot goes to %.0f %% of the time", 100*share)
	}
}

// The page fits a small screen.
func TestPageFitsPhone(t *testing.T) {
	b := browsertest.Start(t)
	path := written(t, testPage(t))
	b.Open(path, 390, 800)
	for _, view := range []string{"", "wall/1"} {
		b.Eval("location.hash = '"+view+"'", nil)
		b.Until(map[bool]string{true: `!document.querySelector("#overview").hidden`, false: `document.querySelector("#plots svg")`}[view == ""])
		var wide float64
		if b.Eval("document.documentElement.scrollWidth", &wide); wide > 390 {
			t.Errorf("view %q is %g px wide on a screen of 390", view, wide)
		}
		var tags float64
		if b.Eval(`document.querySelector(".case-head .tags")?.clientWidth ?? 390`, &tags); tags < 300 {
			t.Errorf("view %q leaves the tags %g px", view, tags)
		}
		if *shots != "" {
			b.Picture(filepath.Join(*shots, "phone-"+strings.ReplaceAll(view, "/", "-")+".png"))
		}
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// Filters and order are in the address: a link sets them, and they stay after a case was
// opened.
func TestFiltersAreInAddress(t *testing.T) {
	b := browsertest.Start(t)
	path := written(t, testPage(t))
	b.OpenAt(path, "?verdict=failed&text=hurry", 1280, 720)
	expect := func(shown, address string) {
		t.Helper()
		var hash string
		if b.Eval("location.hash", &hash); b.Text("#shown") != shown || hash != address {
			t.Errorf("%q is shown at %q, want %q at %q", b.Text("#shown"), hash, shown, address)
		}
	}
	expect("1 of 3 cases", "#?verdict=failed&text=hurry")
	b.Click("#cases tbody a")
	b.Until(`page.opened`)
	b.Press("Escape")
	b.Until(`!document.querySelector("#overview").hidden`)
	expect("1 of 3 cases", "#?text=hurry&verdict=failed")
	b.Click("button[type=reset]")
	b.Until(`document.querySelectorAll("#cases tbody tr").length === 3`)
	expect("3 cases", "")
	b.Click("#cases th:nth-child(2) button")
	expect("3 cases", "#?sort=case")
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// Bars of pass rates are aligned, and labels of plans are cut only with an ellipsis.
func TestBarsAlignAndLabelsFit(t *testing.T) {
	b := browsertest.Start(t)
	b.Open(written(t, testPage(t)), 1280, 720)
	var edges []float64
	b.Eval(`[...document.querySelectorAll("#rates .rate")].flatMap((e) => { const r = e.getBoundingClientRect(); return [r.left, r.right]; })`, &edges)
	if len(edges) < 4 {
		t.Fatalf("%d edges of bars", len(edges))
	}
	for i, x := range edges {
		if math.Abs(x-edges[i%2]) > .5 {
			t.Errorf("a bar ends at %g px, the first at %g px", x, edges[i%2])
		}
	}
	b.Click("#cases tbody a")
	b.Until(`document.querySelector(".span.plan")`)
	var cut []string
	b.Eval(`[...document.querySelectorAll(".span.plan")].filter((s) => {
		const text = s.firstElementChild, shown = getComputedStyle(text).display !== "none";
		return shown && (s.clientWidth < 30 || getComputedStyle(text).textOverflow !== "ellipsis");
	}).map((s) => s.textContent)`, &cut)
	if len(cut) > 0 {
		t.Errorf("cut labels: %q", cut)
	}
}

// X switches to another drive of the same case, at the same time, and back.
func TestOtherDriveOfSameCase(t *testing.T) {
	page, all := NewPage(PageOptions{}), runner.NewResults()
	for _, driver := range []string{"stack", "fsm"} {
		o := runner.Options{DriverID: trace.DriverID{Name: driver, Perception: runner.Oracle},
			NewFactory: func() (runner.DriverFactory, error) { return drivetest.Factory(t, driver, nil), nil }}
		err := runner.Run(t.Context(), cases(t, "free.yaml", "wall.yaml"), o, func(out *runner.Outcome) error {
			if out.Err != nil {
				return out.Err
			}
			all.Append(runner.NewResult(out, &o))
			return page.Add(out)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	data, err := page.Render(all)
	if err != nil {
		t.Fatal(err)
	}
	b := browsertest.Start(t)
	b.Open(written(t, data), 1280, 720)
	b.Eval(`location.hash = "free/1"`, nil)
	b.Until(`page.opened?.player`)
	b.Eval(`page.opened.player.seek(1.5)`, nil)
	b.Press("2")
	for _, driver := range []string{"fsm", "stack", "fsm"} {
		b.Press("x")
		b.Until(`page.opened?.player && page.opened.case.driver === "` + driver + `"`)
		var now struct {
			Scenario    string
			Time, Speed float64
		}
		b.Eval(`({Scenario: page.opened.case.scenario, Time: page.opened.player.time, Speed: page.opened.player.speed})`, &now)
		if now.Scenario != "free" || now.Time != 1.5 || now.Speed != 2 {
			t.Errorf("X shows %+v", now)
		}
	}
	ghosts(t, b)
	b.Eval(`location.hash = "free/1"`, nil)
	b.Until(`page.opened?.player && page.opened.case.id === "free/1" && page.opened.player.time === 0`)
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// ghosts checks that G shows and hides the ego of the other drive.
func ghosts(t *testing.T, b *browsertest.Browser) {
	t.Helper()
	b.Eval(`location.hash = "wall/1"`, nil)
	b.Until(`page.opened?.player && page.opened.case.scenario === "wall"`)
	b.Eval(`page.opened.player.seek(1.2)`, nil)
	stage := func() (s string) { b.Eval(`document.querySelector("#stage").toDataURL()`, &s); return s }
	before := stage()
	b.Press("g")
	b.Until(`page.opened.stage.ghosts`)
	b.Until(`!document.querySelector("#followed").hidden`)
	if text := b.Text("#followed"); text != "ghosts: fsm, oracle" {
		t.Errorf("the caption is %q", text)
	}
	if stage() == before {
		t.Error("there are no ghosts")
	}
	if *shots != "" {
		b.Picture(filepath.Join(*shots, "ghosts.png"))
	}
	b.Press("g")
	b.Until(`!page.opened.stage.ghosts`)
	if stage() != before {
		t.Error("the ghosts stay")
	}
}
