//go:build goexperiment.simd && amd64

package raster

import (
	"math"
	"simd/archsimd"
)

// constant is a vector of equal values in memory. A load is faster than a broadcast.
type constant [lanes]float32

func constantOf(v float32) (c constant) {
	for i := range c {
		c[i] = v
	}
	return c
}

// get returns the vector.
func (c *constant) get() floats { return archsimd.LoadFloat32x8((*[lanes]float32)(c)) }

// Constants of the vector form by their value or name: k1p6 is 1.6.
var (
	kminus1      = constantOf(-1)
	kminus0p5    = constantOf(-0.5)
	k0           = constantOf(0)
	kTiny        = constantOf(1e-6)
	k0p006       = constantOf(0.006)
	k0p01        = constantOf(0.01)
	k0p012       = constantOf(0.012)
	k0p02        = constantOf(0.02)
	k0p04        = constantOf(0.04)
	k0p05        = constantOf(0.05)
	k0p08        = constantOf(0.08)
	k0p12        = constantOf(0.12)
	k0p15        = constantOf(0.15)
	k0p2         = constantOf(0.2)
	k0p25        = constantOf(0.25)
	k0p28        = constantOf(0.28)
	k0p3         = constantOf(0.3)
	k0p33        = constantOf(0.33)
	k0p35        = constantOf(0.35)
	k0p38        = constantOf(0.38)
	k0p45        = constantOf(0.45)
	k0p5         = constantOf(0.5)
	k0p55        = constantOf(0.55)
	k0p6         = constantOf(0.6)
	k0p62        = constantOf(0.62)
	k0p69        = constantOf(0.69)
	k0p72        = constantOf(0.72)
	k0p74        = constantOf(0.74)
	k0p78        = constantOf(0.78)
	k0p8         = constantOf(0.8)
	k0p84        = constantOf(0.84)
	k0p85        = constantOf(0.85)
	k0p9         = constantOf(0.9)
	k0p95        = constantOf(0.95)
	k1           = constantOf(1)
	k1p15        = constantOf(1.15)
	k1p18        = constantOf(1.18)
	k1p3         = constantOf(1.3)
	k1p6         = constantOf(1.6)
	k1p7         = constantOf(1.7)
	k2           = constantOf(2)
	k2p6         = constantOf(2.6)
	k3           = constantOf(3)
	k3p1         = constantOf(3.1)
	k5p5         = constantOf(5.5)
	k6           = constantOf(6)
	k7           = constantOf(7)
	k9           = constantOf(9)
	k10          = constantOf(10)
	k11          = constantOf(11)
	k12          = constantOf(12)
	k14          = constantOf(14)
	k23          = constantOf(23)
	k25          = constantOf(25)
	k120         = constantOf(120)
	k650         = constantOf(650)
	k8           = constantOf(lanes)
	kAboveKnee   = constantOf(1 - knee)
	kExp1        = constantOf(exp1)
	kExp2        = constantOf(exp2)
	kExp3        = constantOf(exp3)
	kExp4        = constantOf(exp4)
	kFar         = constantOf(far)
	kHighestHill = constantOf(highestHill)
	kHorizon     = constantOf(horizon)
	kKnee        = constantOf(knee)
	kLampCell    = constantOf(lampCell)
	kLampReach2  = constantOf(lampReach2)
	kLevels      = constantOf(255 * 65536)
	kLog2E       = constantOf(math.Log2E)
	kMinusFar    = constantOf(-far)
	kNear        = constantOf(Near)
	kThickest    = constantOf(thickest)
)
