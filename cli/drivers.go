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
}

// register declares the flags.
func (f *driverFlags) register(fl *pflag.FlagSet) {
	choiceVar(fl, &f.id.Name, "driver", runner.Stack, f.registry.Drivers(),
		"stack, or a reference driver of UN R157 that keeps its lane and brakes: cc, fsm, rss\nor reg157"+added(f.registry.Drivers(), drivers.New().Drivers()))
	f.registerPerception(fl)
}

// registerLayered declares the flags for a driver with layers that can be replaced.
func (f *driverFlags) registerLayered(fl *pflag.FlagSet) {
	names := slices.DeleteFunc(f.registry.Drivers(), f.registry.IsReference)
	choiceVar(fl, &f.id.Name, "driver", runner.Stack, names, "a driver with layers: "+strings.Join(names, ", "))
	f.registerPerception(fl)
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

// added returns the names that are not built in, for the end of a usage text.
func added(names, builtIn []string) string {
	names = slices.DeleteFunc(names, func(n string) bool { return slices.Contains(builtIn, n) })
	if len(names) == 0 {
		return ""
	}
	return "; this program adds " + strings.Join(names, ", ")
}

// check rejects a network for a perception that uses none.
func (f *driverFlags) check() error {
	if f.id.Model != "" && !f.registry.UsesNetwork(f.id.Perception) {
		return fmt.Errorf("--model %s: --perception %s uses no network", f.id.Model, f.id.Perception)
	}
	return nil
}

// open opens the driver.
func (f *driverFlags) open() (runner.DriverFactory, error) { return f.registry.Open(f.id) }

// recordedDrivers returns a pool for the drivers of a trace. model, if not "", is the
// network of the trace. Without it, only bundled networks are known.
func recordedDrivers(r *drivers.Registry, h *trace.Header, model string) (*drivers.Pool, error) {
	if model != "" {
		n, err := r.Network(model)
		if err != nil {
			return nil, err
		}
		if h.Model != "" && n.SHA256 != h.Model {
			return nil, fmt.Errorf("the trace needs model %.12s, got %.12s", h.Model, n.SHA256)
		}
	}
	return r.NewPool(), nil
}
