// Package roadloop closes the loop of driving with perception in it: a world
// makes sensor messages, a driver perceives, predicts, plans, controls and
// guards on nothing but those, and the world moves on under its command.
//
// The loop is [Drive]; a [Session] runs it step by step; the modular driver inside it is
// [Stack]. Package trace records a hash of every layer at every decision, so that a run
// repeats to the same bytes or names the first layer and time that differ. Package oracle
// puts ground truth in place of a layer, and the run says so.
//
// Time is virtual: physics steps of 10 ms, a decision every 50 ms. Nothing reads
// the wall clock, and a case with the same seed gives the same bytes.
package roadloop
