//go:build !(linux || freebsd || netbsd || openbsd)

// Package display ends a program that needs a display where there is none. On this
// system there always is one.
package display
