package network

// kind is the operation of a layer.
type kind uint8

const (
	convNorm kind = iota // convolution, batch normalization, ReLU unless linear
	upConcat             // nearest upsampling ×2 of the first input, concatenated with the second; feeds only a 1×1 convNorm
	addReLU              // sum of both inputs, then ReLU; the first input is the previous layer, which has no other reader
	maxPool              // maximum over k×k
	avgPool              // average over k×k
	head                 // convolution with bias
)

// layer is a layer of the network. Layer 0 is the image.
type layer struct {
	name    string
	kind    kind
	in      [2]int // input layers; the second only for upConcat and addReLU
	k       int    // kernel size
	stride  int
	groups  int  // of channels in a convolution
	linear  bool // no ReLU after the normalization
	c, h, w int  // of its output
}

// learned reports whether a layer has weights.
func (l *layer) learned() bool { return l.kind == head || l.kind == convNorm && l.k > 0 }

// layers returns the architecture.
func (c *Config) layers() []layer {
	b := architecture{{name: "image", c: 3, h: c.Height, w: c.Width}}
	if c.Block == Depthwise {
		b.separable(c)
	} else {
		b.plain(c)
	}
	b.conv("heads", b.last(), c.Channels(), 1, 1)
	b[b.last()].kind = head
	return b
}

// architecture builds a list of layers.
type architecture []layer

// plain adds an encoder of 3×3 convolutions and a decoder that merges its strides.
func (a *architecture) plain(c *Config) {
	w := c.Widths
	a.conv("stem", 0, w[0], 3, 2)
	s4 := a.conv("down4", 1, w[1], 3, 2)
	a.conv("down8", s4, w[2], 3, 2)
	s8 := a.conv("stage8", a.last(), w[2], 3, 1)
	a.conv("down16", s8, w[3], 3, 2)
	s16 := a.conv("stage16", a.last(), w[3], 3, 1)
	a.conv("down32", s16, w[4], 3, 2)
	s32 := a.conv("stage32", a.last(), w[4], 3, 1)
	a.decoder(c, [4]int{s4, s8, s16, s32})
	a.conv("trunk", a.last(), w[5], 3, 1)
}

// separable adds the same network with depthwise-separable convolutions (Howard et
// al. 2017) in residual blocks (He et al. 2016), with more of them at the cheap
// strides.
func (a *architecture) separable(c *Config) {
	w := c.Widths
	a.conv("stem", 0, w[0], 3, 2)
	s4 := a.pair("down4", a.last(), w[1], 2)
	a.pair("down8", s4, w[2], 2)
	s8 := a.residual("stage8", a.last())
	a.halve("down16", s8, w[3])
	a.residual("stage16.a", a.last())
	s16 := a.residual("stage16.b", a.last())
	a.halve("down32", s16, w[4])
	a.residual("stage32.a", a.last())
	s32 := a.context("stage32.c", a.residual("stage32.b", a.last()))
	a.decoder(c, [4]int{s4, s8, s16, s32})
	a.residual("trunk", a.last())
}

// decoder merges the strides 32, 16, 8 and 4.
func (a *architecture) decoder(c *Config, s [4]int) {
	w := c.Widths
	a.up("join16", s[3], s[2])
	a.conv("merge16", a.last(), w[3], 1, 1)
	a.up("join8", a.last(), s[1])
	a.conv("merge8", a.last(), w[2], 1, 1)
	a.up("join4", a.last(), s[0])
	a.conv("merge4", a.last(), w[5], 1, 1)
}

func (a *architecture) last() int { return len(*a) - 1 }

func (a *architecture) conv(name string, in, channels, k, stride int) int {
	x := &(*a)[in]
	*a = append(*a, layer{name: name, kind: convNorm, in: [2]int{in}, k: k, stride: stride, groups: 1,
		c: channels, h: (x.h-1)/stride + 1, w: (x.w-1)/stride + 1})
	return a.last()
}

func (a *architecture) up(name string, low, skip int) {
	l, s := &(*a)[low], &(*a)[skip]
	*a = append(*a, layer{name: name, kind: upConcat, in: [2]int{low, skip}, c: l.c + s.c, h: s.h, w: s.w})
}

// pair adds a depthwise 3×3 and a pointwise convolution.
func (a *architecture) pair(name string, in, channels, stride int) int {
	d := a.conv(name+".depth", in, (*a)[in].c, 3, stride)
	(*a)[d].groups = (*a)[d].c
	return a.conv(name+".point", d, channels, 1, 1)
}

// residual adds a pair with a residual connection.
func (a *architecture) residual(name string, in int) int {
	p := a.pair(name, in, (*a)[in].c, 1)
	return a.add(name, p, in)
}

// halve adds a pair of stride 2 with a shortcut of 2×2 averages (He et al. 2019,
// ResNet-D).
func (a *architecture) halve(name string, in, channels int) int {
	p := a.pool(name+".pool", avgPool, in, 2, 2)
	short := a.conv(name+".short", p, channels, 1, 1)
	(*a)[short].linear = true
	return a.add(name, a.pair(name, in, channels, 2), short)
}

// context adds features of a 5×5 max pooling to its input.
func (a *architecture) context(name string, in int) int {
	p := a.pool(name+".pool", maxPool, in, 5, 1)
	return a.add(name, a.conv(name+".point", p, (*a)[in].c, 1, 1), in)
}

func (a *architecture) pool(name string, k kind, in, size, stride int) int {
	x := &(*a)[in]
	*a = append(*a, layer{name: name, kind: k, in: [2]int{in}, k: size, stride: stride,
		c: x.c, h: (x.h-1)/stride + 1, w: (x.w-1)/stride + 1})
	return a.last()
}

// add adds the sum of a convolution, which becomes linear, and a shortcut.
func (a *architecture) add(name string, conv, shortcut int) int {
	l := &(*a)[conv]
	l.linear = true
	*a = append(*a, layer{name: name, kind: addReLU, in: [2]int{conv, shortcut}, c: l.c, h: l.h, w: l.w})
	return a.last()
}

// MACs returns the multiplications of a forward pass for one image, with convolutions
// counted by definition.
func (c *Config) MACs() int {
	n := 0
	layers := c.layers()
	for _, l := range layers {
		if l.learned() {
			n += l.h * l.w * l.c * layers[l.in[0]].c / l.groups * l.k * l.k
		}
	}
	return n
}
