// Package scene is the display list: what a camera can see at one moment, with
// class and instance ids, independent of who draws it. The software rasterizer
// (sim/raster) and the Ebitengine renderer (sim/gpu) draw the same list. It
// holds types only; sim/stage fills a list from a map and actors.
//
// World frame: x, y as in the map, z up from the road surface, meters. Colors
// are sRGB components from 0 to 1 of the surface in white light.
package scene

import (
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

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
	NumClasses = iota
)

// MarkID tells markings apart in the marking channel; 0 is none.
type MarkID uint8

// Kinds of paint on the road.
const (
	NoMark MarkID = iota
	LaneLine
	StopLine
	Zebra
)

// FirstSignal is the instance id of signal 0. The instance id of an actor is its
// actor.ID plus 1; 0 is none.
const FirstSignal = 20000

// Vec3 is a point or direction in the world or model frame, m.
type Vec3 struct{ X, Y, Z float32 }

// RGB is a color, components 0 to 1.
type RGB [3]float32

// Texture is the pattern of a face, which renderers make up from world positions.
type Texture uint8

// Textures.
const (
	Plain Texture = iota
	Asphalt
	Pavement
	Grass
	Foliage
	Facade // wall with rows of windows
	Glass
	Paint // worn paint on the road
)

// Slot says where the color of a face comes from: its own, or one of the colors
// of the instance.
type Slot uint8

// Color slots.
const (
	Own Slot = iota
	First
	Second
	Third
)

// Lamp is a light source on a model, lit when the instance's Lamps has its bit.
type Lamp uint8

// Lamps.
const (
	BrakeLamp Lamp = 1 << iota
	TailLamp
	HeadLamp
	LeftLamp
	RightLamp
	RedLamp
	AmberLamp
	GreenLamp
)

// Material is how a face looks.
type Material struct {
	Color   RGB
	Slot    Slot
	Texture Texture
	Class   Class
	Mark    MarkID
	Wear    float32 // of Paint: fraction that is gone
	Lamp    Lamp    // shines when lit
}

// Face is a convex planar polygon: N vertices from First in Mesh.Index,
// counter-clockwise seen from the side of its normal.
type Face struct {
	First, N uint16
	Mat      uint8 // index into Mesh.Materials
	Normal   Vec3  // unit length
}

// Mesh is a set of faces. It never changes once it is built.
type Mesh struct {
	Verts     []Vec3
	Index     []uint16
	Faces     []Face
	Materials []Material
	Center    Vec3    // of the bounding sphere
	Radius    float32 // m
}

// Instance is a mesh in the world, turned about the vertical.
type Instance struct {
	Mesh   *Mesh
	Pos    Vec3
	Yaw    float64
	Scale  Vec3 // factors along the mesh's axes
	Colors [3]RGB
	Lamps  Lamp
	ID     uint16 // for the instance channel
	// Shadow is the size of the box that casts the instance's shadow, m; zero casts none.
	Shadow Vec3
}

// Glow is the halo of a shining lamp.
type Glow struct {
	Pos       Vec3
	Color     RGB
	Radius    float32 // of the lamp, m
	Intensity float32
}

// View is the camera in the world.
type View struct {
	Cal  *sensor.Camera
	Ego  geom.Pose // rear axle of the vehicle that carries it
	Time clock.Tick
	// Exposure scales brightness; 0 stands for 1. Noise is the standard deviation
	// of the image noise in 8-bit steps, drawn from NoiseSeed.
	Exposure  float64
	Noise     float64
	NoiseSeed uint64
}

// List is everything to draw. Its slices are reused from frame to frame.
type List struct {
	View       View
	Conditions Conditions
	// Ground lies flat on z = 0 and is painted in order, each over the one before;
	// where nothing is painted there is grass.
	Ground []*Mesh
	// Static meshes are in world coordinates.
	Static    []*Mesh
	Instances []Instance
	Glows     []Glow
	// Shadows are the corners of convex shadows on the ground, ShadowEnds the end
	// of each in it.
	Shadows    []geom.Vec
	ShadowEnds []int
	// Lamps are street lamps that shine at night, at the height of the light.
	Lamps []Vec3
}
