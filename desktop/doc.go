// Package desktop is the window: the program that drives a scenario, shows what the
// car sees and why it decides, lets whoever sits before it take the wheel, wind back,
// change one thing and look again.
//
// A drive runs in goroutines of its own at its own pace; the window draws the newest
// decision of it, and the world as it goes on until the next. Neither waits for the other.
package desktop
