// Package metrics holds the drive log of a run and computes metrics from it. Values are in SI
// units, poses, boxes and velocities in the map frame.
//
// # Drive log
//
// A DriveLog has at every decision the true world, the driver's belief, its plan and its
// command. Metrics, leaderboard scores, the replay and the attribution of failures read it.
//
// # Safety metrics
//
// ComputeSafety returns surrogate safety measures over time, comfort, collisions and their
// fault, and encounters with every other road user. Every metric over time has two values:
// one for the true world, and one for the driver's belief about itself and its tracks. Their
// difference, believed minus true, is the driver's error. NaN is an undefined value, such as
// the gap without a lead. Only fault is judged here; limits are the matter of a verdict.
//
// # Perception metrics
//
// ComputeDetection returns recall by distance and class, position and velocity errors, false
// tracks, and tracking quality. For each road user that the ego collided with, it reports
// since when it was in sight, since when it was tracked, and the error at the collision.
// Distances are between the centers of boxes on the ground, in m. A road user is in sight if
// it is within 60 m in any direction, as for the lidar, and a line of sight from the ego's
// center to its center or to one of its corners is free: no road user at least as tall and no
// building intersects it. The metrics do not depend on a sensor.
package metrics
