//go:build !(linux || freebsd || netbsd || openbsd)

// Package display ends the window's program where there is no display. On this system
// there always is one.
package display
