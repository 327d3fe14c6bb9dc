package drivers_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"roadloop"
	"roadloop/drivers"
	"roadloop/layertest"
	"roadloop/perception/network"
	"roadloop/policy"
	policydrive "roadloop/policy/drive"
	"roadloop/policy/policytest"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/timeline"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// writePolicy writes an untrained policy of the highway task, and returns the path and the bytes.
func writePolicy(t *testing.T, name string, change func(*policy.Spec)) (path string, data []byte) {
	t.Helper()
	spec := policytest.Spec(t, "drive-highway-v0")
	if change != nil {
		change(&spec)
	}
	data = policytest.Untrained(t, spec)
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, data
}

// A file, a registered policy, and the SHA-256 of either are the same driver.
func TestPolicyIsIdentifiedByItsFile(t *testing.T) {
	path, data := writePolicy(t, "p.rlp", nil)
	sum := sha256.Sum256(data)
	want := trace.DriverID{Name: drivers.PolicyDriver, Perception: "oracle", Model: hex.EncodeToString(sum[:]), ISA: network.ISA()}
	r, other := drivers.New(), drivers.New()
	other.RegisterPolicy("bold", data)
	if !slices.Contains(other.Drivers(), "bold") || !other.IsPolicy("bold") || r.IsPolicy("bold") || r.IsPolicy("stack") || !r.IsPolicy(path) {
		t.Errorf("drivers %v", other.Drivers())
	}
	for _, try := range []struct {
		r  *drivers.Registry
		id trace.DriverID
	}{
		{other, trace.DriverID{Name: "bold", Perception: "cnn", Model: drivers.Small}}, // the choices of a window
		{other, want},
		{r, trace.DriverID{Name: path, Perception: "cnn"}},
		{r, want}, // it was loaded before
		{r, trace.DriverID{Name: drivers.PolicyDriver, Model: path}},
	} {
		if id, err := try.r.Resolve(try.id); err != nil || id != want {
			t.Errorf("%+v: %+v, %v, want %+v", try.id, id, err, want)
		}
		if err := try.r.Check(try.id); err != nil {
			t.Errorf("%+v: %v", try.id, err)
		}
	}
	if _, err := drivers.New().Resolve(want); err == nil || !strings.Contains(err.Error(), "the policy "+want.Model[:12]+" is neither bundled nor loaded") {
		t.Errorf("a policy that is not here: %v", err)
	}
}

// A policy drives equally from a factory and from a pool, and conforms.
func TestPolicyDrives(t *testing.T) {
	path, _ := writePolicy(t, "p.RLP", nil)
	r := drivers.New()
	pool := r.NewPool()
	id := trace.DriverID{Name: path, Perception: "cnn"}
	alone, err := r.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	shared, err := pool.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := pool.Open(id); err != nil || again != shared {
		t.Errorf("the pool opened %v, %v, want the factory that it has", again, err)
	}
	want := drive(t, alone)
	if d, differ := trace.Compare(want, drive(t, shared)); differ {
		t.Error(d)
	}
	c := drivetest.Short(t, "cut-in", 3, 2).Drive
	c.Blind = true
	layertest.Driver(t, &c, func() (roadloop.Driver, error) {
		d, blind, err := alone.Driver(&c)
		if !blind {
			t.Error("a policy with ground truth has sensors")
		}
		return d, err
	})
	if err := alone.Close(); err != nil {
		t.Error(err)
	}
	if err := pool.Close(); err != nil {
		t.Error(err)
	}
}

