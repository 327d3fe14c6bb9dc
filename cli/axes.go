package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"roadloop/perception/training/synth"
)

// axesFlags choose the axes of variation of simulated frames.
type axesFlags struct {
	names []string
	axes  []synth.Axis // of the names, once checked
	share float64      // of the maps that have each axis
}

// register declares the flags. standard is the usual choice.
func (f *axesFlags) register(fl *pflag.FlagSet, standard string) {
	axesVar(fl, &f.names, standard)
	floatVar(fl, &f.share, "axis-share", synth.DefaultAxisShare, "a number above 0 and ≤ 1", func(v float64) bool { return v > 0 && v <= 1 }, "share of the maps that have each of the --axes")
}

// axesVar declares the flag of the axes.
func axesVar(fl *pflag.FlagSet, p *[]string, standard string) {
	fl.StringSliceVar(p, "axes", []string{standard}, "`axes` of variation of the simulated frames: all, none, or a list of\n"+synth.AxisNames(synth.Axes()))
}

// check returns an error for an unknown axis and for a share without axes.
func (f *axesFlags) check(cmd *cobra.Command) (err error) {
	if f.axes, err = synth.ParseAxes(f.names); err != nil {
		return named("--axes", err)
	}
	if len(f.axes) == 0 {
		return refuseFlags(cmd, "has no effect with --axes none", "axis-share")
	}
	return nil
}

// chosen returns the fields of a stream.
func (f *axesFlags) chosen() (axes []synth.Axis, share float64) {
	if len(f.axes) > 0 && f.share < 1 {
		share = f.share
	}
	return f.axes, share
}
