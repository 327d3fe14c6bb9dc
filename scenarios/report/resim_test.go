package report

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"roadloop/internal/browsertest"
	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/replay"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// builtProgram builds the WebAssembly program from the present sources.
var builtProgram = sync.OnceValues(func() (*Program, error) {
	dir, err := os.MkdirTemp("", "roadloop-replay-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "replay.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", path, "roadloop/cmd/roadloop-replay")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the WebAssembly program: %w\n%s", err, out)
	}
	wasm, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	glue, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(wasm); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return &Program{Wasm: packed.Bytes(), Glue: glue}, nil
})

func program(t testing.TB) *Program {
	t.Helper()
	browsertest.Find(t)
	p, err := builtProgram()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// minute drives a minute in town among 22 road users with the oracle.
func minute(t testing.TB) *runner.Outcome {
	t.Helper()
	s, err := scenarios.Load("../../bench/minute.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Case(1)
	if err != nil {
		t.Fatal(err)
	}
	return drivetest.Outcome(t, c, nil)
}

// leanPage writes the page of a drive that is simulated only in the browser.
func leanPage(t testing.TB, out *runner.Outcome) string {
	t.Helper()
	page := NewPage(PageOptions{Program: program(t), Lean: true})
	if err := page.Add(out); err != nil {
		t.Fatal(err)
	}
	results := runner.NewResults()
	results.Append(runner.NewResult(out, &runner.Options{DriverID: out.Trace.Header.DriverID}))
	data, err := page.Render(results)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "replay.html")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// opening holds the times until a page is open, ms: until the driver's first image, until
// the end of the re-simulation, and until the first camera image of the replay.
type opening struct{ Glimpse, Simulated, Picture float64 }

// openDrive opens a page and waits until its drive is shown.
func openDrive(b *browsertest.Browser, path string, width, height int) opening {
	b.Open(path, width, height)
	b.Until(`performance.getEntriesByName("simulated").length && performance.getEntriesByName("picture").length`)
	var o opening
	b.Eval(`({Glimpse: performance.getEntriesByName("glimpse")[0].startTime, Simulated: performance.getEntriesByName("simulated")[0].startTime, Picture: performance.getEntriesByName("picture")[0].startTime})`, &o)
	return o
}

// limit is the largest time until the first image of a minute of driving, ms, on an idle
// processor.
const limit = 3000

// crowd returns the number of processes per processor, at least 1: other tests may run at
// the same time.
func crowd() float64 {
	var load float64
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		fmt.Sscan(string(text), &load) // 0 if it cannot be read
	}
	return max(1, load/float64(runtime.NumCPU()))
}

// The browser re-simulates a minute of driving: every world has the hash of the native
// run, and the replay is the same.
func TestBrowserSimulatesSameStates(t *testing.T) {
	out := minute(t)
	if n := len(out.Trace.Records); n < 1200 {
		t.Fatalf("%d decisions, want a minute of them", n)
	}
	path := leanPage(t, out)
	b := browsertest.Start(t)
	took := openDrive(b, path, 1280, 800)
	share := crowd()
	t.Logf("open after %.0f ms, simulated after %.0f ms, complete after %.0f ms, %.1f processes to a processor",
		took.Glimpse, took.Simulated, took.Picture, share)
	if took.Glimpse > limit*share {
		t.Errorf("opens in %.0f ms with %.1f processes to a processor", took.Glimpse, share)
	}
	if text := b.Text("#check"); !strings.HasPrefix(text, "✓ Verified") || !strings.Contains(text, fmt.Sprint(len(out.Trace.Records))) {
		t.Errorf("the badge says %q", text)
	}
	sameHashes(t, b, out.Trace)
	samePlaces(t, b, out)
	if *shots != "" {
		b.Picture(filepath.Join(*shots, "lone.png"))
	}
	cameraKeys(t, b)
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// sameHashes compares the worlds of all decisions.
func sameHashes(t *testing.T, b *browsertest.Browser, recorded *trace.Trace) {
	t.Helper()
	var text string
	b.Eval(`page.opened.rerun.projector.ask("digests").then((d) => btoa(String.fromCharCode(...d)))`, &text)
	got, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	var want []byte
	for i := range recorded.Records {
		want = append(want, recorded.Records[i].Layers[trace.LayerWorld][:]...)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%d bytes of hashes in the browser are not the %d of the native run", len(got), len(want))
	}
}

// samePlaces compares the positions at all decisions, the signals and the events.
func samePlaces(t *testing.T, b *browsertest.Browser, out *runner.Outcome) {
	t.Helper()
	native, err := replay.NewData(out, nil).JSON()
	if err != nil {
		t.Fatal(err)
	}
	var text string
	b.Eval(`page.opened.rerun.projector.ask("replay")`, &text)
	var got, want map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(native, &want); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"t", "map", "actors", "lights", "events"} {
		if len(want[part]) == 0 || !bytes.Equal(got[part], want[part]) {
			t.Errorf("%s in the browser are not those of the native run: %.200s, want %.200s", part, got[part], want[part])
		}
	}
}

// cameraKeys checks that C selects the next camera, that images change with time, and the
// other keys of the window.
func cameraKeys(t *testing.T, b *browsertest.Browser) {
	t.Helper()
	number := func(js string) (x float64) { b.Eval(js, &x); return x }
	shown := func() (s string) {
		b.Until(`!page.opened.screen.busy`)
		b.Eval(`document.querySelector("#camera").toDataURL()`, &s)
		return s
	}
	b.Press("r")
	before := shown()
	seen := map[string]bool{before: true}
	for range 2 {
		b.Press("c")
		seen[shown()] = true
	}
	b.Press("c")
	if again := shown(); len(seen) != 3 || again != before {
		t.Errorf("C went through %d images; the first is shown again: %v", len(seen), again == before)
	}
	for range 3 {
		b.Press(".")
	}
	b.Press(",")
	if now := number(`page.opened.player.time`); now != .1 {
		t.Errorf("three decisions forward and one back, the time is %g s", now)
	}
	if shown() == before {
		t.Error("the image does not change with time")
	}
	b.Press("4")
	if speed := number(`page.opened.player.speed`); speed != 4 {
		t.Errorf("after 4 the speed is %g", speed)
	}
	follows(t, b, shown)
	b.Press("F1")
	b.Until(`document.querySelector("#help").open`)
	b.Press("h")
	b.Until(`!document.querySelector("#help").open`)
}

// follows checks that V follows the next road user in the top view and in the cameras,
// Shift+V the previous one, and a click the selected one.
func follows(t *testing.T, b *browsertest.Browser, shown func() string) {
	t.Helper()
	b.Press("c") // chase
	before := shown()
	stage := func() (s string) { b.Eval(`document.querySelector("#stage").toDataURL()`, &s); return s }
	above := stage()
	b.Press("v")
	if who := b.Text("#followed"); !strings.HasPrefix(who, "follows ") {
		t.Errorf("V follows %q", who)
	}
	if shown() == before || stage() == above {
		t.Error("after V the images still follow the ego")
	}
	var inside bool
	b.Eval(`(() => { const { stage } = page.opened, q = stage.place(1), r = stage.canvas.getBoundingClientRect(); return q.x > 0 && q.y > 0 && q.x < r.width && q.y < r.height; })()`, &inside)
	if !inside {
		t.Error("the followed road user is not in the image")
	}
	b.Press("V")
	if shown() != before || stage() != above || b.Text("#followed") != "" {
		t.Error("Shift+V does not go back to the ego")
	}
	var p struct{ X, Y float64 }
	b.Eval(`(() => { const { stage } = page.opened, r = stage.canvas.getBoundingClientRect(), q = stage.place(2); return {X: r.x + q.x, Y: r.y + q.y}; })()`, &p)
	b.Mouse(p.X, p.Y)
	var who int
	if b.Eval(`page.opened.stage.follow`, &who); who != 2 {
		t.Errorf("a click on road user 2 follows %d", who)
	}
	b.Press("c")
	b.Press("c")
	b.Press("v")
	b.Press("V")
	b.Press("V")
	b.Press("V")
	if b.Eval(`page.opened.stage.follow`, &who); who != 0 {
		t.Errorf("back from road user 2 it follows %d", who)
	}
}

// A changed recording is reported, and no later state is shown, also for a change after
// the last decision.
func TestBrowserDetectsChangedRecording(t *testing.T) {
	out := minute(t)
	n := len(out.Trace.Records)
	for _, c := range []struct {
		record    int
		says      string
		shownTill float64 // s
	}{{100, "From 5.05 s on the states differ from the native run", 5},
		{n - 1, fmt.Sprintf("From %.2f s on the states differ", .05*float64(n)), .05 * float64(n-1)}} {
		command := &out.Trace.Records[c.record].Command
		before := *command
		command.Accel -= 1e-9
		b := browsertest.Start(t)
		openDrive(b, leanPage(t, out), 1280, 800)
		*command = before
		if text := b.Text("#check"); !strings.Contains(text, c.says) {
			t.Errorf("the badge says %q", text)
		}
		b.Press("End")
		var now float64
		if b.Eval(`page.opened.player.time`, &now); math.Abs(now-c.shownTill) > 1e-9 {
			t.Errorf("shows until %g s, want %g s, the last checked state", now, c.shownTill)
		}
		var failures int
		if b.Eval(`page.opened.replay.events.filter((e) => e.bad).length`, &failures); failures > 0 {
			t.Errorf("%d failures of a drive with an unknown end", failures)
		}
		if *shots != "" {
			b.Picture(filepath.Join(*shots, fmt.Sprintf("differs-%d.png", c.record)))
		}
		for _, c := range b.Complaints() {
			t.Error(c)
		}
	}
}

// A report shows a drive from any camera.
func TestReportSimulates(t *testing.T) {
	page := NewPage(PageOptions{Program: program(t)})
	data, err := page.Render(driven(t, page, cases(t, "wall.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	b := browsertest.Start(t)
	b.Open(written(t, data), 1280, 720)
	b.Click("#cases tbody a")
	b.Until(`document.querySelector("#check.good")`)
	b.Until(`page.opened.screen.pictures > 0`)
	for _, size := range [][2]int{{1280, 900}, {1280, 720}, {390, 800}} {
		b.Size(size[0], size[1])
		b.Until(fmt.Sprintf(`document.documentElement.scrollWidth <= %d`, size[0])) // plots resize in the next frame
		for _, pair := range [][2]string{{".stage", ".timeline"}, {".timeline", ".transport"}, {".transport", ".film-row"}} {
			var over float64 // px
			b.Eval(fmt.Sprintf(`document.querySelector(%q).getBoundingClientRect().bottom - document.querySelector(%q).getBoundingClientRect().top`, pair[0], pair[1]), &over)
			if over > .5 {
				t.Errorf("on a screen of %d×%d %s covers %g px of %s", size[0], size[1], pair[0], over, pair[1])
			}
		}
		if *shots != "" {
			b.Eval(`document.querySelector("#camera").scrollIntoView()`, nil)
			b.Picture(filepath.Join(*shots, fmt.Sprintf("report-%dx%d.png", size[0], size[1])))
		}
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}

// BenchmarkBrowser measures the time until a page shows a minute of driving, and the rate
// of rendering images of 640 by 384 pixels.
func BenchmarkBrowser(b *testing.B) {
	path := leanPage(b, minute(b))
	c := browsertest.Start(b)
	var glimpse, simulated, picture, rate float64
	n := 0
	for b.Loop() {
		took := openDrive(c, path, 1280, 800)
		glimpse, simulated, picture, n = glimpse+took.Glimpse, simulated+took.Simulated, picture+took.Picture, n+1
		var now float64
		c.Eval(`(async () => {
			const p = page.opened.rerun.projector, begin = performance.now();
			for (let i = 0; i < 40; i++) await p.ask("picture", "driver", 0, 25 * i, 640, 384);
			return 40000 / (performance.now() - begin);
		})()`, &now)
		rate += now
	}
	b.ReportMetric(glimpse/float64(n), "ms-to-glimpse")
	b.ReportMetric(simulated/float64(n), "ms-to-simulated")
	b.ReportMetric(picture/float64(n), "ms-to-picture")
	b.ReportMetric(rate/float64(n), "pictures/s")
}

// The page of a drive with a human takeover names the human in its tags and above its time
// bar, with a band for each driver.
func TestPageShowsDrivers(t *testing.T) {
	b := browsertest.Start(t)
	openDrive(b, leanPage(t, humanDrive(t, 10, 30)), 1280, 800)
	if text := b.Text(".tags"); !strings.Contains(text, "human") || !strings.Contains(text, "stack") {
		t.Errorf("the tags are %q", text)
	}
	if text := b.Text("#drivers"); !strings.Contains(text, "human 0.50 to 1.50 s") {
		t.Errorf("the page says %q", text)
	}
	var band []struct {
		Text, Title string
		Human       bool
		Left, Width float64 // as shares of the time bar
	}
	b.Eval(`(() => { const all = document.querySelector("#driver-band").getBoundingClientRect(); return [...document.querySelectorAll("#driver-band .turn")].map((e) => {
		const r = e.getBoundingClientRect(); return {Text: e.textContent, Title: e.title, Human: e.classList.contains("human"), Left: (r.left - all.left) / all.width, Width: r.width / all.width}; }); })()`, &band)
	if len(band) != 3 || band[0].Human || !band[1].Human || band[2].Human || band[1].Text != "human" || band[1].Title != "0.50 to 1.50 s: human" {
		t.Fatalf("the band shows %+v", band)
	}
	if end := 2.95; math.Abs(band[1].Left-.5/end) > .02 || math.Abs(band[1].Width-1/end) > .02 {
		t.Errorf("the human's band begins at %.2f and is %.2f long, as shares of the time bar", band[1].Left, band[1].Width)
	}
	if *shots != "" {
		b.Picture(filepath.Join(*shots, "human.png"))
	}
	for _, c := range b.Complaints() {
		t.Error(c)
	}
}