// A policy that sees camera frames has a camera of its own, and decides on what it delivers.
func TestCameraPolicyDrives(t *testing.T) {
	r := drivers.New()
	r.RegisterPolicy("seeing", policytest.Untrained(t, policytest.Spec(t, "drive-camera-v0")))
	id, err := r.Resolve(trace.DriverID{Name: "seeing", Perception: "cnn"})
	if err != nil || id.Perception != drivers.CameraFrames {
		t.Fatalf("%+v, %v", id, err)
	}
	f, err := r.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	c := drivetest.Short(t, "cut-in", 3, .3).Drive
	c.Rig = c.Rig.Only("camera")
	d, blind, err := f.Driver(&c)
	if err != nil || blind || !slices.Equal(c.Rig.Names(), []string{"camera", "policy-camera-96"}) {
		t.Fatalf("blind %v, sensors %v, %v", blind, c.Rig.Names(), err)
	}
	c.Rig = c.Rig.Only("policy-camera-96")
	var seen []byte
	if _, err := roadloop.Drive(t.Context(), &c, d, func(s *roadloop.Step) bool {
		if s.Policy != nil {
			seen = s.Policy.Observation[0].Bytes
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 96*96*3 || slices.Max(seen)-slices.Min(seen) < 50 {
		t.Errorf("it saw %d bytes", len(seen))
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

// A policy that sees the perceived scene has the sensors of the case, and drives on what they
// deliver.
func TestPerceivingPolicyDrives(t *testing.T) {
	r := drivers.New()
	r.RegisterPolicy("perceiving", policytest.Untrained(t, policytest.Spec(t, "drive-perceived-v0")))
	id, err := r.Resolve(trace.DriverID{Name: "perceiving", Perception: "cnn"})
	if err != nil || id.Perception != drivers.PerceivedScene {
		t.Fatalf("%+v, %v", id, err)
	}
	f, err := r.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	c := drivetest.Short(t, "cut-in", 3, .5).Drive
	d, blind, err := f.Driver(&c)
	if err != nil || blind {
		t.Fatalf("blind %v, %v", blind, err)
	}
	var rows []float32
	if _, err := roadloop.Drive(t.Context(), &c, d, func(s *roadloop.Step) bool {
		rows = s.Policy.Observation[0].Floats
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if _, ok := policydrive.DecodeUser(rows, 1); !ok {
		t.Error("it perceived no road user")
	}
	c.Rig = c.Rig.Only("camera", "odometry")
	if _, _, err := f.Driver(&c); err == nil || !strings.Contains(err.Error(), "needs a GNSS receiver") {
		t.Errorf("without its position: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

// In one drive a policy takes over from the stack, is overridden by a human, and hands over
// to another policy. The trace repeats where both are known.
func TestHandoverToPolicy(t *testing.T) {
	path, _ := writePolicy(t, "p.rlp", nil)
	town := policytest.Untrained(t, policytest.Spec(t, "drive-town-v0"))
	known := func() *drivers.Registry {
		r := drivers.New()
		r.RegisterPolicy("town", town)
		return r
	}
	r := known()
	pool := r.NewPool()
	handover := func(name string) timeline.Handover {
		t.Helper()
		id, err := r.Resolve(trace.DriverID{Name: name, Perception: "oracle"})
		if err != nil {
			t.Fatal(err)
		}
		f, err := pool.Open(id)
		if err != nil {
			t.Fatal(err)
		}
		return timeline.Handover{DriverID: id, Factory: f}
	}
	first := handover("stack")
	d, err := timeline.New(drivetest.Plan(t, "exit/1"), first.Factory.Driver)
	if err != nil {
		t.Fatal(err)
	}
	d.SetDriverID(first.DriverID)
	until := func(n int, override *vehicle.Command) {
		t.Helper()
		for d.Len() < n {
			if _, err := d.Step(t.Context(), override); err != nil {
				t.Fatal(err)
			}
		}
	}
	until(31, nil)
	for _, name := range []string{path, "town"} {
		if d, err = d.Fork(t.Context(), d.Len(), handover(name)); err != nil {
			t.Fatal(err)
		}
		until(d.Len()+11, nil)
		until(d.Len()+5, &vehicle.Command{Accel: -2})
		until(d.Len()+7, nil)
	}
	for i, task := range map[int]string{30: "", 31: "drive-highway-v0", 53: "drive-highway-v0", 54: "drive-town-v0"} {
		v := d.StepAt(i).Policy
		if (v == nil) != (task == "") || v != nil && (v.Task != task || v.Time != d.StepAt(i).Time && v.Time != d.StepAt(i-1).Time) {
			t.Errorf("decision %d: %+v, want %q", i, v, task)
		}
	}
	recorded := d.Trace()
	other := known()
	if _, _, err := timeline.Verify(t.Context(), recorded, other.NewPool().Open); err == nil || !strings.Contains(err.Error(), "neither bundled nor loaded") {
		t.Errorf("without the file: %v", err)
	}
	if _, err := other.Policy(path); err != nil {
		t.Fatal(err)
	}
	if diff, differ, err := timeline.Verify(t.Context(), recorded, other.NewPool().Open); differ || err != nil {
		t.Errorf("%v, %v", diff, err)
	}
}

func TestPoliciesThatCannotDrive(t *testing.T) {
	for want, change := range map[string]func(*policy.Spec){
		"a policy of the task highway-fast-v0 cannot drive in the worlds of roadloop, only one of drive-highway-v0, ": func(s *policy.Spec) { s.Task = "highway-fast-v0" },
		"the policy needs 2 observations, drive-highway-v0 gives 3":                                                   func(s *policy.Spec) { s.Observation = s.Observation[:2] },
		"the policy needs the observation state box[9] -1..1, drive-highway-v0 gives state box[":                      func(s *policy.Spec) { s.Observation = slices.Clone(s.Observation); s.Observation[0].Shape = []int{9} },
		"the policy returns the action go box[3] -1..1, drive-highway-v0 takes ":                                      func(s *policy.Spec) { s.Action.Name, s.Action.Shape = "go", []int{3} },
		"the policy decides 5 times a second, drive-highway-v0 10 times":                                              func(s *policy.Spec) { s.Rate = 5 },
	} {
		path, data := writePolicy(t, "p.rlp", change)
		r := drivers.New()
		if _, err := r.Open(trace.DriverID{Name: path}); err == nil || !strings.Contains(err.Error(), path+": "+want) {
			t.Errorf("error %v, want %q", err, want)
		}
		r.RegisterPolicy("bold", data)
		if err := r.Check(trace.DriverID{Name: "bold"}); err == nil || !strings.Contains(err.Error(), "bold: "+want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	text := filepath.Join(t.TempDir(), "text.rlp")
	if err := os.WriteFile(text, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{text: "text.rlp: not a roadloop policy", "absent.rlp": "reading the policy: open absent.rlp: no such file"} {
		if err := drivers.New().Check(trace.DriverID{Name: path}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

// Every policy that comes with the program fits its task in this program, and drives.
func TestBundledPoliciesDrive(t *testing.T) {
	r := drivers.New()
	for _, name := range r.Policies() {
		f, err := r.Open(trace.DriverID{Name: name})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if out := drive(t, f); len(out.Records) != 10 {
			t.Errorf("%s: %d decisions in half a second", name, len(out.Records))
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A bundled policy of a task without roadloop's worlds is no driver, and the error says why.
// Policies are still found by their SHA-256.
func TestPolicyOfAnotherWorld(t *testing.T) {
	r := drivers.New()
	if slices.Contains(r.Drivers(), "highway-dqn") || !r.IsPolicy("highway-dqn") {
		t.Errorf("drivers %v", r.Drivers())
	}
	const want = "highway-dqn: a policy of the task highway-fast-v0 cannot drive in the worlds of roadloop"
	if err := r.Check(trace.DriverID{Name: "highway-dqn"}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one that says %q", err, want)
	}
	id, err := r.Resolve(trace.DriverID{Name: "state-ppo"})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := drivers.New().Resolve(id); err != nil || again != id {
		t.Errorf("%+v, %v, want %+v", again, err, id)
	}
}
