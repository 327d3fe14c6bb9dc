package scenarios

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The schema and the reader know the same fields, at every level.
func TestSchemaNamesTheFieldsOfTheReader(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(Schema, &schema); err != nil {
		t.Fatal(err)
	}
	compareFields(t, "", reflect.TypeFor[file](), schema)
}

func compareFields(t *testing.T, path string, typ reflect.Type, schema map[string]any) {
	t.Helper()
	switch {
	case typ.Kind() == reflect.Pointer:
		compareFields(t, path, typ.Elem(), schema)
		return
	case typ.Kind() == reflect.Slice && schema["items"] != nil:
		compareFields(t, path+"[]", typ.Elem(), schema["items"].(map[string]any))
		return
	case typ.Kind() != reflect.Struct || typ == reflect.TypeFor[quantity]():
		return
	}
	properties, _ := schema["properties"].(map[string]any)
	var names []string
	for i := range typ.NumField() {
		f := typ.Field(i)
		if !f.IsExported() {
			continue
		}
		name := strings.Split(f.Tag.Get("yaml"), ",")[0]
		names = append(names, name)
		if sub, ok := properties[name].(map[string]any); ok {
			compareFields(t, path+"."+name, f.Type, sub)
			continue
		}
		t.Errorf("%s.%s is not in the schema", path, name)
	}
	for name := range properties {
		if !slices.Contains(names, name) {
			t.Errorf("%s.%s is in the schema, but not read", path, name)
		}
	}
}
