// Package foxglove encodes messages of Foxglove's protobuf schemas, which Foxglove and
// Rerun show: pictures, calibrations, boxes, point clouds, poses and log messages. The
// numbers and types of the fields are those of foxglove-sdk (schemas/proto).
//
// Times are in ns. The axes of frames are x forward, y left, z up, except those of cameras:
// x right, y down, z forward.
package foxglove

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"google.golang.org/protobuf/reflect/protodesc"
)

// field is a field of a message type.
type field struct {
	name   string
	number protowire.Number
	kind   string // a scalar type, a message type of this package, or time or duration
	list   bool
}

// Enumerations, as kinds of fields.
var enums = map[string][]string{
	"PackedElementField.NumericType": {"UNKNOWN", "UINT8", "INT8", "UINT16", "INT16", "UINT32", "INT32", "FLOAT32", "FLOAT64"},
	"SceneEntityDeletion.Type":       {"MATCHING_ID", "ALL"},
	"LinePrimitive.Type":             {"LINE_STRIP", "LINE_LOOP", "LINE_LIST"},
	"PointsAnnotation.Type":          {"UNKNOWN", "POINTS", "LINE_LOOP", "LINE_STRIP", "LINE_LIST"},
	"Log.Level":                      {"UNKNOWN", "DEBUG", "INFO", "WARNING", "ERROR", "FATAL"},
}

