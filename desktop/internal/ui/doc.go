// Package ui is the toolkit of the window: an immediate-mode interface drawn
// through Ebitengine.
//
// All sizes are in points, which are pixels at a screen scale of 1, with x to the right
// and y down. A Canvas is a rectangle of the window with its own origin. Its shapes and
// glyphs are gathered into one list of triangles and drawn in a few calls. BenchmarkShapes
// compares that with Ebitengine's vector package, which renders every antialiased path with a
// stencil of its own and takes eight times as long. Input is the
// state of pointer, keys and gamepads in a frame, from devices or from a test. A widget
// is a function that is called in every frame: it reads the input, draws itself, and
// returns the user's action.
//
// Colors are those of Okabe and Ito (2008), which are distinguishable with any kind of
// color vision.
package ui
