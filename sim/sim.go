// Package sim is the world: the ego vehicle, other road users, signals, and
// what happens between them, advanced in fixed steps of 10 ms.
//
// A Spec says how a run begins and never changes; a World is the run at one
// moment, plain data that copies exactly. Positions are in the map frame in
// meters, angles in radians counter-clockwise, speeds in m/s; the origin of a
// vehicle is its rear axle on the ground.
//
// Each tick the ego follows its command, scripts fire, everyone else moves, and
// then collisions and violations of the ego are judged. Drivers decide every
// tenth tick (0.1 s) on the state at that tick and hold their acceleration in
// between. Nothing depends on wall clock, map order or goroutines; random numbers
// come from streams of (seed, actor name, purpose).
//
// The package refuses to judge a run: it reports events, scenarios make verdicts.
package sim
