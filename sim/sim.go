// Package sim is the simulated world: the ego vehicle, other road users,
// signals and their interactions, advanced in fixed steps of 10 ms.
//
// A Spec describes the start of a run and never changes. A World is the state
// of a run at one tick: plain data that Clone copies exactly. Positions are in
// the map frame in meters, angles in radians counter-clockwise, speeds in m/s;
// the origin of a vehicle is its rear axle on the ground.
//
// At each tick the ego follows its command, scripts fire, the other actors move,
// and then the ego's collisions and infractions are checked. Traffic drivers
// decide every tenth tick (0.1 s) on the state at that tick and hold their
// acceleration in between. Results do not depend on the wall clock, map order or
// goroutines. Random numbers come from streams of (seed, actor name, purpose).
//
// The package does not judge a run: it reports events, and package scenarios derives
// verdicts from them.
package sim
