// Package mcap writes MCAP files, version 0: time-stamped messages of named channels, in
// chunks with indices, so that readers can seek (https://mcap.dev/spec). Chunks are not
// compressed: most of the data are compressed pictures. Equal messages give equal bytes.
package mcap

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"math"
	"slices"
)

// Opcodes of records.
const (
	opHeader byte = iota + 1
	opFooter
	opSchema
	opChannel
	opMessage
	opChunk
	opMessageIndex
	opChunkIndex
	_
	_
	opStatistics
	opMetadata
	opMetadataIndex
	opSummaryOffset
	opDataEnd
)

// magic begins and ends a file.
const magic = "\x89MCAP0\r\n"

// chunkSize is the size at which a chunk ends, bytes.
const chunkSize = 1 << 20

// Channel is a channel of a writer, from AddChannel.
type Channel uint16

// Writer writes a file. It is not safe for concurrent use.
type Writer struct {
	w      *bufio.Writer
	offset uint64 // of the next byte in the file
	crc    uint32 // of the data section
	err    error

	schemas  []record
	channels []record
	names    map[string]uint16 // schema id by name
	counts   map[Channel]uint64
	chunks   []chunkIndex
	metadata []metadataIndex
	first    uint64 // time of the first message, ns
	last     uint64

	chunk     record
	chunkFrom uint64 // times in the chunk
	chunkTo   uint64
	inChunk   map[Channel][]entry
}

// record is the content of a record or a part of it.
type record []byte

func (r *record) u8(v byte)    { *r = append(*r, v) }
func (r *record) u16(v uint16) { *r = binary.LittleEndian.AppendUint16(*r, v) }
func (r *record) u32(v uint32) { *r = binary.LittleEndian.AppendUint32(*r, v) }
func (r *record) u64(v uint64) { *r = binary.LittleEndian.AppendUint64(*r, v) }
func (r *record) text(s string) {
	r.u32(uint32(len(s)))
	*r = append(*r, s...)
}

// list appends a part with its length.
func (r *record) list(part record) {
	r.u32(uint32(len(part)))
	*r = append(*r, part...)
}

// op appends another record with its opcode and length.
func (r *record) op(code byte, content record) {
	r.u8(code)
	r.u64(uint64(len(content)))
	*r = append(*r, content...)
}

// entry is a message of a chunk: its time and its offset.
type entry struct{ time, offset uint64 }

type chunkIndex struct {
	from, to      uint64 // times
	start, length uint64 // of the chunk record in the file
	indices       map[Channel]uint64
	indexLength   uint64
	size          uint64
}

type metadataIndex struct {
	offset, length uint64
	name           string
}

// NewWriter returns a writer. library names the program in the file.
func NewWriter(w io.Writer, library string) *Writer {
	m := &Writer{
		w: bufio.NewWriterSize(w, 1<<16), names: make(map[string]uint16), counts: make(map[Channel]uint64),
		first: math.MaxUint64, inChunk: make(map[Channel][]entry),
	}
	m.write([]byte(magic))
	var r record
	r.text("") // profile
	r.text(library)
	m.op(opHeader, r)
	return m
}

// write writes bytes of the file and keeps the first error.
func (m *Writer) write(b []byte) {
	if m.err != nil {
		return
	}
	_, m.err = m.w.Write(b)
	m.offset += uint64(len(b))
	m.crc = crc32.Update(m.crc, crc32.IEEETable, b)
}

// op writes a record.
func (m *Writer) op(code byte, content record) {
	head := record{code}
	head.u64(uint64(len(content)))
	m.write(head)
	m.write(content)
}

// AddChannel adds a channel of protobuf messages: a topic, the full name of the message
// type, and a serialized FileDescriptorSet with that type and all types that it uses. Call
// it before the first message of the channel.
func (m *Writer) AddChannel(topic, message string, descriptors []byte) (Channel, error) {
	id, ok := m.names[message]
	if !ok {
		id = uint16(len(m.schemas) + 1)
		m.names[message] = id
		var s record
		s.u16(id)
		s.text(message)
		s.text("protobuf")
		s.list(descriptors)
		m.schemas = append(m.schemas, s)
		m.chunk.op(opSchema, s)
	}
	if len(m.channels) >= math.MaxUint16 {
		return 0, fmt.Errorf("adding the channel %s: too many channels", topic)
	}
	var c record
	c.u16(uint16(len(m.channels)))
	c.u16(id)
	c.text(topic)
	c.text("protobuf")
	c.list(nil)
	m.channels = append(m.channels, c)
	m.chunk.op(opChannel, c)
	return Channel(len(m.channels) - 1), nil
}

// Write writes a message with a time in ns.
func (m *Writer) Write(c Channel, time uint64, message []byte) error {
	if int(c) >= len(m.channels) {
		return fmt.Errorf("writing a message: there is no channel %d", c)
	}
	if len(m.inChunk) == 0 {
		m.chunkFrom, m.chunkTo = time, time
	}
	m.chunkFrom, m.chunkTo = min(m.chunkFrom, time), max(m.chunkTo, time)
	m.first, m.last = min(m.first, time), max(m.last, time)
	m.inChunk[c] = append(m.inChunk[c], entry{time, uint64(len(m.chunk))})
	var r record
	r.u16(uint16(c))
	r.u32(uint32(m.counts[c]))
	r.u64(time) // of the log
	r.u64(time) // of publication
	m.counts[c]++
	m.chunk.u8(opMessage)
	m.chunk.u64(uint64(len(r) + len(message)))
	m.chunk = append(append(m.chunk, r...), message...)
	if len(m.chunk) >= chunkSize {
		m.endChunk()
	}
	return m.err
}

