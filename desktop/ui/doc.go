// Package ui is the toolkit of the window: an immediate-mode interface drawn
// through Ebitengine.
//
// Everything is measured in points, which are pixels where the screen's scale is 1,
// with x to the right and y down. A Canvas is a rectangle of the window with its
// own origin; shapes and letters on it are gathered into one list of triangles and
// drawn in a few calls, whatever their number. Input is what pointer, keys and
// gamepads do in a frame, from devices or from a test. A widget is a function that
// is called in every frame: it reads the input, draws itself, and returns what was
// done with it.
//
// Colors are those of Okabe and Ito (2008), which differ for every kind of color
// vision.
package ui
