package foxglove_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	"roadloop/internal/foxglove"
	"roadloop/internal/mcap"
	"roadloop/internal/mcap/mcaptest"
)

const ns = 1_250_000_000

// sample is one message of each type, with the JSON that it must decode to.
var sample = []struct {
	name string
	data []byte
	want string
}{
	{"CompressedImage", foxglove.CompressedImage(ns, "front", "png", []byte{1, 2, 3}),
		`{"timestamp":"1.250s","data":"AQID","format":"png","frame_id":"front"}`},
	{"CameraCalibration", (&foxglove.CameraCalibration{Width: 320, Height: 192, Fx: 250, Fy: 251, Cx: 159.5, Cy: 87.5, Distortion: [5]float64{-.1, .01}}).Message(ns, "front"),
		`{"timestamp":"1.250s","frame_id":"front","width":320,"height":192,"distortion_model":"plumb_bob","D":[-0.1,0.01,0,0,0],
		"K":[250,0,159.5,0,251,87.5,0,0,1],"R":[1,0,0,0,1,0,0,0,1],"P":[250,0,159.5,0,0,251,87.5,0,0,0,1,0]}`},
	{"PointCloud", foxglove.PointCloud(ns, "ego", [][4]float32{{1, 2, 3, .5}}),
		`{"timestamp":"1.250s","frame_id":"ego","pose":{"position":{},"orientation":{"w":1}},"point_stride":16,"fields":[{"name":"x","type":"FLOAT32"},
		{"name":"y","offset":4,"type":"FLOAT32"},{"name":"z","offset":8,"type":"FLOAT32"},{"name":"intensity","offset":12,"type":"FLOAT32"}],"data":"AACAPwAAAEAAAEBAAAAAPw=="}`},
	{"FrameTransforms", foxglove.FrameTransforms(ns, foxglove.Transform{Parent: "map", Child: "ego", Pose: foxglove.Pose{X: 1, Y: -2, Rotation: foxglove.Quaternion{Z: 1}}}),
		`{"transforms":[{"timestamp":"1.250s","parent_frame_id":"map","child_frame_id":"ego","translation":{"x":1,"y":-2},"rotation":{"z":1}}]}`},
	{"PoseInFrame", foxglove.PoseInFrame(ns, "map", foxglove.Pose{Z: 3}),
		`{"timestamp":"1.250s","frame_id":"map","pose":{"position":{"z":3},"orientation":{"w":1}}}`},
	{"SceneUpdate", foxglove.SceneUpdate(ns, "map", []foxglove.Box{{
		ID: "7", Pose: foxglove.Pose{X: 5}, Length: 4, Width: 2, Height: 1.5, Color: foxglove.Color{R: 1, A: .5}, Label: "car", Metadata: [][2]string{{"class", "car"}}}}),
		`{"deletions":[{"timestamp":"1.250s","type":"ALL"}],"entities":[{"timestamp":"1.250s","frame_id":"map","id":"7","metadata":[{"key":"class","value":"car"}],
		"cubes":[{"pose":{"position":{"x":5},"orientation":{"w":1}},"size":{"x":4,"y":2,"z":1.5},"color":{"r":1,"a":0.5}}],
		"texts":[{"pose":{"position":{"x":5,"z":1.05},"orientation":{"w":1}},"billboard":true,"font_size":0.5,"color":{"r":1,"g":1,"b":1,"a":1},"text":"car"}]}]}`},
	{"ImageAnnotations", foxglove.ImageAnnotations(ns, []foxglove.Rectangle{{X0: 1, Y0: 2, X1: 3, Y1: 4, Color: foxglove.Color{G: 1, A: 1}, Label: "car 0.90"}}),
		`{"timestamp":"1.250s","points":[{"timestamp":"1.250s","type":"LINE_LOOP","points":[{"x":1,"y":2},{"x":3,"y":2},{"x":3,"y":4},{"x":1,"y":4}],
		"outline_color":{"g":1,"a":1},"thickness":1}],"texts":[{"timestamp":"1.250s","position":{"x":1,"y":2},"text":"car 0.90","font_size":8,
		"text_color":{"r":1,"g":1,"b":1,"a":1},"background_color":{"g":0.5,"a":0.8}}]}`},
	{"Log", foxglove.Log(ns, foxglove.Error, "verdict", "collision"), `{"timestamp":"1.250s","level":"ERROR","message":"collision","name":"verdict"}`},
}

