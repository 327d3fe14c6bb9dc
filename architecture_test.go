package roadloop

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goPackage is what `go list -json` says of a package.
type goPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
	CgoFiles   []string
	Doc        string
}

// listPackages returns the packages of the module for the given platform.
func listPackages(t *testing.T, env ...string) map[string]goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,Deps,CgoFiles,Doc", "./...")
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	pkgs := make(map[string]goPackage)
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs[p.ImportPath] = p
	}
}

// within reports whether path is the package root or lies below it.
func within(path, root string) bool { return path == root || strings.HasPrefix(path, root+"/") }

func withinAny(path string, roots []string) bool {
	return slices.ContainsFunc(roots, func(r string) bool { return within(path, r) })
}

// The arrows of the architecture: a package below From may import of the module
// only what is below one of May; "=path" is that package alone, also in From. The first rule that
// matches holds.
var arrows = []struct {
	from string
	may  []string
	why  string
}{
	{"roadloop/sim", []string{"roadloop/sim"}, "the world depends on nothing else"},
	{"roadloop/perception/training/dataverify", nil, "a reader that shares no code with the writer does not repeat its errors"},
	{"roadloop/perception/training", []string{"roadloop/perception", "roadloop/sim"}, "training makes frames with the world and its labels"},
	{"roadloop/perception", append([]string{"roadloop/perception"}, sensed...), "perception sees only what was sensed"},
	{"roadloop/planning", append([]string{"roadloop/planning", "roadloop/perception"}, sensed...), "planning sees only what was perceived"},
	{"roadloop/control", append([]string{"roadloop/control", "roadloop/planning", "roadloop/perception"}, sensed...), "control sees only what was planned and perceived"},
	{"roadloop/trace", []string{"roadloop/planning", "roadloop/perception", "roadloop/sim"}, "a trace records what the layers return, and runs none of them"},
	{"roadloop/oracle", append([]string{"=roadloop", "roadloop/trace"}, loop...), "ground truth stands in for a layer of the loop, and runs no scenario"},
	{"roadloop/layertest", append([]string{"=roadloop", "roadloop/trace"}, loop...), "a layer is tested without any scenario"},
	{"=roadloop/scenarios", []string{"=roadloop/trace", "roadloop/sim"}, "the format of scenarios builds no world and runs nothing"},
	{"roadloop/scenarios/metrics", append([]string{"=roadloop", "roadloop/scenarios/metrics"}, loop...), "metrics judge a drive log, and know neither files nor cases"},
	{"roadloop/scenarios/runner", cases, "a case is driven without any analysis or output"},
	{"roadloop/scenarios/timeline", cases, "a drive is repeated without any analysis or output"},
	{"roadloop/scenarios/suite", cases, "a suite is driven without any analysis or output"},
	{"roadloop/scenarios/analysis", cases, "analysis knows no output"},
	{"roadloop/scenarios/topview", []string{"roadloop/perception", "roadloop/planning", "roadloop/sim"}, "a view from above shows what it is given"},
	{"roadloop/scenarios/edit", []string{"=roadloop/scenarios", "=roadloop/scenarios/runner", "roadloop/sim"}, "the editor of files drives nothing"},
	{"roadloop/scenarios", append([]string{"=roadloop", "roadloop/trace", "roadloop/oracle", "roadloop/assets", "roadloop/scenarios"}, loop...), "scenarios know no registry of drivers, no command and no window"},
	{"roadloop/policy", append([]string{"=roadloop", "roadloop/trace", "roadloop/oracle", "roadloop/scenarios", "roadloop/policy"}, loop...), "policies learn in worlds and scenarios, and know no command and no window"},
	{"roadloop/drivers", []string{"=roadloop", "roadloop/trace", "roadloop/assets", "=roadloop/scenarios/runner", "roadloop/policy", "roadloop/perception", "roadloop/planning", "roadloop/sim"}, "a registry opens drivers for scenarios, and drives none"},
	{"roadloop/desktop/internal/ui", []string{"roadloop/desktop/internal/ui"}, "the toolkit knows no road"},
	{"roadloop/desktop", []string{"roadloop"}, "the window shows everything but the commands"},
	{"roadloop/cli", []string{"roadloop"}, "the command line parses and prints"},
	{"roadloop/cmd/roadloop-replay", []string{"roadloop/scenarios"}, "the program of a page replays drives"},
	{"roadloop/cmd", []string{"=roadloop/cli", "=roadloop/desktop", "=roadloop/drivers"}, "a program is its drivers and one call"},
	{"roadloop/internal", nil, "plumbing depends on nothing"},
}

