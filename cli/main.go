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
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"roadloop/drivers"
	"roadloop/internal/spelling"
	"roadloop/perception/network"
	"roadloop/scenarios/runner"
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
// the exit code. Help, errors and the commands that repeat a case have the name of the
// program, os.Args[0] without folders.
func Main(r *drivers.Registry) int {
	program := strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe")
	return runArgs(r, program, os.Args[1:], os.Stdout, os.Stderr)
}

// runArgs runs a command line of a program and returns its exit code.
func runArgs(r *drivers.Registry, program string, args []string, stdout, stderr io.Writer) int {
	ctx, stop := withSignals(context.Background(), stderr)
	defer stop()
	out := &stdoutWriter{w: stdout}
	root := newRoot(r, program, out)
	root.SetArgs(args)
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
	fmt.Fprintf(stderr, "%s: %v\n", program, err)
	return exitInput
}

func newRoot(r *drivers.Registry, program string, stdout io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   program,
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
	root.AddCommand(newRun(r), newTest(r), newMerge(), newFactors(), newList(), newVerify(r), newReplay(), newR157(), newExplain(r), newShrink(r), newMutate(r), newFilm(r), newData(r), newTrain(), newStudy(), newEval(r), newDetect(r), newExport(r), newPolicy(r), newCard(), newServe(), newDoctor(), newVersion())
	root.SetFlagErrorFunc(suggestFlag)
	root.SetOut(stdout) // addCompletion reads it
	addHelp(root)
	addCompletion(root)
	if program != runner.Program {
		rename(root, program)
	}
	return root
}

// suggestFlag adds the flag with a similar name to the error about an unknown flag.
func suggestFlag(cmd *cobra.Command, err error) error {
	unknown := new(pflag.NotExistError)
	if !errors.As(err, &unknown) {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if similar := spelling.Closest(unknown.GetSpecifiedName(), names); similar != "" {
		return fmt.Errorf("%w; did you mean --%s?", err, similar)
	}
	return err
}

// addHelp adds the help command, which rejects unknown commands.
func addHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help, _, _ := root.Find([]string{"help"})
	help.Use, help.Short, help.Long = "help [COMMAND]", "Show the help of a command", ""
	help.Example = "  roadloop help run"
	help.RunE = func(_ *cobra.Command, args []string) error {
		cmd, rest, err := root.Find(args)
		if err != nil {
			return err
		}
		if len(rest) > 0 {
			return fmt.Errorf("unknown command %q for %q", rest[0], cmd.CommandPath())
		}
		cmd.InitDefaultHelpFlag()
		return cmd.Help()
	}
}

// addCompletion adds the completion command, which rejects unknown shells.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	completion, _, _ := root.Find([]string{"completion"})
	var shells []string
	for _, c := range completion.Commands() {
		c.Args = noArgs
		shells = append(shells, c.Name())
	}
	completion.Use, completion.Short, completion.Long = "completion SHELL", "Print a completion script for a shell", ""
	completion.Example = "  source <(roadloop completion bash)"
	completion.Args = oneArg
	completion.RunE = func(_ *cobra.Command, args []string) error {
		return fmt.Errorf("unknown shell %q: must be one of %s", args[0], strings.Join(shells, ", "))
	}
}

// rename puts the name of another program into the commands that the help texts name.
func rename(root *cobra.Command, program string) {
	var names []string
	for _, c := range root.Commands() {
		names = append(names, runner.Program+" "+c.Name(), program+" "+c.Name())
	}
	renamed := strings.NewReplacer(names...)
	renameTexts(root.Commands(), renamed)
}

func renameTexts(commands []*cobra.Command, renamed *strings.Replacer) {
	for _, c := range commands {
		c.Long, c.Example = renamed.Replace(c.Long), renamed.Replace(c.Example)
		c.Flags().VisitAll(func(f *pflag.Flag) { f.Usage = renamed.Replace(f.Usage) })
		renameTexts(c.Commands(), renamed)
	}
}
