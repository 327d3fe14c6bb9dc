// Package timeline drives recorded drives again: with the driver, as a Timeline, or without
// it, as a Resim. Drives are deterministic to the byte: a decision that differs from the
// recorded one is an error.
//
// # Timeline
//
// Every past decision of a Timeline can be shown again, the drive can be forked at any
// decision, with or without a change, and two drives can be compared. Old frames are not
// stored but re-simulated from checkpoints, copies of the whole drive that are taken every
// few decisions. One goroutine at a time drives a Timeline. Others may read it concurrently.
//
// # Re-simulation
//
// The scenario and the driver's commands determine the world, and a trace has both. A Resim
// simulates the world again, without the driver, and compares its state at every decision
// with the hash in the trace. It returns no world that was not compared. It needs neither
// sensors nor networks and works in a web browser. A CommandLog is the part of a trace that
// it needs, in a few kilobytes.
package timeline
