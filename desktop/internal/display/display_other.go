//go:build !(linux || freebsd || netbsd || openbsd)

// Package display ends the window's program if there is no display. On this system
// there is always one.
package display
