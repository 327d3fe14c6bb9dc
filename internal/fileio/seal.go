package fileio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// ErrNotSealed and ErrDamaged are returned by Unseal.
var (
	ErrNotSealed = errors.New("the first line is that of another kind of file, or of another version")
	ErrDamaged   = errors.New("damaged or cut short: the checksum does not match")
)

// Seal returns a line that names kind and version of a file, the body, and the CRC-32
// (IEEE) of both as a little-endian uint32.
func Seal(line string, body []byte) []byte {
	b := append([]byte(line), body...)
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// Unseal returns the body of sealed data.
func Unseal(line string, data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte(line)) {
		return nil, ErrNotSealed
	}
	n := len(data) - 4
	if n < len(line) || crc32.ChecksumIEEE(data[:n]) != binary.LittleEndian.Uint32(data[n:]) {
		return nil, ErrDamaged
	}
	return data[len(line):n], nil
}
