package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"roadloop/drivers"
	"roadloop/policy/evaluate"
	"roadloop/policy/experiment"
	"roadloop/policy/tasks"
)

type policyCardFlags struct {
	policyEvalFlags
	report, name string
}

func newPolicyCard(r *drivers.Registry, all tasks.Registry) *cobra.Command {
	f := policyCardFlags{policyEvalFlags: policyEvalFlags{registry: r, tasks: all}}
	cmd := &cobra.Command{
		Use:   "card POLICY",
		Short: "Write the model card of a policy",
		Long: `Write the model card of a policy to standard output, as Markdown: its task with the traffic
in it, what it observes and how it acts, its network and recipe, its results beside the
baselines, its limits, and the commands that repeat it. POLICY is a file, the folder of a
training run, or a name as in policy eval. The results are those of --eval, or of an evaluation like that of policy eval,
which takes the same flags.`,
		Example: `  roadloop policy card out/policy > policy.md
  roadloop policy eval out/highway/* --json > eval.json
  roadloop policy card out/highway/1 --eval eval.json > highway.md`,
		Args: oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.report != "" {
				if err := refuseFlags(cmd, "has no effect with --eval", "episodes", "seed", "workers", "stack", "stack-episodes", "task"); err != nil {
					return err
				}
			}
			return f.run(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f.register(cmd.Flags())
	cmd.Flags().StringVar(&f.report, "eval", "", "take the results from this `file`, written by policy eval --json")
	cmd.Flags().StringVar(&f.name, "name", "", "name on the card (default POLICY)")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print JSON instead of Markdown")
	return cmd
}

func (f *policyCardFlags) run(ctx context.Context, paths []string, out, stderr io.Writer) error {
	policies, err := f.open(ctx, paths)
	if err != nil {
		return err
	}
	defer closePolicies(policies)
	task, err := f.tasks.Find(policies[0].Spec.Task)
	if err != nil {
		return fmt.Errorf("%s: %w", policies[0].path, err)
	}
	var report *evaluate.Report
	if f.report == "" {
		report, err = f.evaluate(ctx, policies, stderr)
	} else if report, err = await(ctx, func() (*evaluate.Report, error) { return evaluate.ReadReport(f.report) }); err != nil {
		err = named("--eval", err)
	}
	if err != nil {
		return err
	}
	card, err := experiment.NewCard(cmp.Or(f.name, paths[0]), task.Description, policies[0].Policy, report)
	if err != nil {
		return err
	}
	if f.asJSON {
		return printJSON(out, card)
	}
	return card.Write(out)
}
