package serve

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"runtime"

	"roadloop/policy"
)

// array describes an array of results within the bytes that follow each reset and step.
type array struct {
	Name string `json:"name"`
	// Type is that of NumPy: "<f8", "<f4" or "|u1".
	Type   string `json:"type"`
	Shape  []int  `json:"shape"`
	Offset int    `json:"offset"` // bytes, a multiple of 8
}

// layout returns the arrays of n environments, and the size of all in bytes. The last
// observations of episodes are the last arrays, so that they can be left out.
func layout(spec *policy.Spec, n int, final bool) (arrays []array, size int) {
	add := func(name, kind string, bytes int, shape ...int) {
		arrays = append(arrays, array{name, kind, shape, size})
		for _, d := range shape {
			bytes *= d
		}
		size += aligned(bytes)
	}
	observation := func(prefix string) {
		for i := range spec.Observation {
			s := &spec.Observation[i]
			shape := append([]int{n}, s.Shape...)
			if s.Kind == policy.Image {
				add(prefix+s.Name, "|u1", 1, shape...)
			} else {
				add(prefix+s.Name, "<f4", 4, shape...)
			}
		}
	}
	add("reward", "<f8", 8, n)
	add("measures", "<f8", 8, n, len(spec.Measures))
	add("terminated", "|u1", 1, n)
	add("truncated", "|u1", 1, n)
	observation("observation/")
	if final {
		observation("final/")
	}
	return arrays, size
}

func aligned(n int) int { return (n + 7) &^ 7 }

// appendResults appends the arrays of a vector in the order of layout. The last
// observations are left out if no episode ended.
func appendResults(buf []byte, v *policy.Vector) []byte {
	start := len(buf)
	align := func() { // layout counts from the start of the arrays
		for (len(buf)-start)%8 != 0 {
			buf = append(buf, 0)
		}
	}
	ended := false
	for i := range v.Results {
		buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(v.Results[i].Reward))
		ended = ended || v.Results[i].Done()
	}
	for _, m := range v.Measures {
		buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(m))
	}
	for i := range v.Results {
		buf = append(buf, flag(v.Results[i].Terminated))
	}
	align()
	for i := range v.Results {
		buf = append(buf, flag(v.Results[i].Truncated))
	}
	align()
	observations := func(arrays []policy.Array) {
		for i := range arrays {
			buf = append(buf, arrays[i].Bytes...)
			for _, f := range arrays[i].Floats {
				buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(f))
			}
			align()
		}
	}
	observations(v.Obs)
	if ended {
		observations(v.Final)
	}
	return buf
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// newMemory returns a new file of the given size in a folder; "" is /dev/shm, or the folder
// of temporary files on systems without it.
func newMemory(folder string, size int) (*os.File, error) {
	if folder == "" {
		folder = os.TempDir()
		if info, err := os.Stat("/dev/shm"); runtime.GOOS == "linux" && err == nil && info.IsDir() {
			folder = "/dev/shm"
		}
	}
	f, err := os.CreateTemp(folder, "roadloop-*")
	if err != nil {
		return nil, fmt.Errorf("shared memory: %w", err)
	}
	// Zeros take the room now: if memory is full, this fails here, and not in the client.
	if _, err := f.Write(make([]byte, size)); err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, fmt.Errorf("shared memory of %d bytes: %w", size, err)
	}
	return f, nil
}
