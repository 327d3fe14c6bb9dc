// Package scene is the display list: what a camera can see at one moment, with
// class and instance ids, independent of who draws it. The software rasterizer
// (sim/raster) and the Ebitengine renderer (sim/gpu) draw the same list. Types
// only; sim/stage fills a list from a map and actors.
//
// World frame: x, y as in the map, z up from the road surface, meters.
package scene

// Class is the semantic class of a pixel.
type Class uint8

// Pixel classes.
const (
	Sky Class = iota
	Road
	Marking
	Sidewalk
	Terrain
	Building
	Vegetation
	Pole
	Barrier
	Car
	Truck
	Pedestrian
	Cyclist
	Cone
	SignalHead
	Ego
	NumClasses = iota
)
