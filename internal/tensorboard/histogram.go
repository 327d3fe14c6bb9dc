package tensorboard

import (
	"math"
	"sort"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers of HistogramProto.
const (
	histogramMin, histogramMax, histogramCount, histogramSum = 1, 2, 3, 4
	histogramSquares, histogramLimits, histogramBuckets      = 5, 6, 7
)

// limits are the upper ends of the buckets that TensorFlow uses: powers of 1.1
// from 1e-12 to 1e20, their negatives, and 0 between.
var limits = bucketLimits()

func bucketLimits() []float64 {
	var up []float64
	for v := 1e-12; v < 1e20; v *= 1.1 {
		up = append(up, v)
	}
	up = append(up, math.MaxFloat64)
	var out []float64
	for i := len(up) - 1; i >= 0; i-- {
		out = append(out, -up[i])
	}
	return append(append(out, 0), up...)
}

// Histogram records the distribution of values. NaN values are skipped.
func (w *Writer) Histogram(tag string, step int64, values []float32) error {
	counts := make([]float64, len(limits))
	lo, hi := math.Inf(1), math.Inf(-1)
	n, sum, squares := 0.0, 0.0, 0.0
	for _, f := range values {
		v := float64(f)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		lo, hi = math.Min(lo, v), math.Max(hi, v)
		n, sum, squares = n+1, sum+v, squares+v*v
		counts[sort.Search(len(limits)-1, func(i int) bool { return limits[i] > v })]++
	}
	if n == 0 {
		lo, hi = 0, 0
	}
	var h []byte
	for _, f := range []struct {
		field protowire.Number
		v     float64
	}{{histogramMin, lo}, {histogramMax, hi}, {histogramCount, n}, {histogramSum, sum}, {histogramSquares, squares}} {
		h = double(h, f.field, f.v)
	}
	ends, buckets := trimEmptyBuckets(counts)
	h = doubles(h, histogramLimits, ends)
	h = doubles(h, histogramBuckets, buckets)
	return w.summary(step, message(text(nil, valueTag, tag), valueHistogram, h))
}

// trimEmptyBuckets drops the empty buckets at both ends, except one each, and merges
// runs of empty ones.
func trimEmptyBuckets(counts []float64) (ends, buckets []float64) {
	first, last := len(counts), -1
	for i, c := range counts {
		if c > 0 {
			first, last = min(first, i), i
		}
	}
	for i := max(first-1, 0); i <= min(last+1, len(counts)-1); i++ {
		if n := len(buckets); n > 1 && counts[i] == 0 && buckets[n-1] == 0 {
			ends[n-1] = limits[i]
			continue
		}
		ends, buckets = append(ends, limits[i]), append(buckets, counts[i])
	}
	return ends, buckets
}

// doubles appends a packed list.
func doubles(b []byte, field protowire.Number, list []float64) []byte {
	var packed []byte
	for _, v := range list {
		packed = protowire.AppendFixed64(packed, math.Float64bits(v))
	}
	return message(b, field, packed)
}
