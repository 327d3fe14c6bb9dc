// Package clipboard is what text is copied to and pasted from: the clipboard of the
// display, so that other programs have it too, in the protocol of X11 itself, without
// libraries beside the program.
//
// It holds text alone. Where there is no X11, or where the display does not answer in
// time, text still goes from one place of the program to another.
package clipboard
