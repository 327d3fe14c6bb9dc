package dataset

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"

	"roadloop/perception"
	"roadloop/perception/training/synth"
)

//go:embed datasheet.md
var sheetText string

var sheetPage = template.Must(template.New("datasheet").Parse(sheetText))

// datasheetData is the data of a datasheet (Gebru et al. 2021), all counted from the
// frames.
type datasheetData struct {
	*manifest
	Build        string
	Frames, Maps int
	Ranges       string
	Classes      []sheetClass
	Weather      []share
	Lists        []share // of formats with lists
	Notes        []string
	FramesPerMap int
	MinVisible   float64
	MinHeight    float64
	MaxDistance  float64
	MaxDepth     float64
	Command      string
}

type sheetClass struct {
	Name           string
	Asked, Ignored int
}

// share is the number of frames with a property.
type share struct {
	Name   string
	Frames int
}

// datasheet writes the datasheet of frames.
func (w *writer) datasheet(parts []part) (file, error) {
	s := datasheetData{
		manifest: &w.manifest, Build: w.about.build, Frames: len(parts), Ranges: ranges(parts), Notes: w.layout.notes(),
		FramesPerMap: synth.FramesPerMap, MinVisible: synth.MinVisible, MinHeight: synth.MinHeight,
		MaxDistance: synth.MaxDistance, MaxDepth: MaxDepth,
	}
	var asked, ignored classCounts
	groups, weather := make(map[string]bool), make(map[string]int)
	lists := make(map[Subset]int)
	for i := range parts {
		p := &parts[i]
		groups[p.Map] = true
		lists[p.Place.Subset]++
		weather[p.Weather]++
		for c := range asked {
			asked[c] += p.Asked[c]
			ignored[c] += p.Ignored[c]
		}
	}
	s.Maps = len(groups)
	if w.layout.holds().lists {
		for _, list := range subsets() {
			s.Lists = append(s.Lists, share{string(list), lists[list]})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(weather)) {
		s.Weather = append(s.Weather, share{name, weather[name]})
	}
	for c := range asked {
		s.Classes = append(s.Classes, sheetClass{perception.Class(c).String(), asked[c], ignored[c]})
	}
	s.Command = w.manifest.command(&w.about)
	var b bytes.Buffer
	err := sheetPage.Execute(&b, &s)
	return file{path: "datasheet.md", data: b.Bytes()}, err
}

// command returns the command of a program that writes such frames, without frame numbers
// and folder.
func (m *manifest) command(a *about) string {
	out := fmt.Sprintf("%s data --format %s", cmp.Or(a.program, "roadloop"), m.Format)
	if len(m.Drives) == 0 {
		out += fmt.Sprintf(" --split %s --seed %d", m.Split, m.Seed)
	}
	for i, c := range m.Channels {
		out += [...]string{" --channels ", ","}[min(i, 1)] + string(c)
	}
	if m.Rig != "" {
		out += " --rig " + m.Rig
	}
	if a.flags != "" {
		out += " " + a.flags
	}
	return out
}

// ranges returns the numbers of frames, for example "0–9, 17".
func ranges(parts []part) string {
	var out []string
	for i := 0; i < len(parts); {
		j := i
		for j+1 < len(parts) && parts[j+1].Frame == parts[j].Frame+1 {
			j++
		}
		if i == j {
			out = append(out, fmt.Sprint(parts[i].Frame))
		} else {
			out = append(out, fmt.Sprintf("%d–%d", parts[i].Frame, parts[j].Frame))
		}
		i = j + 1
	}
	return strings.Join(out, ", ")
}
