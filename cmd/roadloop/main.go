// Command roadloop drives scenarios headless, checks traces, makes training
// frames, and trains and judges the perception network.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"roadloop/perception/network"
)

// Exit codes.
const (
	exitOK          = 0
	exitFailed      = 1 // a case failed
	exitInput       = 2 // the input or the environment is wrong
	exitInterrupted = 130
)

// errFailed is returned where everything worked and a case failed.
var errFailed = errors.New("not all cases passed")

func main() { os.Exit(execute(os.Args[1:], os.Stdout, os.Stderr)) }

// execute runs a command line and returns its exit code.
func execute(args []string, stdout, stderr io.Writer) int {
	ctx, stop := withSignals(context.Background(), stderr)
	defer stop()
	out := &stdoutWriter{w: stdout}
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "interrupted")
		return exitInterrupted
	case out.err != nil:
		err = fmt.Errorf("writing to standard output: %w", out.err)
	case err == nil:
		return exitOK
	case errors.Is(err, errFailed):
		return exitFailed
	}
	fmt.Fprintln(stderr, "roadloop:", err)
	return exitInput
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "roadloop",
		Short: "A driving simulator that keeps perception in the loop",
		Long: `roadloop renders what a car's camera sees, lets a neural network read it, fuses
that with radar and lidar, plans and drives on what was perceived, and judges the
drive. The same scenario and seed give the same bytes.

Exit codes: 0 all passed, 1 a case failed, 2 the input or the environment is wrong,
130 interrupted. A case that no known driver passes fails like any other, unless
--allow-unpreventable is given. Results go to stdout, diagnostics to stderr. The first
Ctrl-C or SIGTERM ends a command when what it writes is whole, a second one at once.`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	var isa string
	choiceVar(root.PersistentFlags(), &isa, "isa", "", []string{"avx2", "avx512", "avx512_bf16"}, "pin the network's arithmetic to avx2, avx512 or avx512_bf16, so that\nprocessors with and without newer instructions compute the same bytes")
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return network.PinISA(isa) }
	root.AddCommand(newRun(), newTest(), newMerge(), newFactors(), newList(), newVerify(), newReplay(), newR157(), newExplain(), newShrink(), newMutate(), newFilm(), newData(), newTrain(), newStudy(), newEval(), newCard(), newDoctor(), newVersion())
	return root
}
