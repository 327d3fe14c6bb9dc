// Package roadloop closes the loop of driving with perception in it: a world makes sensor
// messages; a driver perceives, predicts, plans, controls and guards with these messages
// alone; and the world advances under its command.
//
// The loop is [Drive]; a [Session] runs it step by step; the modular driver inside it is
// [Stack]. Package trace records a hash of every layer at every decision: a comparison of two
// traces finds the first layer and time that differ. Package oracle puts ground truth in
// place of a layer; results name it.
//
// Time is virtual: physics steps of 10 ms, a decision every 50 ms. Nothing reads
// the wall clock, and a case with the same seed gives the same bytes.
package roadloop
