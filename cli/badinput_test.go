package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// badFlags are flags with invalid values, by the command line before them. The error
// must name the flag, the value and the condition.
var badFlags = []struct {
	command string
	flags   []string // --flag=value
	want    string
}{
	{"run", []string{"--jobs=0", "--jobs=-1", "--jobs=1025", "--jobs=two", "--jobs=1.5", "--jobs="}, "must be an integer from 1 to 1024"},
	{"test", []string{"--jobs=0", "--jobs=99999999999999999999"}, "must be an integer from 1 to 1024"},
	{"mutate", []string{"--jobs=0", "--jobs=-7"}, "must be an integer from 1 to 1024"},
	{"r157", []string{"--jobs=0", "--jobs=1000000000"}, "must be an integer from 1 to 1024"},
	{"eval", []string{"--workers=0", "--workers=-1", "--workers=2000"}, "must be an integer from 1 to 1024"},
	{"eval", []string{"--frames=0", "--frames=-5", "--corrupted=0", "--corrupted=-1", "--frames=1e3"}, "must be an integer ≥ 1"},
	{"run", []string{"--explain=-7", "--explain=-2", "--explain=all"}, "must be an integer ≥ -1"},
	{"test", []string{"--explain=-7"}, "must be an integer ≥ -1"},
	{"run", []string{"--timeout=-3s", "--timeout=3", "--timeout=NaN", "--timeout=soon"}, "must be a duration ≥ 0 such as 2.5s"},
	{"run", []string{"--driver=human", "--driver=Stack", "--driver=stack,cc"}, "must be one of stack, cc, fsm, rss, reg157"},
	{"run", []string{"--perception=sonar", "--perception=CNN"}, "must be one of cnn, cnn-opencv, oracle"},
	{"run", []string{"--isa=sse", "--isa=AVX2"}, "must be one of avx2, avx512, avx512_bf16"},
	{"explain", []string{"--perception=sonar"}, "must be one of cnn"},
	{"shrink", []string{"--perception=sonar"}, "must be one of cnn"},
	{"run", []string{"--seed=-1", "--seed=x", "--seed=18446744073709551616"}, ""},
	{"mutate", []string{"--least=2", "--least=-1", "--least=NaN", "--least=90%"}, "must be a share from 0 to 1"},
	{"data", []string{"--first=-1", "--first=9223372036854775807", "--first=1000000000"}, "must be an integer from 0 to 999999999"},
	{"data", []string{"--frames=0", "--frames=-2", "--frames=1000000001"}, "must be an integer from 1 to 1000000000"},
	{"data", []string{"--split=test", "--split=Train"}, "must be one of train, validation, held-out"},
	{"eval", []string{"--split=test"}, "must be one of train, validation, held-out"},
	{"card", []string{"--frames=0", "--frames=-1"}, "must be an integer ≥ 1"},
	{"detect x.png", []string{"--focal=0", "--focal=-3", "--focal=NaN", "--focal=px", "--height=0", "--height=200"}, "must be a number above 0"},
	{"detect x.png", []string{"--fov=0", "--fov=180", "--fov=-5"}, "must be a number above 0 and below 180"},
	{"detect x.png", []string{"--pitch=90", "--pitch=NaN"}, "must be a number above -90 and below 90"},
	{"detect x.png", []string{"--horizon=x", "--horizon=", "--horizon=NaN"}, "must be a share of the height such as 0.58 or 58%, or pixels such as 418px"},
	{"detect x.png", []string{"--min-score=0", "--min-score=1.5"}, "must be a number above 0 and ≤ 1"},
	{"detect x.png", []string{"--views=two"}, "must be one of one, many"},
	{"detect x.png", []string{"--webcam=-1", "--webcam=x"}, "must be an integer from 0 to 255"},
	{"film", []string{"--rate=0", "--rate=-1", "--rate=NaN", "--rate=Inf", "--rate=21"}, "must be a number above 0 and ≤ 20"},
	{"film", []string{"--at=-1s", "--from=-1s", "--to=-1s", "--to=5"}, "must be a duration ≥ 0"},
	{"film", []string{"--view=inside", "--view="}, "must be one of camera, chase, top, split"},
	{"data", []string{"--rig=fleet"}, "must be one of default, surround"},
	{"film", []string{"--driver=human"}, "must be one of stack"},
	{"explain", []string{"--driver=cc"}, "must be one of stack"},
	{"shrink", []string{"--driver=fsm"}, "must be one of stack"},
	{"r157", []string{"--grid=swerve"}, "must be one of cut-in, cut-out, following"},
	{"train", []string{"--steps=0", "--steps=-1", "--epoch=0", "--epoch=-500"}, "must be an integer ≥ 1"},
	{"train", []string{"--batch=0", "--batch=3", "--batch=-2", "--batch=1000000"}, "must be an even integer from 2 to 1024"},
	{"train", []string{"--rate=0", "--rate=-1", "--rate=NaN", "--rate=Inf", "--rate=11"}, "must be a number above 0 and ≤ 10"},
	{"train", []string{"--dropout=1", "--dropout=-0.1", "--dropout=NaN"}, "must be a number ≥ 0 and below 1"},
	{"train", []string{"--rank=0", "--rank=65"}, "must be an integer from 1 to 64"},
	{"train", []string{"--judge=-1", "--patience=-1", "--frames=-1"}, "must be an integer ≥ 0"},
	{"train", []string{"--task=sleep"}, "must be one of masked, next"},
	{"train", []string{"--tune=all"}, "must be one of decoder, heads, norms, lora"},
	{"study", []string{"--steps=0", "--pretrain=0", "--judge=0"}, "must be an integer ≥ 1"},
	{"study", []string{"--seeds=0", "--seeds=1001"}, "must be an integer from 1 to 1000"},
	{"policy train highway-v0", []string{"--steps=-1", "--steps=1e5"}, "must be an integer ≥ 0"},
	{"policy train highway-v0", []string{"--envs=-1", "--envs=65537"}, "must be an integer from 0 to 65536"},
	{"policy train highway-v0", []string{"--rate=0", "--rate=NaN", "--rate=1.1"}, "must be a number above 0 and ≤ 1"},
	{"policy train highway-v0", []string{"--discount=-0.1", "--discount=NaN", "--discount=1.1"}, "must be a number from 0 to 1"},
	{"policy train highway-v0", []string{"--algorithm=sarsa", "--algorithm=DQN"}, "must be one of dqn, ppo"},
	{"policy record drive-highway-v0", []string{"--episodes=0", "--episodes=1000001", "--episodes=two"}, "must be an integer from 1 to 1000000"},
	{"policy record drive-highway-v0", []string{"--every=0", "--every=1001"}, "must be an integer from 1 to 1000"},
	{"policy record drive-highway-v0", []string{"--workers=0", "--workers=2000"}, "must be an integer from 1 to 1024"},
	{"policy record drive-highway-v0", []string{"--perception=sonar"}, "must be one of cnn"},
	{"policy eval x", []string{"--episodes=0", "--episodes=-1", "--episodes=1000001"}, "must be an integer from 1 to 1000000"},
	{"policy eval x", []string{"--workers=0", "--workers=2000"}, "must be an integer from 1 to 1024"},
}

