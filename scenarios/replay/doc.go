// Package replay encodes and plays drives for the page of a report. It is the core of the
// WebAssembly program cmd/roadloop-replay, but runs on any platform.
//
// Data is what the page plays from above and plots. Positions are in the map frame in cm,
// headings in mrad, times in ticks, all as differences of successive values; data.js of the
// page decodes them.
//
// A Player re-simulates a drive and returns its Data, and images of any camera in it, rendered
// in software. It shows only the part of the drive that equals the recording.
package replay
