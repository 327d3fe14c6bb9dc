// Package tensorboard writes event files for TensorBoard: scalars, histograms, images
// and the graph of a network. A file is a sequence of TFRecords, each an Event
// message of TensorFlow's event.proto; summary.proto and graph.proto define the
// nested messages.
//
// The files are for display only: roadloop does not read them, and their event times
// are from the wall clock.
package tensorboard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers of Event, SessionLog and Summary.
const (
	eventTime, eventStep, eventVersion, eventGraph = 1, 2, 3, 4
	eventSummary, eventSession                     = 5, 7
	sessionStatus, sessionStart                    = 1, 1
	summaryValue, valueTag                         = 1, 1
	valueScalar, valueImage, valueHistogram        = 2, 4, 5
)

// Writer appends events to a file. It is not safe for concurrent use.
type Writer struct {
	file *os.File
	now  func() time.Time
}

// Create creates a new event file in dir, which must exist. The file begins with a
// session start at step: TensorBoard then drops the events of earlier files in the
// same folder from that step. A resumed training repeats these steps, also if it
// resumes at step 0, before its first checkpoint. (EventAccumulator purges only at
// session starts, since files of version 2 disable its check of the step order.)
func Create(dir string, step int64) (*Writer, error) { return create(dir, step, time.Now) }

func create(dir string, step int64, now func() time.Time) (*Writer, error) {
	// TensorBoard reads the files of a folder in the order of their names.
	name := fmt.Sprintf("events.out.tfevents.%010d.roadloop.%d", now().Unix(), step)
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("event file: %w", err)
	}
	w := &Writer{f, now}
	version := protowire.AppendTag(nil, eventVersion, protowire.BytesType)
	err = w.event(0, protowire.AppendString(version, "brain.Event:2"))
	if err == nil {
		start := number(nil, sessionStatus, sessionStart)
		err = w.event(step, message(nil, eventSession, start))
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return w, nil
}

// Close closes the file.
func (w *Writer) Close() error {
	if err := w.file.Close(); err != nil {
		return fmt.Errorf("event file: %w", err)
	}
	return nil
}

// event writes an event with the given further fields as one record.
func (w *Writer) event(step int64, fields []byte) error {
	var e []byte
	e = double(e, eventTime, float64(w.now().UnixNano())/1e9)
	e = number(e, eventStep, uint64(step))
	e = append(e, fields...)
	if _, err := w.file.Write(record(e)); err != nil {
		return fmt.Errorf("event file: %w", err)
	}
	return nil
}

// summary writes an event with one value of a summary.
func (w *Writer) summary(step int64, value []byte) error {
	return w.event(step, message(nil, eventSummary, message(nil, summaryValue, value)))
}

// Scalar records a number.
func (w *Writer) Scalar(tag string, step int64, v float64) error {
	value := text(nil, valueTag, tag)
	value = protowire.AppendTag(value, valueScalar, protowire.Fixed32Type)
	return w.summary(step, protowire.AppendFixed32(value, math.Float32bits(float32(v))))
}

// castagnoli is the CRC table of TFRecord checksums.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// record encodes data as a TFRecord: length, checksum of the length, data, checksum
// of the data, all little-endian.
func record(data []byte) []byte {
	out := binary.LittleEndian.AppendUint64(make([]byte, 0, len(data)+16), uint64(len(data)))
	out = binary.LittleEndian.AppendUint32(out, maskedChecksum(out))
	out = append(out, data...)
	return binary.LittleEndian.AppendUint32(out, maskedChecksum(data))
}

// maskedChecksum returns the checksum as TFRecords store it: rotated and offset, so
// that the checksum of data that contains checksums stays useful.
func maskedChecksum(data []byte) uint32 {
	c := crc32.Checksum(data, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}

func number(b []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}

func double(b []byte, field protowire.Number, v float64) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(b, field, protowire.Fixed64Type), math.Float64bits(v))
}

func text(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

func message(b []byte, field protowire.Number, m []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), m)
}
