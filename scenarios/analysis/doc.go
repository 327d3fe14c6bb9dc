// Package analysis finds why cases fail and what differs between cases and between runs.
//
// # Layer attribution
//
// Explain attributes the failure of a case to layers. It drives the case again, forks it at
// several times before the failure, and replaces one layer of the driver after the other with
// ground truth. The cause is the layer, or else the smallest set of layers, with which the
// case passes. Layers are tried in the order of the data flow, first from the start of the
// case, then from later times. An early layer that helps only by chance rarely helps from two
// different times, and a late layer can compensate errors of earlier ones. Times are in
// seconds of the case.
//
// # Shrinking
//
// Shrink reduces a failing case to the parts that the failure needs: the fewest actors, the
// simplest weather, the shortest time, and parameters close to their values in the scenario
// without variation. The result fails with the same code and the same actor and is a scenario
// file. The search is delta debugging (Zeller and Hildebrandt, "Simplifying and isolating
// failure-inducing input", 2002): it removes smaller and smaller parts, and keeps a removal if
// the case still fails. It is deterministic.
//
// # Sensitivity
//
// ComputeSensitivity returns the effect of each varied parameter of a scenario, with all other
// parameters equal. On a grid, some cases differ in one parameter alone: for example, in the
// same scene and with the same noise, a pedestrian wears white instead of black. Such pairs
// are compared: whether the verdict flipped, how often and from what distance the pedestrian
// was tracked, and how close the ego came. This allows causal conclusions in a fairness audit,
// because the pairs differ in nothing else. The result is the sensitivity of this network in
// this renderer. It says nothing about real people or other detectors.
//
// # Comparison with a baseline
//
// A Baseline compares two results documents: the flipped verdicts, and the changes of every
// measure and score. Cases in both runs are compared in pairs, so that differences between
// cases do not hide differences between the runs. New and missing cases, and cases of changed
// scenarios, are listed but not compared. A run is reproducible, so a flip is real for its
// case. Confidence intervals and p-values show whether it also says something about similar
// cases. The comparison reports a sample that is too small for this. A Rule decides which
// cases fail a run, and so whether a change passes.
package analysis