// WriteMetadata writes a record of names and values.
func (m *Writer) WriteMetadata(name string, values map[string]string) error {
	m.endChunk()
	var r, pairs record
	for _, k := range slices.Sorted(maps.Keys(values)) {
		pairs.text(k)
		pairs.text(values[k])
	}
	r.text(name)
	r.list(pairs)
	start := m.offset
	m.op(opMetadata, r)
	m.metadata = append(m.metadata, metadataIndex{start, m.offset - start, name})
	return m.err
}

// endChunk writes the chunk and its indices.
func (m *Writer) endChunk() {
	if len(m.chunk) == 0 {
		return
	}
	if len(m.inChunk) == 0 {
		m.chunkFrom, m.chunkTo = 0, 0
	}
	index := chunkIndex{from: m.chunkFrom, to: m.chunkTo, start: m.offset, indices: make(map[Channel]uint64), size: uint64(len(m.chunk))}
	var head record
	head.u64(index.from)
	head.u64(index.to)
	head.u64(index.size)
	head.u32(crc32.ChecksumIEEE(m.chunk))
	head.text("") // no compression
	head.u64(index.size)
	op := record{opChunk}
	op.u64(uint64(len(head)) + index.size)
	m.write(op)
	m.write(head)
	m.write(m.chunk)
	index.length = m.offset - index.start
	for _, c := range slices.Sorted(maps.Keys(m.inChunk)) {
		index.indices[c] = m.offset
		entries := m.inChunk[c]
		slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.time, b.time) })
		var r, list record
		for _, e := range entries {
			list.u64(e.time)
			list.u64(e.offset)
		}
		r.u16(uint16(c))
		r.list(list)
		m.op(opMessageIndex, r)
	}
	index.indexLength = m.offset - index.start - index.length
	m.chunks = append(m.chunks, index)
	m.chunk = m.chunk[:0]
	clear(m.inChunk)
}

// Close writes the summary and the end of the file. It does not close the underlying
// writer.
func (m *Writer) Close() error {
	m.endChunk()
	var end record
	end.u32(m.crc)
	m.op(opDataEnd, end)
	summary := m.offset
	m.crc = 0 // from here on that of the summary
	var offsets record
	group := func(code byte, write func()) {
		start := m.offset
		write()
		if m.offset == start {
			return
		}
		var r record
		r.u8(code)
		r.u64(start)
		r.u64(m.offset - start)
		offsets.op(opSummaryOffset, r)
	}
	group(opSchema, func() { m.ops(opSchema, m.schemas) })
	group(opChannel, func() { m.ops(opChannel, m.channels) })
	group(opStatistics, func() { m.op(opStatistics, m.statistics()) })
	group(opChunkIndex, func() {
		for i := range m.chunks {
			m.op(opChunkIndex, m.chunks[i].record())
		}
	})
	group(opMetadataIndex, func() {
		for _, x := range m.metadata {
			var r record
			r.u64(x.offset)
			r.u64(x.length)
			r.text(x.name)
			m.op(opMetadataIndex, r)
		}
	})
	offsetStart := m.offset
	m.write(offsets)
	// The checksum of the summary includes the footer up to the checksum.
	footer := record{opFooter}
	footer.u64(8 + 8 + 4)
	footer.u64(summary)
	footer.u64(offsetStart)
	m.write(footer)
	var sum record
	sum.u32(m.crc)
	m.write(sum)
	m.write([]byte(magic))
	return errors.Join(m.err, m.w.Flush())
}

func (m *Writer) ops(code byte, list []record) {
	for _, r := range list {
		m.op(code, r)
	}
}

func (m *Writer) statistics() record {
	var r, counts record
	messages := uint64(0)
	for _, c := range slices.Sorted(maps.Keys(m.counts)) {
		counts.u16(uint16(c))
		counts.u64(m.counts[c])
		messages += m.counts[c]
	}
	first := m.first
	if messages == 0 {
		first = 0
	}
	r.u64(messages)
	r.u16(uint16(len(m.schemas)))
	r.u32(uint32(len(m.channels)))
	r.u32(0) // attachments
	r.u32(uint32(len(m.metadata)))
	r.u32(uint32(len(m.chunks)))
	r.u64(first)
	r.u64(m.last)
	r.list(counts)
	return r
}

func (x *chunkIndex) record() (r record) {
	var offsets record
	for _, c := range slices.Sorted(maps.Keys(x.indices)) {
		offsets.u16(uint16(c))
		offsets.u64(x.indices[c])
	}
	r.u64(x.from)
	r.u64(x.to)
	r.u64(x.start)
	r.u64(x.length)
	r.list(offsets)
	r.u64(x.indexLength)
	r.text("") // no compression
	r.u64(x.size)
	r.u64(x.size)
	return r
}