// types are the message types.
var types = map[string][]field{
	"Vector3":      {{"x", 1, "double", false}, {"y", 2, "double", false}, {"z", 3, "double", false}},
	"Quaternion":   {{"x", 1, "double", false}, {"y", 2, "double", false}, {"z", 3, "double", false}, {"w", 4, "double", false}},
	"Point2":       {{"x", 1, "double", false}, {"y", 2, "double", false}},
	"Point3":       {{"x", 1, "double", false}, {"y", 2, "double", false}, {"z", 3, "double", false}},
	"Color":        {{"r", 1, "double", false}, {"g", 2, "double", false}, {"b", 3, "double", false}, {"a", 4, "double", false}},
	"Pose":         {{"position", 1, "Vector3", false}, {"orientation", 2, "Quaternion", false}},
	"KeyValuePair": {{"key", 1, "string", false}, {"value", 2, "string", false}},

	"CompressedImage": {{"timestamp", 1, "time", false}, {"data", 2, "bytes", false}, {"format", 3, "string", false}, {"frame_id", 4, "string", false}},
	"CameraCalibration": {
		{"timestamp", 1, "time", false}, {"width", 2, "fixed32", false}, {"height", 3, "fixed32", false}, {"distortion_model", 4, "string", false},
		{"D", 5, "double", true}, {"K", 6, "double", true}, {"R", 7, "double", true}, {"P", 8, "double", true}, {"frame_id", 9, "string", false},
	},
	"PackedElementField": {{"name", 1, "string", false}, {"offset", 2, "fixed32", false}, {"type", 3, "PackedElementField.NumericType", false}},
	"PointCloud": {
		{"timestamp", 1, "time", false}, {"frame_id", 2, "string", false}, {"pose", 3, "Pose", false}, {"point_stride", 4, "fixed32", false},
		{"fields", 5, "PackedElementField", true}, {"data", 6, "bytes", false},
	},
	"FrameTransform": {
		{"timestamp", 1, "time", false}, {"parent_frame_id", 2, "string", false}, {"child_frame_id", 3, "string", false},
		{"translation", 4, "Vector3", false}, {"rotation", 5, "Quaternion", false},
	},
	"FrameTransforms": {{"transforms", 1, "FrameTransform", true}},
	"PoseInFrame":     {{"timestamp", 1, "time", false}, {"frame_id", 2, "string", false}, {"pose", 3, "Pose", false}},

	"SceneEntityDeletion": {{"timestamp", 1, "time", false}, {"type", 2, "SceneEntityDeletion.Type", false}, {"id", 3, "string", false}},
	"ArrowPrimitive": {
		{"pose", 1, "Pose", false}, {"shaft_length", 2, "double", false}, {"shaft_diameter", 3, "double", false},
		{"head_length", 4, "double", false}, {"head_diameter", 5, "double", false}, {"color", 6, "Color", false},
	},
	"CubePrimitive":   {{"pose", 1, "Pose", false}, {"size", 2, "Vector3", false}, {"color", 3, "Color", false}},
	"SpherePrimitive": {{"pose", 1, "Pose", false}, {"size", 2, "Vector3", false}, {"color", 3, "Color", false}},
	"CylinderPrimitive": {
		{"pose", 1, "Pose", false}, {"size", 2, "Vector3", false}, {"bottom_scale", 3, "double", false}, {"top_scale", 4, "double", false}, {"color", 5, "Color", false},
	},
	"LinePrimitive": {
		{"type", 1, "LinePrimitive.Type", false}, {"pose", 2, "Pose", false}, {"thickness", 3, "double", false}, {"scale_invariant", 4, "bool", false},
		{"points", 5, "Point3", true}, {"color", 6, "Color", false}, {"colors", 7, "Color", true}, {"indices", 8, "fixed32", true},
	},
	"TriangleListPrimitive": {
		{"pose", 1, "Pose", false}, {"points", 2, "Point3", true}, {"color", 3, "Color", false}, {"colors", 4, "Color", true}, {"indices", 5, "fixed32", true},
	},
	"TextPrimitive": {
		{"pose", 1, "Pose", false}, {"billboard", 2, "bool", false}, {"font_size", 3, "double", false}, {"scale_invariant", 4, "bool", false},
		{"color", 5, "Color", false}, {"text", 6, "string", false},
	},
	"ModelPrimitive": {
		{"pose", 1, "Pose", false}, {"scale", 2, "Vector3", false}, {"color", 3, "Color", false}, {"override_color", 4, "bool", false},
		{"url", 5, "string", false}, {"media_type", 6, "string", false}, {"data", 7, "bytes", false},
	},
	"SceneEntity": {
		{"timestamp", 1, "time", false}, {"frame_id", 2, "string", false}, {"id", 3, "string", false}, {"lifetime", 4, "duration", false},
		{"frame_locked", 5, "bool", false}, {"metadata", 6, "KeyValuePair", true}, {"arrows", 7, "ArrowPrimitive", true},
		{"cubes", 8, "CubePrimitive", true}, {"spheres", 9, "SpherePrimitive", true}, {"cylinders", 10, "CylinderPrimitive", true},
		{"lines", 11, "LinePrimitive", true}, {"triangles", 12, "TriangleListPrimitive", true}, {"texts", 13, "TextPrimitive", true},
		{"models", 14, "ModelPrimitive", true},
	},
	"SceneUpdate": {{"deletions", 1, "SceneEntityDeletion", true}, {"entities", 2, "SceneEntity", true}},

	"CircleAnnotation": {
		{"timestamp", 1, "time", false}, {"position", 2, "Point2", false}, {"diameter", 3, "double", false}, {"thickness", 4, "double", false},
		{"fill_color", 5, "Color", false}, {"outline_color", 6, "Color", false}, {"metadata", 7, "KeyValuePair", true},
	},
	"PointsAnnotation": {
		{"timestamp", 1, "time", false}, {"type", 2, "PointsAnnotation.Type", false}, {"points", 3, "Point2", true}, {"outline_color", 4, "Color", false},
		{"outline_colors", 5, "Color", true}, {"fill_color", 6, "Color", false}, {"thickness", 7, "double", false}, {"metadata", 8, "KeyValuePair", true},
	},
	"TextAnnotation": {
		{"timestamp", 1, "time", false}, {"position", 2, "Point2", false}, {"text", 3, "string", false}, {"font_size", 4, "double", false},
		{"text_color", 5, "Color", false}, {"background_color", 6, "Color", false}, {"metadata", 7, "KeyValuePair", true},
	},
	"ImageAnnotations": {
		{"circles", 1, "CircleAnnotation", true}, {"points", 2, "PointsAnnotation", true}, {"texts", 3, "TextAnnotation", true},
		{"metadata", 4, "KeyValuePair", true}, {"timestamp", 5, "time", false},
	},

	"Log": {
		{"timestamp", 1, "time", false}, {"level", 2, "Log.Level", false}, {"message", 3, "string", false}, {"name", 4, "string", false},
		{"file", 5, "string", false}, {"line", 6, "fixed32", false},
	},
}

