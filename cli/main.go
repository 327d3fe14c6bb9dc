// Package cli is the command line: it drives scenarios headless, verifies traces, writes
// training data, and trains and evaluates the perception network. A program with drivers of
// its own passes them to Main.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"roadloop/drivers"
	"roadloop/perception/network"
)

// Exit codes.
const (
	exitOK          = 0
	exitFailed      = 1 // a case failed
	exitInput       = 2 // the input or the environment is wrong
	exitInterrupted = 130
)

// errFailed means that the command worked and a case failed.
var errFailed = errors.New("not all cases passed")

// Main runs the command line of the process with the drivers of a registry, and returns
// the exit code.
func Main(r *drivers.Registry) int { return runArgs(r, os.Args[1:], os.Stdout, os.Stderr) }

// runArgs runs a command line and returns its exit code.
func runArgs(r *drivers.Registry, args []string, stdout, stderr io.Writer) int {
	ctx, stop := withSignals(context.Background(), stderr)
	defer stop()
	out := &stdoutWriter{w: stdout}
	root := newRoot(r)
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "interrupted")
		return exitInterrupted
	case out.err != nil:
		err = fmt.Errorf("writing to stdout: %w", out.err)
	case err == nil:
		return exitOK
	case errors.Is(err, errFailed):
		return exitFailed
	}
	fmt.Fprintln(stderr, "roadloop:", err)
	return exitInput
}

func newRoot(r *drivers.Registry) *cobra.Command {
	root := &cobra.Command{
		Use:   "roadloop",
		Short: "A driving simulator that keeps perception in the loop",
		Long: `roadloop is a driving simulator that keeps perception in the loop. It renders the car's
camera, detects objects with a neural network, fuses detections with radar and lidar,
plans and drives on what was perceived, and judges the drive. The same scenario and
seed give the same bytes.

Results go to stdout, diagnostics to stderr. Exit codes:

  0    all cases passed
  1    a case failed, unpreventable ones included, unless --allow-unpreventable is given
  2    the input or the environment is wrong
  130  interrupted

The first Ctrl-C or SIGTERM completes the files being written and exits. The second one
exits immediately.`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	var isa string
	choiceVar(root.PersistentFlags(), &isa, "isa", "", []string{"avx2", "avx512", "avx512_bf16"}, "instruction set of the network: avx2, avx512 or avx512_bf16; pin it to get the\nsame bytes on all processors that have it")
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return network.PinISA(isa) }
	root.AddCommand(newRun(r), newTest(r), newMerge(), newFactors(), newList(), newVerify(r), newReplay(), newR157(), newExplain(r), newShrink(r), newMutate(r), newFilm(r), newData(r), newTrain(), newStudy(), newEval(r), newCard(), newDoctor(), newVersion())
	return root
}
