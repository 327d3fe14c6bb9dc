package imaging

import "math"

// Automatic exposure: the mean luma that it aims at, and the limits of its gain.
const (
	middleGray       = 112.0
	minGain, maxGain = .5, 2.2
)

// gain returns the factor of the automatic exposure for a picture.
func (p *Processor) gain(metering float64, rgb []byte) float64 {
	if metering == 0 {
		return 1
	}
	var sum int64
	for i := 0; i+2 < len(rgb); i += 3 {
		sum += int64(luma(rgb[i : i+3]))
	}
	mean := float64(sum)/float64(256*p.w*p.h) + 1
	return math.Max(minGain, math.Min(maxGain, 1+metering*(middleGray/mean-1)))
}

// expose applies vignetting, exposure, white balance and noise in one pass. A channel keeps
// its value if nothing changes it.
func (p *Processor) expose(c *Camera, seed uint64, rgb []byte) {
	gain := p.gain(c.Metering, rgb)
	factor := [3]int32{toFixed(gain * (1 + c.Red)), toFixed(gain), toFixed(gain * (1 + c.Blue))}
	if factor == [3]int32{unit, unit, unit} && c.Vignette == 0 && c.Noise == 0 && c.ChromaNoise == 0 {
		return
	}
	// Shot noise grows with the root of the signal; a part of it is read noise.
	var sigma [256]int32
	for v := range sigma {
		sigma[v] = int32(math.Round(c.Noise * 16 * math.Sqrt((float64(v)+24)/(112+24)) * math.Sqrt(gain)))
	}
	vignette := toFixed(c.Vignette)
	r2 := int32(p.w*p.w + p.h*p.h)
	state := uint32(seed) ^ uint32(seed>>32) | 1
	chroma := int32(math.Round(16 * c.ChromaNoise))
	for y := range p.h {
		dy := int32(2*y + 1 - p.h)
		tint := uint32(y/2)*0x9E3779B1 ^ uint32(seed) ^ uint32(seed>>32)
		for x := range p.w {
			dx := int32(2*x + 1 - p.w)
			fall := unit - int32(int64(vignette)*int64(dx*dx+dy*dy)/int64(r2))
			var blotch [3]int32
			if chroma > 0 {
				blotch = p.blotch(tint^uint32(x/2)*0x85EBCA77, chroma)
			}
			px := rgb[3*(y*p.w+x) : 3*(y*p.w+x)+3 : 3*(y*p.w+x)+3]
			for k := range px {
				v := int32(px[k]) * factor[k] / (unit / 16) // 4 fractional bits
				v = v * fall / unit
				if c.Noise > 0 {
					state ^= state << 13
					state ^= state >> 17
					state ^= state << 5
					v += sigma[px[k]] * p.gauss[state>>20] / unit
				}
				px[k] = clamp8((v + blotch[k] + 8) >> 4)
			}
		}
	}
}

// blotch returns the chroma noise of a block in colors, by a hash of its position.
func (p *Processor) blotch(h uint32, sigma int32) [3]int32 {
	h ^= h >> 15
	h *= 0x2C1B3C6D
	h ^= h >> 13
	cb, cr := sigma*p.gauss[h>>20]/unit, sigma*p.gauss[h&4095]/unit
	// ITU-R BT.601, in 1/256.
	return [3]int32{359 * cr / 256, (-88*cb - 183*cr) / 256, 454 * cb / 256}
}

// sharpen adds to every pixel a share of its difference from the mean of its four neighbors
// in luma.
func (p *Processor) sharpen(amount float64, rgb []byte) {
	for i := range p.luma {
		p.luma[i] = luma(rgb[3*i : 3*i+3])
	}
	k := toFixed(amount)
	for y := range p.h {
		up, down := max(y-1, 0)*p.w, min(y+1, p.h-1)*p.w
		for x := range p.w {
			i := y*p.w + x
			around := p.luma[up+x] + p.luma[down+x] + p.luma[y*p.w+max(x-1, 0)] + p.luma[y*p.w+min(x+1, p.w-1)]
			d := (4*p.luma[i] - around) / 1024 * k // in 1/unit levels
			d = (d + unit/2) >> 12
			px := rgb[3*i : 3*i+3 : 3*i+3]
			px[0], px[1], px[2] = clamp8(int32(px[0])+d), clamp8(int32(px[1])+d), clamp8(int32(px[2])+d)
		}
	}
}
