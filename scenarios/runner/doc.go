// Package runner drives the cases of scenarios and judges them.
//
// Compile makes the map, places the actors and returns a Spec, which is a case ready to drive,
// with its expectations. A CaseRun drives it step by step. Run drives many cases in parallel,
// and passes an Outcome for each: the verdict, the metrics, the scores, and whether a reference
// driver passes the case. Results is the published document of outcomes.
package runner
