package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"roadloop/drivers"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// driverFlags are the flags that name a driver.
type driverFlags struct {
	registry *drivers.Registry
	id       trace.DriverID // as the flags name it; see drivers.Registry.Resolve
	// perception is the flag of that name.
	perception *pflag.Flag
}

// register declares the flags.
func (f *driverFlags) register(fl *pflag.FlagSet) {
	f.registerDriver(fl, f.registry.Drivers(), "stack, or a reference driver of UN R157 that keeps its lane and brakes: cc, fsm, rss\nor reg157")
}

// registerReplaceable declares the flags for all but the reference drivers, which have no
// layers to replace.
func (f *driverFlags) registerReplaceable(fl *pflag.FlagSet) {
	f.registerDriver(fl, slices.DeleteFunc(f.registry.Drivers(), f.registry.IsReference), "stack")
}

// registerDriver declares the flags for drivers with the given names, and for policies. usage
// describes the built-in drivers.
func (f *driverFlags) registerDriver(fl *pflag.FlagSet, names []string, usage string) {
	own := slices.DeleteFunc(slices.Clone(names), f.registry.IsPolicy)
	policies := append([]string{"FILE.rlp"}, f.registry.Policies()...)
	usage += added(own, drivers.New().Drivers()) + ";\nor a trained policy: " + strings.Join(policies, ", ") + ".\nA policy knows all but camera frames from ground truth"
	f.id.Name = runner.Stack
	fl.Var(&checked[string]{&f.id.Name, "string", func(text string) (string, error) { return text, nil },
		func(text string) bool {
			return slices.Contains(names, text) || text != drivers.PolicyDriver && f.registry.IsPolicy(text)
		},
		"one of " + strings.Join(names, ", ") + ", or a policy, FILE.rlp"}, "driver", usage)
	f.registerPerception(fl)
	f.perception = fl.Lookup("perception")
}

func (f *driverFlags) registerPerception(fl *pflag.FlagSet) {
	choiceVar(fl, &f.id.Perception, "perception", runner.CNN, f.registry.Perceptions(),
		"cnn (network on camera frames), cnn-opencv (the same on OpenCV's DNN)\nor oracle (ground truth)"+added(f.registry.Perceptions(), drivers.New().Perceptions()))
	registerModel(fl, &f.id.Model)
}

// registerModel declares the flag that names a network.
func registerModel(fl *pflag.FlagSet, model *string) {
	fl.StringVar(model, "model", "", "network: a .rlm or .onnx `file`, or small (default the bundled network)")
}

// registerRecordedModel declares the flag that names the network or the policy of a trace.
func registerRecordedModel(fl *pflag.FlagSet, model *string) {
	fl.StringVar(model, "model", "", "network of the trace: a .rlm or .onnx `file`; or its policy, a .rlp file or a\nname as of --driver (default the bundled ones)")
}

// added returns the names that are not built in, for the end of a usage text.
func added(names, builtIn []string) string {
	names = slices.DeleteFunc(names, func(n string) bool { return slices.Contains(builtIn, n) })
	if len(names) == 0 {
		return ""
	}
	return "; this program adds " + strings.Join(names, ", ")
}

// check rejects a network for a perception that uses none, and both for a policy.
func (f *driverFlags) check() error {
	if f.registry.IsPolicy(f.id.Name) {
		switch {
		case f.perception != nil && f.perception.Changed:
			return fmt.Errorf("--perception %s has no effect: the policy %s has its own observations", f.id.Perception, f.id.Name)
		case f.id.Model != "":
			return fmt.Errorf("--model %s has no effect: the policy %s has its own network", f.id.Model, f.id.Name)
		}
		return nil
	}
	if f.id.Model != "" && !f.registry.UsesNetwork(f.id.Perception) {
		return fmt.Errorf("--model %s: --perception %s uses no network", f.id.Model, f.id.Perception)
	}
	return nil
}

// open opens the driver.
func (f *driverFlags) open() (runner.DriverFactory, error) { return f.registry.Open(f.id) }

// text returns the flags that repeat the driver, for a command line. It is "" for the stack
// with the bundled network.
func (f *driverFlags) text() string {
	var parts []string
	for _, flag := range []struct{ name, value, usual string }{
		{"driver", f.id.Name, runner.Stack}, {"perception", f.id.Perception, runner.CNN}, {"model", f.id.Model, ""},
	} {
		if flag.value != flag.usual {
			parts = append(parts, "--"+flag.name+" "+runner.ShellQuote(flag.value))
		}
	}
	return strings.Join(parts, " ")
}

// recordedDrivers returns a pool for the drivers of a trace. model, if not "", is the
// network or the policy of the trace. Without it, only bundled ones are known.
func recordedDrivers(r *drivers.Registry, h *trace.Header, model string) (*drivers.Pool, error) {
	if err := loadRecorded(r, h, model); err != nil {
		return nil, err
	}
	return r.NewPool(), nil
}

// loadRecorded loads the network or the policy of a trace.
func loadRecorded(r *drivers.Registry, h *trace.Header, model string) error {
	var sum string
	switch {
	case model != drivers.PolicyDriver && r.IsPolicy(model):
		p, err := r.Policy(model)
		if err != nil {
			return err
		}
		if h.Name != drivers.PolicyDriver { // that of a change of the driver
			return nil
		}
		sum = p.SHA256
	case model != "":
		n, err := r.Network(model)
		if err != nil {
			return err
		}
		sum = n.SHA256
	case h.Name == drivers.PolicyDriver:
		if _, err := r.Policy(h.Model); err != nil {
			return fmt.Errorf("%w: --model FILE.rlp", err)
		}
	}
	if sum != "" && h.Model != "" && sum != h.Model {
		return fmt.Errorf("the trace needs model %.12s, got %.12s", h.Model, sum)
	}
	return nil
}
