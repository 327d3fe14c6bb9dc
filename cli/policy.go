package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"roadloop/drivers"
	"roadloop/policy/bundled"
	"roadloop/policy/tasks"
)

func newPolicy(r *drivers.Registry) *cobra.Command {
	all := tasks.All()
	cmd := &cobra.Command{
		Use:   "policy COMMAND",
		Short: "Train and evaluate driving policies",
		Long: `Train driving policies by reinforcement learning or imitation, record drives to imitate, and
measure policies on episodes that training never saw, together with baselines without
learning. These come with the program: ` + strings.Join(bundled.Names(), ", ") + `.`,
		Example: `  roadloop policy train highway-fast-v0 --out out/highway/1
  roadloop policy eval out/highway/*
  roadloop policy record drive-mixed-v0 --driver idm-mobil
  roadloop policy card out/highway/1 > highway.md
  roadloop policy improve out/highway/1 --out out/highway/improved`,
		Args: oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			return misused(cmd, "unknown command %q", args[0])
		},
	}
	cmd.AddCommand(newPolicyTrain(all), newPolicyEval(r, all), newPolicyCard(r, all), newPolicyImprove(all), newPolicyRecord(r, all))
	return cmd
}
