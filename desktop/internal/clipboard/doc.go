// Package clipboard copies and pastes text through the clipboard of the display, shared
// with other programs. It implements the X11 protocol without external libraries.
//
// It handles text only. Without X11, or if the display does not answer in time, the
// clipboard is limited to the program.
package clipboard
