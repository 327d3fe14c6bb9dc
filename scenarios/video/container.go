package video

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// checkMP4 checks that an MP4 with one video track has all of its frames. FFmpeg does not
// report write errors: on a full disk the file ends early, and its index (moov), which is
// written last, is missing or refers to missing samples. See ISO/IEC 14496-12 for the
// boxes.
func checkMP4(path string, frames int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	var data int64 // bytes of samples in the file
	var sizes []uint32
	indexed := false
	err = boxes(f, 0, info.Size(), func(kind string, from, to int64) error {
		switch kind {
		case "mdat":
			data += to - from
		case "moov":
			indexed = true
			sizes, err = sampleSizes(f, from, to)
			return err
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case !indexed:
		return errors.New("the video has no index")
	case len(sizes) != frames:
		return fmt.Errorf("the video has %d of %d frames", len(sizes), frames)
	}
	var want int64
	for _, n := range sizes {
		want += int64(n)
	}
	if data < want {
		return fmt.Errorf("the video has %d of %d bytes", data, want)
	}
	return nil
}

// boxes calls visit for the boxes between two offsets of a file, with the begin and the
// end of their content. A box that extends beyond the end is an error.
func boxes(r io.ReaderAt, from, end int64, visit func(kind string, from, to int64) error) error {
	for from < end {
		var head [16]byte
		if _, err := r.ReadAt(head[:8], from); err != nil {
			return fmt.Errorf("a box at byte %d: %w", from, err)
		}
		size, content := int64(binary.BigEndian.Uint32(head[:])), from+8
		switch size {
		case 0: // it extends to the end
			size = end - from
		case 1: // its size follows in 64 bits
			if _, err := r.ReadAt(head[8:], from+8); err != nil {
				return fmt.Errorf("a box at byte %d: %w", from, err)
			}
			size, content = int64(binary.BigEndian.Uint64(head[8:])), from+16
		}
		kind := string(head[4:8])
		if size < content-from || size > end-from {
			return fmt.Errorf("box %q at byte %d has %d bytes, but %d are left", kind, from, size, end-from)
		}
		if err := visit(kind, content, from+size); err != nil {
			return err
		}
		from += size
	}
	return nil
}

// maxSamples limits the index, in frames.
const maxSamples = 1 << 26

// sampleSizes returns the sizes of the samples in the index of a file, B.
func sampleSizes(r io.ReaderAt, from, to int64) (sizes []uint32, err error) {
	var visit func(kind string, from, to int64) error
	visit = func(kind string, from, to int64) error {
		switch kind {
		case "trak", "mdia", "minf", "stbl":
			return boxes(r, from, to, visit)
		case "stsz": // version and flags, size of all samples or 0, count, sizes
			var head [12]byte
			if to-from < int64(len(head)) {
				return errors.New("the index of the video is truncated")
			}
			if _, err := r.ReadAt(head[:], from); err != nil {
				return err
			}
			same, n := binary.BigEndian.Uint32(head[4:]), int64(binary.BigEndian.Uint32(head[8:]))
			if n > maxSamples || same == 0 && to-from < int64(len(head))+4*n {
				return errors.New("the index of the video is truncated")
			}
			sizes = make([]uint32, n)
			for i := range sizes {
				sizes[i] = same
			}
			if same != 0 {
				return nil
			}
			return binary.Read(io.NewSectionReader(r, from+int64(len(head)), 4*n), binary.BigEndian, sizes)
		}
		return nil
	}
	err = boxes(r, from, to, visit)
	return sizes, err
}