// writeSample writes the sample to an MCAP file.
func writeSample(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := mcap.NewWriter(&b, "test")
	for i, m := range sample {
		d, err := foxglove.Descriptors(m.name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := w.AddChannel("/"+m.name, "foxglove."+m.name, d)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(c, uint64(ns+i), m.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.WriteMetadata("drive", map[string]string{"b": "2", "a": "1"}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Messages have the fields of their schemas, read by the descriptors in the file.
func TestMessagesDecodeByTheirSchemas(t *testing.T) {
	messages, err := mcaptest.Read(writeSample(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(messages) != len(sample) {
		t.Fatalf("%d messages, want %d", len(messages), len(sample))
	}
	for i, m := range messages {
		var got, want any
		if err := json.Unmarshal(m.JSON, &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(strings.ReplaceAll(sample[i].want, "1.250s", "1970-01-01T00:00:01.250Z")), &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) || m.Topic != "/"+sample[i].name || m.Time != uint64(ns+i) {
			t.Errorf("%s at %d: %s", m.Topic, m.Time, m.JSON)
		}
	}
}

func TestEqualMessagesGiveEqualBytes(t *testing.T) {
	if !bytes.Equal(writeSample(t), writeSample(t)) {
		t.Error("two files of the same messages differ")
	}
}

func TestUnknownTypeHasNoDescriptors(t *testing.T) {
	if _, err := foxglove.Descriptors("Sonar"); err == nil {
		t.Error("no error")
	}
}

// The npm packages @mcap/core and protobufjs read the file by its index. They run if node
// is there and ROADLOOP_MCAP names their folder node_modules.
func TestNodeReadsTheFile(t *testing.T) {
	modules := os.Getenv("ROADLOOP_MCAP")
	if _, err := exec.LookPath("node"); err != nil || modules == "" {
		t.Skip("needs node, and ROADLOOP_MCAP")
	}
	path := filepath.Join(t.TempDir(), "sample.mcap")
	if err := os.WriteFile(path, writeSample(t), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := mcaptest.Node(modules, "../mcap/testdata/read.cjs", path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(sample) {
		t.Fatalf("%d messages:\n%s", len(lines), out)
	}
	for i, want := range []string{
		`"format":"png"`, `"K":[250,0,159.5,0,251,87.5,0,0,1]`, `"pointStride":16`, `"childFrameId":"ego"`, `"position":{"z":3}`, `"size":{"x":4,"y":2,"z":1.5}`,
		`"type":2,"points":[{"x":1,"y":2}`, `"message":"collision"`,
	} {
		if !strings.Contains(lines[i], want) && !strings.Contains(lines[i], snake(want)) {
			t.Errorf("%s\nlacks %s", lines[i], want)
		}
	}
}

// snake returns a field name as protobufjs may keep it.
func snake(s string) string {
	return strings.NewReplacer("pointStride", "point_stride", "childFrameId", "child_frame_id").Replace(s)
}

// The fields are those of foxglove-sdk's schemas, if ROADLOOP_FOXGLOVE names its folder
// schemas/proto and protoc is there.
func TestSchemasAreFoxgloves(t *testing.T) {
	folder := os.Getenv("ROADLOOP_FOXGLOVE")
	if _, err := exec.LookPath("protoc"); err != nil || folder == "" {
		t.Skip("needs protoc, and ROADLOOP_FOXGLOVE")
	}
	for _, m := range sample {
		out := filepath.Join(t.TempDir(), "set")
		cmd := exec.Command("protoc", "-I", folder, "--include_imports", "--descriptor_set_out", out, "foxglove/"+m.name+".proto")
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("protoc: %v\n%s", err, text)
		}
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := foxglove.Descriptors(m.name)
		if err != nil {
			t.Fatal(err)
		}
		theirs, got := fields(t, data), fields(t, ours)
		if !reflect.DeepEqual(theirs, got) {
			for k, v := range theirs {
				if got[k] != v {
					t.Errorf("%s: %s: %s, want %s", m.name, k, got[k], v)
				}
			}
			t.Errorf("%s: %d fields, want %d", m.name, len(got), len(theirs))
		}
	}
}

// fields returns the number, type and label of every field of the package, and the values of
// enumerations.
func fields(t *testing.T, data []byte) map[string]string {
	t.Helper()
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(data, &set); err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string)
	for _, f := range set.File {
		if f.GetPackage() != "foxglove" {
			continue
		}
		for _, m := range f.MessageType {
			for _, x := range m.Field {
				out[m.GetName()+"."+x.GetName()] = strings.Join([]string{x.GetType().String(), x.GetLabel().String(), x.GetTypeName(), string(rune('0' + x.GetNumber()))}, " ")
			}
			for _, e := range m.EnumType {
				for _, v := range e.Value {
					out[m.GetName()+"."+e.GetName()+"."+v.GetName()] = string(rune('0' + v.GetNumber()))
				}
			}
		}
	}
	return out
}

// A rotation matrix and its quaternion rotate alike.
func TestRotation(t *testing.T) {
	for _, m := range [][3][3]float64{
		{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
		{{0, 0, 1}, {-1, 0, 0}, {0, -1, 0}}, // a camera that looks forward
		{{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}},
		{{1, 0, 0}, {0, -1, 0}, {0, 0, -1}},
		{{-1, 0, 0}, {0, 1, 0}, {0, 0, -1}},
	} {
		q := foxglove.Rotation(m)
		got := [3][3]float64{
			{1 - 2*(q.Y*q.Y+q.Z*q.Z), 2 * (q.X*q.Y - q.W*q.Z), 2 * (q.X*q.Z + q.W*q.Y)},
			{2 * (q.X*q.Y + q.W*q.Z), 1 - 2*(q.X*q.X+q.Z*q.Z), 2 * (q.Y*q.Z - q.W*q.X)},
			{2 * (q.X*q.Z - q.W*q.Y), 2 * (q.Y*q.Z + q.W*q.X), 1 - 2*(q.X*q.X+q.Y*q.Y)},
		}
		for i := range m {
			for j := range m[i] {
				if math.Abs(m[i][j]-got[i][j]) > 1e-12 {
					t.Fatalf("%v has the quaternion %+v, which is %v", m, q, got)
				}
			}
		}
	}
}
