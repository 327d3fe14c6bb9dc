// Package desktop is the window. It drives a scenario, shows what the car perceives and
// how it decides, and supports manual control, rewind and what-if branches.
//
// A drive runs in separate goroutines at its own pace. The window draws the newest
// step, and interpolates the world until the next one. Neither waits for the other.
package desktop