func TestBadFlagsAreRejected(t *testing.T) {
	t.Chdir(t.TempDir()) // for commands that are accepted by mistake
	n := 0
	for _, c := range badFlags {
		for _, flag := range c.flags {
			n++
			name, value, _ := strings.Cut(flag, "=")
			_, says := command(t, exitInput, append(strings.Fields(c.command), flag)...)
			if !strings.Contains(says, `invalid argument "`+value+`" for "`+name+`" flag: `+c.want) {
				t.Errorf("%s %s: %s", c.command, flag, says)
			}
		}
	}
	if n < 90 {
		t.Errorf("%d bad flags", n)
	}
}

// badInputs are other invalid inputs. The error must name the flag or file, before
// anything is driven or written. The command lines run in a folder with badFiles.
var badInputs = []struct{ line, want string }{
	// flags that contradict each other or have no effect
	{"run cut-in --seed 1 --seeds 1-2", "--seed and --seeds exclude each other"},
	{"run cut-in/7 --seed 3", "--seed 3: cut-in/7 already names its seed"},
	{"run cut-in/7 --seeds 1-3", "--seeds 1-3: cut-in/7 already names its seed"},
	{"test cut-in/g001 --seeds 1", "--seeds 1: cut-in/g001 already names its seed"},
	{"test --full --quick", "--quick and --full exclude each other"},
	{"explain cut-in/7 --seed 3", "--seed 3: cut-in/7 already names its seed"},
	{"explain some.trace --perception oracle", "--perception has no effect: some.trace names the case and the driver"},
	{"shrink some.trace --seed 4", "--seed has no effect: some.trace names the case and the driver"},
	{"film some.trace --driver cc --out a.gif", "--driver has no effect: some.trace names the driver"},
	{"film cut-in --out a.gif --at 1s", "--at is for a PNG"},
	{"film cut-in --out a.png --from 1s", "--from has no effect on a PNG"},
	{"film cut-in --out a.png --rate 5", "--rate has no effect on a PNG"},
	{"run cut-in --perception oracle --model none.rlm", "--model none.rlm: --perception oracle uses no network"},
	{"film cut-in --perception oracle --model small --out a.gif", "--model small: --perception oracle uses no network"},
	{"explain cut-in/1 --perception oracle --model small", "--model small: --perception oracle uses no network"},
	{"run cut-in --driver cc --explain 1", "--explain needs the layers of the stack"},
	{"run cut-in --driver cc --fault guard-off", "--fault needs the layers of the stack"},
	{"film cut-in --perception oracle --camera roof --out a.png", "--camera: unknown camera \"roof\": the rig has camera"},
	{"film cut-in --view top --camera camera --out a.png", "--camera has no effect without a camera view"},
	{"data --from some.trace --rig surround", "--rig has no effect with --from"},
	{"run cut-in --fault nonsense", "--fault: no fault matches"},
	{"run cut-in --fault guard-*", "--fault \"guard-*\" names 2 faults"},
	{"run cut-in --fault guard-off --trace folder", "--trace with --fault: the trace of an injected fault cannot be verified"},
	{"run cut-in --perception oracle --fault camera-yaw", "--fault: injecting camera-yaw: the driver has no layer sensor"},
	{"shrink standing-lead --perception oracle --fault camera-yaw", "injecting camera-yaw: the driver has no layer sensor"},
	{"film cut-in --out a.gif --overlay stars", "detections, tracks, plan"},
	{"train --resume --dry-run", "--resume and --dry-run exclude each other"},
	{"train --patience 3 --judge 0", "--patience 3: needs validation, but --judge is 0"},
	{"test cut-in --resume", "--resume requires --out"},
	{"eval --data folder --corruptions fog", "--corruptions needs simulated frames"},
	// values that are parsed later
	{"run cut-in --seeds 5-1", `--seeds "5-1"`},
	{"run cut-in --seeds 0-99999999", `--seeds "0-99999999"`},
	{"test --shard 0/4", `--shard "0/4"`},
	{"test --shard 5/4", `--shard "5/4": want a shard such as 2/4`},
	{"test --full --seeds 1-2", "--full and --seeds exclude each other"},
	{"test cut-in --tag moon", "tagged moon"},
	{"test --run (", "--run: "},
	{"test --tag moon", "tagged moon"},
	{"test --family moon", "family moon"},
	{"mutate nonsense", "no fault matches"},
	{"mutate --seeds x", `--seeds "x"`},
	{"r157 --ego NaN", `--ego "NaN"`},
	{"r157 --ego 60-10", `--ego "60-10"`},
	{"data --channels depth,heat --out out", `--channels "heat"`},
	{"data --format bmp --out out", `format "bmp"`},
	{"eval --corruptions snow", "--corruptions: corruption \"snow\""},
	{"train --without dragon --out out", "--without: class \"dragon\""},
	{"train --show dragon --out out", "--show: class \"dragon\""},
	{"study labels --labels 0 --out out", "--labels [0]: must be integers ≥ 1"},
	{"study few-shot --class dragon --out out", "--class: class \"dragon\""},
	{"data --first 999999999 --frames 2 --out out", "--frames: must be an integer from 1 to 1, got 2"},
	{"study weather", `study: unknown study "weather"`},
	{"film cut-in", "--out is required"},
	{"film cut-in --out a.avi", "--out a.avi: the name must end in .mp4"},
	{"film cut-in --size wide --out a.gif", `--size "wide"`},
	{"list zzz", "has zzz in its name"},
	// arguments
	{"merge", "merge: FILE is missing\nusage: roadloop merge FILE… [flags]"},
	{"factors", "factors: FILE is missing\nusage: roadloop factors FILE [flags]"},
	{"factors a b", "factors: takes one FILE, got 2: a b"},
	{"verify", "verify: TRACE is missing"},
	{"card", "card: FOLDER is missing"},
	{"doctor now", `doctor: takes no arguments, got "now"`},
	{"completion", "completion: SHELL is missing"},
	{"completion nosh", `unknown shell "nosh": must be one of bash, fish, powershell, zsh`},
	{"completion bash now", `bash: takes no arguments, got "now"`},
	{"help nope", `unknown command "nope"`},
	{"help run nope", `unknown command "nope" for "roadloop run"`},
	{"drive", "unknown command"},
	{"run --sped 1", "--sped"},
	{"run cut-inn", `did you mean "cut-in"?`},
	{"run folder/nothing", "there is no such file"},
	// files that are missing, of another kind, or damaged
	{"run nothing.yaml", "nothing.yaml: no such file"},
	{"run empty.yaml", "empty.yaml"},
	{"run colour.yaml", "colour.yaml:6"},
	{"run unit.yaml", "unit.yaml:4:32: ego.speed"},
	{"run lane.yaml", "there is no lane 77"},
	{"run speed.yaml", "speed.yaml:4:32: ego.speed: 250 km/h is above 216 km/h"},
	{"test lanes.yaml", "lanes.yaml:3:30: map.lanes: 0 is below 1"},
	{"explain script.yaml", "script.yaml:6:82: actors[0].do[0].brake.decel: -3 m/s2 is below 0.01 m/s2"},
	{"shrink null.yaml", "null.yaml:6:1: expect: has no value"},
	{"film vary.yaml --out x.gif", "vary.yaml:6:33: ego.speed: 90 m/s is above 60 m/s"},
	{"run folder", "folder holds no scenario file"},
	{"run text", "text:1"},
	{"run cut-in --model nothing.rlm", "nothing.rlm: no such file"},
	{"run cut-in --model text", "text: "},
	{"run cut-in --model folder", "folder: "},
	{"verify nothing.trace", "nothing.trace: no such file"},
	{"verify text", "text: not a roadloop trace"},
	{"verify other.trace", "another version"},
	{"verify cut.trace", "cut.trace"},
	{"run cut-in --model cut.rlm", "cut.rlm"},
	{"replay nothing.trace --out page.html", "nothing.trace: no such file"},
	{"film nothing.trace --out a.gif", "nothing.trace: no such file"},
	{"explain nothing.trace", "nothing.trace: no such file"},
	{"data --from nothing.trace --out out", "nothing.trace: no such file"},
	{"merge nothing.json", "nothing.json: no such file"},
	{"merge text", "text:1"},
	{"merge text", "results are JSON documents, as test --json writes them"},
	{"merge empty.yaml", "empty.yaml:1"},
	{"merge other.json", "other.json: results of another schema"},
	{"merge none.json", "is not of a shard"},
	{"test cut-in --baseline none.json", "none of its 0 cases is in this run"},
	{"test cut-in --baseline other.json", "other.json: results of another schema"},
	{"test cut-in --baseline cut.json", "cut.json:1: "},
	{"merge negative.json", "negative.json: cases[0]: a/1 took -5 s"},
	{"merge folder", "folder: is a directory"},
	{"factors text", "text:1"},
	{"factors negative.json", "negative.json: cases[0]"},
	{"test cut-in --baseline nothing.json", "--baseline: reading results: open nothing.json"},
	{"test cut-in --baseline text", "--baseline: text:1"},
	{"test cut-in --baseline negative.json", "--baseline: negative.json: cases[0]"},
	{"train --from nothing.rlm --out out", "--from: open nothing.rlm"},
	{"train --from text --out out", "--from: text: not a roadloop model"},
	{"run old.trace", "old.trace: is a trace, not a scenario; verify, explain, film and replay take traces"},
	{"train --data nothing --out out", "nothing: no such file"},
	{"train --resume --out nothing", "nothing/recipe.json: no such file"},
	{"eval --data nothing", "--data: "},
	{"eval --model text", "text: "},
	{"card nothing", "nothing/recipe.json: no such file"},
	// outputs that cannot be written
	{"run cut-in --html text/page.html", "--html: writing text/page.html"},
	{"run cut-in --html folder", "--html: writing folder: it is a folder"},
	{"run cut-in --trace text", "--trace: text is not a folder"},
	{"test cut-in --junit text/j.xml", "--junit: writing text/j.xml"},
	{"test cut-in --junit folder", "--junit: writing folder: it is a folder"},
	{"test cut-in --markdown text/c.md", "--markdown: writing text/c.md"},
	{"test cut-in --out text", "--out: text is not a folder"},
	{"merge other.json --junit text/j.xml", "--junit: writing text/j.xml"},
	{"film cut-in --out text/a.gif", "--out: writing text/a.gif"},
	{"shrink cut-in/1 --out text/s.yaml", "--out: writing text/s.yaml"},
	{"replay some.trace --out text/r.html", "--out: writing text/r.html"},
	{"eval --html text/e.html", "--html: writing text/e.html"},
	{"study labels --out text", "--out: text is not a folder"},
	{"train --out text", "--out: text is not a folder"},
	{"data --out text --frames 1", "text: "},
}

