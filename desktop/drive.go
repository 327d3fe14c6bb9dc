package desktop

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"roadloop/desktop/internal/library"
	"roadloop/desktop/internal/ui"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/trace"
)

// drive is the drive of a window: its player, and how it was set up. Without a player there
// is none.
type drive struct {
	*shell
	player    *player
	setup     library.Setup
	trace     bool       // it re-drives a trace
	recording *recording // of that trace, nil for none
	manual    manualInput
	pads      map[int]string // gamepads of the last frame
	verdict   cachedVerdict
	recorded  *timeline.Timeline // the library has its result

	began func()            // called when another drive begins
	show  func(name string) // shows a panel
}

// open starts driving a case. Errors are shown in the window.
func (d *drive) open(u library.Setup) {
	t, err := d.newTimeline(&u)
	if err != nil {
		d.fail("Cannot drive the scenario", err)
		return
	}
	d.start(u, t, false)
}

// openTrace starts driving a recorded drive again. Errors are shown in the window.
func (d *drive) openTrace(recorded *trace.Trace) {
	t, err := timeline.Open(recorded, d.pool.Open)
	if err != nil {
		d.fail("Cannot open the trace", err)
		return
	}
	d.start(library.Setup{Case: t.Plan().Case, Driver: recorded.Header.DriverID}, t, true)
	d.recording = newRecording(d.lasting, recorded, t.Recorded(), &d.background, d.changed)
}

// newTimeline returns a timeline of a setup.
func (d *drive) newTimeline(u *library.Setup) (*timeline.Timeline, error) {
	id, err := d.registry.Resolve(u.Driver)
	if err != nil {
		return nil, err
	}
	factory, err := d.pool.Open(id)
	if err != nil {
		return nil, err
	}
	plan, err := runner.Compile(u.Case)
	if err != nil {
		return nil, err
	}
	t, err := timeline.New(plan, factory.Driver)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", u.Case.ID(), err)
	}
	t.SetDriverID(id)
	return t, nil
}

// start makes a timeline the drive of the window.
func (d *drive) start(u library.Setup, t *timeline.Timeline, trace bool) {
	if err := d.stop(); err != nil {
		d.fail("The previous drive", err)
	}
	d.setup, d.trace, d.recording = u, trace, nil
	d.manual, d.verdict = manualInput{pad: -1}, cachedVerdict{}
	name := d.caseName()
	d.player = newPlayer(t, func() string { return d.folders.timestamped("drives", name, ".trace") }, trace)
	if u.Manual {
		d.takeOver(t)
	}
	d.began()
}

// stop ends the drive.
func (d *drive) stop() error {
	if d.player == nil {
		return nil
	}
	err := d.player.close()
	d.player = nil
	if err != nil {
		return fmt.Errorf("saving the drive: %w", err)
	}
	return nil
}

// shown returns the state of the player, the zero value if there is no drive.
func (d *drive) shown() view {
	if d.player == nil {
		return view{seekAhead: seekAhead{to: -1}}
	}
	return d.player.now()
}

// rest pauses the drive while another screen is shown.
func (d *drive) rest() {
	if d.player != nil {
		d.player.cancelAhead()
		d.player.set(d.player.rest)
	}
	d.manual.mouse = false
}

// speeds are the playback speeds.
var speeds = [...]float64{.25, .5, 1, 2, 4, 8}

// faster changes the playback speed by a number of entries of speeds.
func (d *drive) faster(by int) {
	now := d.player.now().speed
	i := slices.Index(speeds[:], now)
	d.player.setSpeed(speeds[max(0, min(len(speeds)-1, i+by))])
}

// stepBack goes back a number of steps.
func (d *drive) stepBack(decisions int) { d.player.seek(d.player.now().at - decisions) }

// restart restarts the drive. A recorded drive is re-driven from its trace.
func (d *drive) restart() {
	if d.recording != nil {
		d.openTrace(d.recording.trace)
		return
	}
	d.open(d.setup)
}