// loop are the packages of the closed loop.
var loop = []string{"roadloop/control", "roadloop/planning", "roadloop/perception", "roadloop/sim"}

// cases are the packages that cases are read, driven and judged with.
var cases = append([]string{"=roadloop", "=roadloop/trace", "=roadloop/oracle", "=roadloop/scenarios", "roadloop/scenarios/runner", "roadloop/scenarios/metrics"}, loop...)

// programs are the commands and the examples.
var programs = []string{"roadloop/cmd", "roadloop/examples"}

// plumbing may be used by every package.
const plumbing = "roadloop/internal"

// sensed are the parts of the simulation that a driver may know: geometry, arithmetic, time,
// random streams, the road map, the kinds and sizes of actors, vehicle and car-following
// models and the messages of its sensors.
var sensed = []string{
	"roadloop/sim/geom", "roadloop/sim/detmath", "roadloop/sim/rng", "roadloop/sim/clock",
	"roadloop/sim/road", "roadloop/sim/actor", "roadloop/sim/vehicle", "roadloop/sim/sensor",
}

func TestImportsFollowTheArrows(t *testing.T) {
	for path, p := range listPackages(t) {
		for _, a := range arrows {
			if one, alone := strings.CutPrefix(a.from, "="); alone && path != one || !alone && !within(path, a.from) {
				continue
			}
			for _, imp := range p.Imports {
				if within(imp, "roadloop") && !withinAny(imp, a.may) && !slices.Contains(a.may, "="+imp) && !within(imp, plumbing) {
					t.Errorf("%s imports %s, but %s", path, imp, a.why)
				}
			}
			break
		}
		for _, imp := range p.Imports {
			if withinAny(imp, []string{"roadloop/cmd", "roadloop/examples"}) && !withinAny(path, []string{"roadloop/examples"}) {
				t.Errorf("%s imports the program %s", path, imp)
			}
			if within(imp, "roadloop/cli") && !withinAny(path, programs) {
				t.Errorf("%s imports the command line", path)
			}
			if within(imp, "roadloop/desktop") && !withinAny(path, append([]string{"roadloop/desktop"}, programs...)) {
				t.Errorf("%s imports the window's %s", path, imp)
			}
			if withinAny(imp, []string{"roadloop/scenarios", "roadloop/drivers"}) &&
				!withinAny(path, append([]string{"roadloop/scenarios", "roadloop/policy", "roadloop/drivers", "roadloop/desktop", "roadloop/cli"}, programs...)) {
				t.Errorf("%s imports %s: scenarios compose the lab, not the other way round", path, imp)
			}
		}
	}
}

// The root package composes the layers; ground truth and scenarios are above it.
func TestRootImportsTheLayersAlone(t *testing.T) {
	for _, imp := range listPackages(t)["roadloop"].Imports {
		if within(imp, "roadloop") && !withinAny(imp, append([]string{"roadloop/trace"}, loop...)) {
			t.Errorf("the root package imports %s", imp)
		}
	}
}

// layers are the packages that hold implementations of layers, by their names.
var layers = []string{"roadloop", "oracle", "perception", "fusion", "inference", "prediction", "trajectory", "control"}