// badFiles are the files of badInputs.
var badFiles = map[string]string{
	"empty.yaml": "", "text": "hello\n", "old.trace": "roadloop trace 1\n{}\n",
	"other.trace": "roadloop trace 9\n{}\n", "cut.trace": "roadloop trace 1\n{\"scenario\"", "cut.rlm": "roadloop model 1\nabc",
	"colour.yaml":   short + "colour: red\n",
	"unit.yaml":     strings.Replace(short, "10 m/s", "10 parsecs", 1),
	"lane.yaml":     strings.Replace(short, "lane: 0", "lane: 77", 1),
	"speed.yaml":    strings.Replace(short, "10 m/s", "250 km/h", 1),
	"lanes.yaml":    strings.Replace(short, "kind: straight", "kind: straight, lanes: 0", 1),
	"script.yaml":   short + "actors: [{id: a, kind: car, lane: 0, s: 50 m, speed: 5 m/s, do: [{brake: {decel: -3 m/s2}}]}]\n",
	"null.yaml":     short + "expect:\n",
	"vary.yaml":     short + "vary: {ego.speed: {any: [9 m/s, 90 m/s]}}\n",
	"other.json":    `{"schema": "roadloop.results/9"}`,
	"cut.json":      `{"schema": "roadloop`,
	"none.json":     `{"schema": "roadloop.results/1", "passed": 0, "failed": 0, "invalid": 0, "cases": []}`,
	"negative.json": `{"schema": "roadloop.results/1", "passed": 1, "failed": 0, "invalid": 0, "cases": [{"case": "a/1", "scenario": "a", "passed": true, "preventable": true, "sim_seconds": -5, "wall_seconds": 0, "scores": {}}]}`,
}