// nextSeed drives the same scenario with another seed.
func (d *drive) nextSeed(by int) {
	seed := d.setup.Case.Seed
	if by < 0 && seed == 0 {
		return
	}
	c, err := d.setup.Case.Scenario.Case(seed + uint64(by))
	if err != nil {
		d.fail("No such case", err)
		return
	}
	u := d.setup
	u.Case = c
	d.open(u)
}

// togglePerception restarts the drive with oracle perception instead of a detector, or the
// reverse with the detector that the window was started with.
func (d *drive) togglePerception() {
	u := d.setup
	if d.registry.IsPolicy(u.Driver.Name) {
		d.messages.Add(ui.Info, "A policy has its own observations: choose the stack to change the perception")
		return
	}
	id := trace.DriverID{Name: u.Driver.Name, Perception: runner.Oracle}
	if u.Driver.Perception == runner.Oracle {
		if id.Perception, id.Model = d.wanted.Perception, d.wanted.Model; id.Perception == runner.Oracle {
			id.Perception = runner.CNN
		}
	}
	u.Driver = id
	d.open(u)
}

// caseName returns the name of the driven case for use in file names.
func (d *drive) caseName() string {
	if d.setup.Case == nil {
		return "roadloop"
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, d.setup.Case.Scenario.Slug()+"-"+d.setup.Case.Label())
}

// newPath returns the path of a new file in a subfolder of the user's folder.
func (d *drive) newPath(folder, suffix string) string {
	return d.folders.timestamped(folder, d.caseName(), suffix)
}

// saveTrace saves the drive so far to a new file.
func (d *drive) saveTrace() {
	if err := d.saveTraceTo(d.newPath("drives", ".trace")); err != nil {
		d.fail("Cannot save the drive", err)
	}
}

// saveTraceTo saves the drive so far to a file and shows a message.
func (d *drive) saveTraceTo(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("creating the folder for drives: %w", err)
	}
	if err := d.player.now().tape.Save(path); err != nil {
		return err
	}
	d.messages.Add(ui.Info, "Drive saved to "+path)
	return nil
}

// who returns who has control at the shown time.
func (d *drive) who(v *view) string {
	who := v.tape.DriverIDAt(v.at).String()
	f := v.tape.StepAt(v.at)
	switch {
	case v.manual && (f == nil || f.Overridden || v.at >= v.tape.Len()-1):
		who = "you drive (Enter hands back)"
	case f != nil && f.Overridden:
		who = "human (" + who + " overridden)"
	}
	if d.trace {
		who = "recorded  ·  " + who
	}
	return who
}

// doing describes what the drive does.
func (d *drive) doing(v *view) string {
	last := v.at >= v.tape.Len()-1
	switch {
	case v.seekAhead.active():
		return fmt.Sprintf("simulating to %.2f s, Esc cancels", decisionTime(v.seekAhead.to))
	case v.tape.Over() && last:
		return "ended  ·  R restarts, Space plays back"
	case !last && v.playing:
		return "playback"
	case !last:
		return fmt.Sprintf("%.2f s back", float64(v.tape.Len()-1-v.at)*.05)
	case !v.playing:
		return "paused"
	}
	return "driving"
}

// reportErrors shows errors from the background.
func (d *drive) reportErrors() {
	if d.player == nil {
		return
	}
	if err := d.player.takeErr(); err != nil {
		d.fail("The driver failed; the drive ends here", err)
	}
	if err := d.player.saveErr(); err != nil {
		d.fail("Cannot save the drive", err)
	}
}

// record reports the result of the drive and its drivers to the library, once.
func (d *drive) record(to *library.Screen) {
	v := d.shown()
	if v.tape == nil || d.recorded == v.tape || d.trace || !v.tape.Over() {
		return
	}
	d.recorded = v.tape
	if changes, _ := v.tape.Changes(); len(changes) > 0 {
		return
	}
	by := ""
	if spans := timeline.DriverSpans(v.tape.Trace()); timeline.DrivenByHuman(spans) {
		by = timeline.DriversText(spans)
	}
	to.Record(d.setup, by, d.verdict.update(v.tape).verdict)
}