// Any layer can be replaced or wrapped only where nothing asks for a certain one.
func TestLayersAreUsedThroughTheirInterfaces(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if a, ok := n.(*ast.TypeAssertExpr); ok {
				if name := layerType(a.Type); name != "" {
					t.Errorf("%s: asks for a %s", fset.Position(a.Pos()), name)
				}
			}
			if s, ok := n.(*ast.TypeSwitchStmt); ok {
				for _, c := range s.Body.List {
					for _, e := range c.(*ast.CaseClause).List {
						if name := layerType(e); name != "" {
							t.Errorf("%s: asks for a %s", fset.Position(e.Pos()), name)
						}
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// layerType returns the name of a pointer to a type of a package of layers, "" for other
// expressions.
func layerType(e ast.Expr) string {
	star, ok := e.(*ast.StarExpr)
	if !ok {
		return ""
	}
	sel, ok := star.X.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if pkg, ok := sel.X.(*ast.Ident); ok && slices.Contains(layers, pkg.Name) {
		return pkg.Name + "." + sel.Sel.Name
	}
	return ""
}

// A decision may reach ground truth only through package oracle.
func TestDriversCannotReachTheWorld(t *testing.T) {
	for path, p := range listPackages(t) {
		if !withinAny(path, []string{"roadloop/perception", "roadloop/planning", "roadloop/control"}) ||
			within(path, "roadloop/perception/training") {
			continue
		}
		for _, dep := range p.Deps {
			if within(dep, "roadloop/sim") && !withinAny(dep, sensed) {
				t.Errorf("%s reaches %s", path, dep)
			}
		}
	}
}

func TestHeavyLibrariesStayInTheirPackages(t *testing.T) {
	for lib, homes := range map[string][]string{
		"github.com/hajimehoshi/ebiten/v2": {"roadloop/sim/gpu", "roadloop/desktop", "roadloop/internal/displaytest"},
		"gorgonia.org":                     {"roadloop/internal/graph", "roadloop/perception/network", "roadloop/policy"},
		"gocv.io/x/gocv":                   {"roadloop/perception/inference", "roadloop/scenarios/video"},
	} {
		for path, p := range listPackages(t) {
			for _, imp := range p.Imports {
				if within(imp, lib) && !withinAny(path, homes) {
					t.Errorf("%s imports %s, which belongs into %v", path, imp, homes)
				}
			}
		}
	}
}

// Importing Ebitengine without a display panics before main.
func TestHeadlessProgramNeverReachesAWindowSystem(t *testing.T) {
	all := listPackages(t)
	for _, path := range []string{"roadloop/cli", "roadloop/cmd/roadloop", "roadloop/examples/owndriver", "roadloop/examples/ownplanner"} {
		p, ok := all[path]
		if !ok {
			t.Fatalf("no package %s", path)
		}
		for _, dep := range p.Deps {
			if within(dep, "github.com/hajimehoshi/ebiten/v2") {
				t.Errorf("%s reaches %s", path, dep)
			}
		}
	}
}

// The build tag nocv leaves OpenCV out of the command.
func TestOpenCVIsOptional(t *testing.T) {
	for _, tags := range []string{"", "nocv"} {
		out, err := exec.Command("go", "list", "-tags", tags, "-deps", "./cmd/roadloop").CombinedOutput()
		if err != nil {
			t.Fatalf("go list -tags %q: %v\n%s", tags, err, out)
		}
		if reached := slices.Contains(strings.Fields(string(out)), "gocv.io/x/gocv"); reached != (tags == "") {
			t.Errorf("with the tags %q the command reaches gocv: %v", tags, reached)
		}
	}
}

func TestSimulationNeedsNoCgo(t *testing.T) {
	for path, p := range listPackages(t) {
		if !within(path, "roadloop/sim") || within(path, "roadloop/sim/gpu") {
			continue
		}
		if len(p.CgoFiles) > 0 {
			t.Errorf("%s uses cgo: %v", path, p.CgoFiles)
		}
		for _, dep := range p.Deps {
			if strings.HasPrefix(dep, "github.com/") || strings.HasPrefix(dep, "gorgonia.org") || strings.HasPrefix(dep, "gocv.io") {
				t.Errorf("%s reaches %s", path, dep)
			}
		}
	}
	cmd := exec.Command("go", "build", "./sim", "./sim/scene", "./sim/raster", "./sim/rig", "./scenarios", "./cmd/roadloop-replay")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("simulation and scenarios do not build for js/wasm: %v\n%s", err, out)
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for path, p := range listPackages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", path)
		}
	}
}

// The lines of the README's loop are those of the code.
func TestLoopOfTheReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var code []byte
	for _, name := range []string{"session.go", "stack.go"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		code = append(code, data...)
	}
	_, block, ok := strings.Cut(string(readme), "## The loop\n\n```go\n")
	if !ok {
		t.Fatal("the README has no loop")
	}
	block, _, _ = strings.Cut(block, "```")
	lines := strings.Split(strings.TrimSpace(block), "\n")
	if len(lines) < 7 {
		t.Errorf("%d lines", len(lines))
	}
	for _, line := range lines {
		line, _, _ = strings.Cut(line, "//")
		if line = strings.TrimSpace(line); !strings.Contains(string(code), line) {
			t.Errorf("no such line in the code: %s", line)
		}
	}
}