// scalars are the types of fields that are neither messages nor enumerations.
var scalars = map[string]descriptorpb.FieldDescriptorProto_Type{
	"double": descriptorpb.FieldDescriptorProto_TYPE_DOUBLE, "fixed32": descriptorpb.FieldDescriptorProto_TYPE_FIXED32,
	"bool": descriptorpb.FieldDescriptorProto_TYPE_BOOL, "string": descriptorpb.FieldDescriptorProto_TYPE_STRING,
	"bytes": descriptorpb.FieldDescriptorProto_TYPE_BYTES,
}

// packageName is the protobuf package of all types.
const packageName = "foxglove"

// Descriptors returns the serialized FileDescriptorSet of a message type and all types that
// it uses. Equal names give equal bytes.
func Descriptors(message string) ([]byte, error) {
	file := &descriptorpb.FileDescriptorProto{
		Name: proto.String("foxglove/" + message + ".proto"), Package: proto.String(packageName), Syntax: proto.String("proto3"),
		Dependency: []string{"google/protobuf/timestamp.proto", "google/protobuf/duration.proto"},
	}
	seen := make(map[string]bool)
	if err := addType(file, message, seen); err != nil {
		return nil, err
	}
	set := &descriptorpb.FileDescriptorSet{File: []*descriptorpb.FileDescriptorProto{
		protodesc.ToFileDescriptorProto(timestamppb.File_google_protobuf_timestamp_proto),
		protodesc.ToFileDescriptorProto(durationpb.File_google_protobuf_duration_proto),
		file,
	}}
	return proto.MarshalOptions{Deterministic: true}.Marshal(set)
}

// addType adds a type and, after it, those of its fields.
func addType(file *descriptorpb.FileDescriptorProto, name string, seen map[string]bool) error {
	fields, ok := types[name]
	if !ok {
		return fmt.Errorf("no message type %q", name)
	}
	seen[name] = true
	m := &descriptorpb.DescriptorProto{Name: proto.String(name)}
	file.MessageType = append(file.MessageType, m)
	for _, f := range fields {
		d := &descriptorpb.FieldDescriptorProto{
			Name: proto.String(f.name), JsonName: proto.String(f.name), Number: proto.Int32(int32(f.number)),
			Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		}
		if f.list {
			d.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
		}
		m.Field = append(m.Field, d)
		switch kind, scalar := scalars[f.kind]; {
		case scalar:
			d.Type = kind.Enum()
		case f.kind == "time":
			d.Type, d.TypeName = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum(), proto.String(".google.protobuf.Timestamp")
		case f.kind == "duration":
			d.Type, d.TypeName = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum(), proto.String(".google.protobuf.Duration")
		case enums[f.kind] != nil:
			d.Type, d.TypeName = descriptorpb.FieldDescriptorProto_TYPE_ENUM.Enum(), proto.String("."+packageName+"."+f.kind)
			m.EnumType = append(m.EnumType, enum(f.kind[len(name)+1:], enums[f.kind]))
		default:
			d.Type, d.TypeName = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum(), proto.String("."+packageName+"."+f.kind)
			if !seen[f.kind] {
				if err := addType(file, f.kind, seen); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// enum returns an enumeration with values from 0.
func enum(name string, values []string) *descriptorpb.EnumDescriptorProto {
	e := &descriptorpb.EnumDescriptorProto{Name: proto.String(name)}
	for i, v := range values {
		e.Value = append(e.Value, &descriptorpb.EnumValueDescriptorProto{Name: proto.String(v), Number: proto.Int32(int32(i))})
	}
	return e
}
