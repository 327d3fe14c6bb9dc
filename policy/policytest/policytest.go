// Package policytest makes small policies for tests.
package policytest

import (
	"testing"

	"roadloop/policy"
	"roadloop/policy/drive"
	"roadloop/policy/learn"
)

// Untrained returns the file of a policy that was never trained: small, but valid.
func Untrained(t testing.TB, spec policy.Spec) []byte {
	t.Helper()
	envs, err := policy.NewVector(1, 1, policy.Manual, func() (policy.Env, error) { return &unused{spec}, nil })
	if err != nil {
		t.Fatal(err)
	}
	defer envs.Close()
	c := learn.DefaultPPO(16)
	c.Rollout, c.Batch, c.Replicas, c.SetHidden, c.Hidden = 16, 16, 1, []int{8}, []int{8}
	p, err := learn.NewPPO(c, envs)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	data, err := p.Policy().Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Spec returns the description of a task over roadloop's worlds.
func Spec(t testing.TB, task string) policy.Spec {
	t.Helper()
	c, err := drive.FindTask(task)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := drive.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return *opened.Spec()
}

// unused is an environment that is described, but not driven.
type unused struct{ spec policy.Spec }

func (u *unused) Spec() *policy.Spec                      { return &u.spec }
func (*unused) Reset(uint64) error                        { return nil }
func (*unused) Step([]float32) (r policy.Result, _ error) { return r, nil }
func (*unused) Observe([]policy.Array)                    {}
func (*unused) Measure([]float64)                         {}