func TestBadInputsAreRejected(t *testing.T) {
	dir := files(t, badFiles)
	t.Chdir(dir)
	if err := os.Mkdir("folder", 0o755); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	for _, c := range badInputs {
		out, says := command(t, exitInput, strings.Fields(c.line)...)
		if !strings.Contains(says, c.want) || out != "" || strings.Contains(says, "driven") || strings.Contains(says, "goroutine") {
			t.Errorf("%s: prints %q, says %s\nwant %q", c.line, out, says, c.want)
		}
		if now := tree(t, dir); now != before {
			t.Errorf("%s: left %s", c.line, now)
			before = now
		}
	}
	if len(badInputs) < 90 {
		t.Errorf("%d bad inputs", len(badInputs))
	}
}

// tree returns the names of all files below a folder.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		names = append(names, strings.TrimPrefix(path, dir))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, " ")
}

// A command fails if its output cannot be written.
func TestFullStdout(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("/dev/full exists only on Linux")
	}
	dir := files(t, map[string]string{"short.yaml": short})
	short := filepath.Join(dir, "short.yaml")
	command(t, exitOK, "run", short, "--perception", "oracle", "--trace", dir)
	for _, args := range [][]string{
		{"list"}, {"list", "--json"}, {"version"}, {"doctor"}, {"--help"}, {"test", "--help"}, {"test", "--list"},
		{"run", short, "--perception", "oracle"}, {"run", short, "--perception", "oracle", "--json"},
		{"test", short, "--perception", "oracle"}, {"merge", mergeable(t)}, {"merge", mergeable(t), "--json"},
		{"verify", filepath.Join(dir, "short-1.trace")}, {"verify", "--json", filepath.Join(dir, "short-1.trace")},
		{"explain", short, "--perception", "oracle"},
		{"film", short, "--perception", "oracle", "--size", "64x64", "--out", filepath.Join(dir, "a.png")},
		{"r157", "--ego", "20"}, {"mutate", "guard-off", "--cases", short},
	} {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		var says bytes.Buffer
		if code := execute(args, full, &says); code != exitInput || !strings.Contains(says.String(), "writing to stdout: ") {
			t.Errorf("%v: exit code %d: %s", args, code, says.String())
		}
		if err := full.Close(); err != nil {
			t.Error(err)
		}
	}
}

// mergeable returns the results file of a suite with a single shard.
func mergeable(t *testing.T) string {
	t.Helper()
	dir := files(t, map[string]string{"short.yaml": short})
	document, _ := command(t, exitOK, "test", filepath.Join(dir, "short.yaml"), "--perception", "oracle", "--seeds", "1", "--shard", "1/1", "--json")
	path := filepath.Join(dir, "1.json")
	if err := os.WriteFile(path, []byte(document), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
