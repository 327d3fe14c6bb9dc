// Package mcaptest reads MCAP files for tests. It shares no code with package mcap, and
// checks what it reads: lengths, checksums, indices and counts.
package mcaptest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os/exec"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// Message is a message of a file, decoded with the schema in the file.
type Message struct {
	Topic, Type string
	Time        uint64 // ns
	JSON        []byte // by protojson
}

// reader reads a record.
type reader struct {
	b   []byte
	err error
}

func (r *reader) take(n uint64) []byte {
	if uint64(len(r.b)) < n {
		r.err = fmt.Errorf("%d bytes are missing", n-uint64(len(r.b)))
		r.b = nil
		return make([]byte, min(n, 8))
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u16() uint16   { return binary.LittleEndian.Uint16(r.take(2)) }
func (r *reader) u32() uint32   { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *reader) u64() uint64   { return binary.LittleEndian.Uint64(r.take(8)) }
func (r *reader) bytes() []byte { return r.take(uint64(r.u32())) }

type channel struct {
	topic, kind string
	message     protoreflect.MessageDescriptor
}

type file struct {
	data     []byte
	schemas  map[uint16]channel
	channels map[uint16]channel
	messages []Message
	chunks   int
	indexed  int // messages in indices
}

// Read returns the messages of a file in their order.
func Read(data []byte) ([]Message, error) {
	const magic = "\x89MCAP0\r\n"
	if len(data) < 2*len(magic) || !bytes.HasPrefix(data, []byte(magic)) || !bytes.HasSuffix(data, []byte(magic)) {
		return nil, fmt.Errorf("no MCAP file")
	}
	f := file{data: data, schemas: make(map[uint16]channel), channels: make(map[uint16]channel)}
	r := reader{b: data[len(magic) : len(data)-len(magic)]}
	var summary, statistics []byte
	for len(r.b) > 0 && r.err == nil {
		at := len(data) - len(magic) - len(r.b)
		code := r.take(1)[0]
		body := r.take(r.u64())
		var err error
		switch code {
		case 0x02:
			err = f.footer(body)
		case 0x06:
			err = f.chunk(body)
		case 0x07:
			in := reader{b: body}
			in.u16()
			f.indexed += len(in.bytes()) / 16
		case 0x08:
			err = f.chunkIndex(body)
		case 0x0b:
			statistics = body
		case 0x0f:
			in := reader{b: body}
			if sum := in.u32(); sum != crc32.ChecksumIEEE(data[:at]) {
				err = fmt.Errorf("checksum of the data")
			}
			summary = r.b
		}
		if err != nil {
			return nil, fmt.Errorf("record %#x at %d: %w", code, at, err)
		}
	}
	in := reader{b: statistics}
	if n := in.u64(); r.err != nil || summary == nil || n != uint64(len(f.messages)) || f.indexed != len(f.messages) {
		return nil, fmt.Errorf("%d messages, %d in indices, %d in the statistics: %v", len(f.messages), f.indexed, n, r.err)
	}
	return f.messages, nil
}

func (f *file) footer(body []byte) error {
	in := reader{b: body}
	start := in.u64()
	in.u64()
	end := len(f.data) - 8 - 4
	if sum := in.u32(); sum != crc32.ChecksumIEEE(f.data[start:end]) {
		return fmt.Errorf("checksum of the summary")
	}
	return in.err
}

// chunkIndex checks that an index points to a chunk.
func (f *file) chunkIndex(body []byte) error {
	in := reader{b: body}
	in.u64()
	in.u64()
	start, length := in.u64(), in.u64()
	if at := (reader{b: f.data[start:]}); at.take(1)[0] != 0x06 || at.u64()+9 != length {
		return fmt.Errorf("no chunk of %d bytes at %d", length, start)
	}
	f.chunks--
	return in.err
}

// chunk reads the records of a chunk.
func (f *file) chunk(body []byte) error {
	f.chunks++
	in := reader{b: body}
	in.u64()
	in.u64()
	size, sum := in.u64(), in.u32()
	if c := in.bytes(); len(c) > 0 {
		return fmt.Errorf("compression %q", c)
	}
	records := in.take(in.u64())
	if uint64(len(records)) != size || crc32.ChecksumIEEE(records) != sum {
		return fmt.Errorf("size or checksum of the chunk")
	}
	for r := (reader{b: records}); len(r.b) > 0; {
		code := r.take(1)[0]
		part := r.take(r.u64())
		if r.err != nil {
			return r.err
		}
		var err error
		switch code {
		case 0x03:
			err = f.schema(part)
		case 0x04:
			in := reader{b: part}
			id, c := in.u16(), f.schemas[in.u16()]
			c.topic = string(in.bytes())
			f.channels[id] = c
		case 0x05:
			err = f.message(part)
		}
		if err != nil {
			return fmt.Errorf("record %#x: %w", code, err)
		}
	}
	return in.err
}

func (f *file) schema(body []byte) error {
	in := reader{b: body}
	id, name, encoding, data := in.u16(), string(in.bytes()), string(in.bytes()), in.bytes()
	if encoding != "protobuf" || id == 0 {
		return fmt.Errorf("schema %d %s: encoding %q", id, name, encoding)
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(data, &set); err != nil {
		return err
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		return fmt.Errorf("schema %s: %w", name, err)
	}
	d, err := files.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return err
	}
	f.schemas[id] = channel{kind: name, message: d.(protoreflect.MessageDescriptor)}
	return nil
}

func (f *file) message(body []byte) error {
	in := reader{b: body}
	c, ok := f.channels[in.u16()]
	if !ok {
		return fmt.Errorf("message of an unknown channel")
	}
	in.u32()
	m := Message{Topic: c.topic, Type: c.kind, Time: in.u64()}
	in.u64()
	value := dynamicpb.NewMessage(c.message)
	if err := proto.Unmarshal(in.b, value); err != nil {
		return fmt.Errorf("%s: %w", c.topic, err)
	}
	if unknown := unknownFields(value); unknown {
		return fmt.Errorf("%s: a field is not in the schema", c.topic)
	}
	var err error
	m.JSON, err = protojson.MarshalOptions{UseProtoNames: true}.Marshal(value)
	f.messages = append(f.messages, m)
	return err
}

// unknownFields reports whether a message or one in it has fields without a schema.
func unknownFields(m protoreflect.Message) bool {
	unknown := len(m.GetUnknown()) > 0
	m.Range(func(d protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case d.Message() == nil:
		case d.IsList():
			for i := range v.List().Len() {
				unknown = unknown || unknownFields(v.List().Get(i).Message())
			}
		default:
			unknown = unknown || unknownFields(v.Message())
		}
		return true
	})
	return unknown
}

// Node reads a file with the npm packages @mcap/core and protobufjs, and returns a line of
// JSON for each message: topic, type, time in ns, and the message. modules is the folder
// node_modules, script the path of testdata/read.cjs.
func Node(modules, script, path string) ([]byte, error) {
	cmd := exec.Command("node", script, path)
	cmd.Env = append(cmd.Environ(), "NODE_PATH="+modules)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("node: %w\n%s", err, out)
	}
	return out, nil
}
