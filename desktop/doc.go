// Package desktop is the program with the window. It drives a scenario, shows what the car
// perceives and how it decides, and supports manual control, rewind and what-if branches. A
// program with drivers of its own passes them to Main. Without a display, a program that
// imports this package ends with advice before main.
//
// A drive runs in separate goroutines at its own pace. The window draws the newest
// step, and interpolates the world until the next one. Neither waits for the other.
package desktop
