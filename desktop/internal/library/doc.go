// Package library is the library screen of the window. It shows scenarios as
// thumbnails, filtered by family, tag and words, and the settings of the selected one.
//
// The screen drives nothing. It emits a Setup, and receives the result of the drive.
package library
