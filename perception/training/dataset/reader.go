package dataset

import (
	"context"
	"fmt"
	"path/filepath"

	"roadloop/internal/fileio"
	"roadloop/internal/imagefile"
	"roadloop/perception/camera"
	"roadloop/perception/network"
	"roadloop/perception/training"
	"roadloop/perception/training/synth"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/raster"
	"roadloop/sim/rng"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Reader reads the frames of a set, resampled to the camera of a network. It implements
// eval.Frames, as *synth.Generator does. It is not safe for concurrent use.
type Reader struct {
	set     *Set
	config  network.Config
	encoder *synth.Encoder
	cache   *Cache // of views; nil if pictures are read
	image   raster.Image
	classes []scene.Class
	objects []label.Object
	camera  sensor.Camera
	picture synth.Picture
}

// Reader returns a reader for a network.
func (s *Set) Reader(c network.Config) (*Reader, error) {
	if err := c.CheckSize(); err != nil {
		return nil, err
	}
	return &Reader{
		set: s, config: c, encoder: synth.NewEncoder(&c),
		image:   raster.Image{Width: c.Width, Height: c.Height, RGB: make([]byte, 3*c.Width*c.Height)},
		classes: make([]scene.Class, c.Width*c.Height),
	}, nil
}

// Len returns the number of frames.
func (r *Reader) Len() int { return r.set.Len() }

// Frame reads frame i, from 0. The frame belongs to the reader and is overwritten by
// the next call. It has no map, and Lacks lists its missing labels.
func (r *Reader) Frame(i int64) (*synth.Frame, error) {
	if i < 0 || i >= int64(r.Len()) {
		return nil, fmt.Errorf("%s: there is no frame %d, it has %d", r.set.dir, i, r.Len())
	}
	sm := &r.set.samples[i]
	if err := r.view(sm); err != nil {
		return nil, fmt.Errorf("%s: %w", sm.picture, err)
	}
	p := &r.picture
	if err := r.pixels(sm); err != nil {
		return nil, err
	}
	r.image.Class = nil
	if sm.drivable != nil {
		r.image.Class = r.classes
		viewClasses(r.classes, p.View, sm.drivable, sm.camera.Width/network.Stride)
	}
	p.ID, p.Name, p.Labels = sm.id, filepath.Base(sm.picture), sm.labels
	p.Objects, p.Areas, p.Regions, p.KITTI = sm.objects, sm.areas, sm.regionsAt, r.set.origin(sm).format == KITTI
	r.objects = append(r.objects[:0], sm.objects...)
	turn := p.Camera.Mount.Yaw - p.View.To.Mount.Yaw
	for k := range r.objects {
		viewObject(p.View, &r.objects[k])
		if turn != 0 { // headings are relative to the axis of the camera
			r.objects[k].Heading = geom.WrapAngle(r.objects[k].Heading + turn)
		}
	}
	r.camera = p.View.To
	return &synth.Frame{
		Image: &r.image, Objects: r.objects, Lanes: sm.lanes, Hidden: sm.hidden, NoLanes: sm.noLanes,
		Camera: &r.camera, Actual: &r.camera, Conditions: sm.conditions, Ignore: sm.lacks, Picture: p,
	}, nil
}

// pixels fills the image with the view of a sample's picture. The picture itself is left
// empty if the cache of the reader has the view.
func (r *Reader) pixels(sm *sample) error {
	p := &r.picture
	data, err := fileio.ReadRegular(sm.picture)
	if err != nil {
		return fmt.Errorf("picture: %w", err)
	}
	var key string
	if r.cache != nil {
		key = cacheKey(data, p.View)
		if r.cache.get(key, r.image.RGB) {
			p.RGB = p.RGB[:0]
			return nil
		}
	}
	picture, err := decodePicture(sm.picture, data, sm.camera.Width, sm.camera.Height)
	if err != nil {
		return err
	}
	p.RGB = imagefile.RGB(p.RGB, picture)
	if err := p.View.Resample(r.image.RGB, p.RGB); err != nil {
		return err
	}
	if r.cache != nil {
		r.cache.put(key, r.image.RGB)
	}
	return nil
}

// view sets the camera of a sample's picture and its view for the network.
func (r *Reader) view(sm *sample) error {
	p := &r.picture
	c := sm.resolved
	if p.View != nil && p.Camera == c {
		return nil
	}
	p.Camera = c
	to, native := c.Native(r.config.Width, r.config.Height)
	if !native {
		to = c.Target(r.config.Width, r.config.Height, 1, 0)
	}
	var err error
	p.View, err = camera.NewView(c, to)
	return err
}

// Encode writes a frame as input and target of the network.
func (r *Reader) Encode(f *synth.Frame, image, target []float32) { r.encoder.Encode(f, image, target) }

// Source is a set as training source. It repeats all frames in a new order in each
// pass.
type Source struct {
	Set     *Set
	Config  network.Config
	Seed    uint64
	Augment synth.Augmentation
	Cache   *Cache // of decoded pictures; nil for none
}

var _ training.Source = Source{}

// order is the name of the random streams of sources.
const order = "data"

// Filler returns a function that fills batches: batch b of n frames starts at
// position b·n. Each goroutine needs its own.
func (s Source) Filler() (training.Filler, error) {
	r, err := s.Set.Reader(s.Config)
	if err != nil {
		return nil, err
	}
	r.cache = s.Cache
	deck := synth.Sampler{Seed: s.Seed, Name: order, Frames: int64(s.Set.Len())}
	look := synth.NewAugmenter(s.Augment)
	size, target := int64(s.Config.ImageSize()), int64(s.Config.TargetSize())
	return func(ctx context.Context, index int64, dst *training.Batch) error {
		n := int64(len(dst.Images)) / size
		for k := range n {
			if err := ctx.Err(); err != nil {
				return err
			}
			f, err := r.Frame(deck.Frame(index*n + k))
			if err != nil {
				return err
			}
			noise := rng.New(s.Seed, fmt.Sprintf("%s/%d", order, index*n+k), "augment")
			look.Apply(&noise, f.Image.RGB, f.Image.Width)
			r.Encode(f, dst.Images[k*size:(k+1)*size], dst.Targets[k*target:(k+1)*target])
		}
		return nil
	}, nil
}
