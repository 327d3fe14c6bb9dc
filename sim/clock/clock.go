// Package clock defines the virtual time of a run: an integer count of 10 ms
// physics steps. A run never reads the wall clock.
package clock

import (
	"fmt"
	"math"
)

// Tick counts physics steps since the start of a run.
type Tick int64

const (
	// Step is the length of one Tick in seconds.
	Step = 0.01
	// PerSecond is the number of Ticks in a second.
	PerSecond Tick = 100
	// DriverPeriod is the time between two decisions of a driver: 50 ms, 20 Hz.
	DriverPeriod Tick = 5
)

// Seconds returns t in seconds.
func (t Tick) Seconds() float64 { return float64(t) / float64(PerSecond) }

// String formats t in seconds with two decimals, such as "6.35 s".
func (t Tick) String() string { return fmt.Sprintf("%.2f s", t.Seconds()) }

// FromSeconds returns the Tick nearest to s seconds.
func FromSeconds(s float64) Tick { return Tick(math.Round(s * float64(PerSecond))) }
