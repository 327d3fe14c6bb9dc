package gpu

import (
	"embed"
	"fmt"
	"sync"

	"github.com/hajimehoshi/ebiten/v2"
)

//go:embed shader/*.kage
var sources embed.FS

// shaders are the programs of the passes.
type shaders struct {
	flat, coarse, fine, solid, shade, halo, develop *ebiten.Shader
}

// compiled holds the shaders, which all renderers share.
var compiled = sync.OnceValue(func() (s shaders) {
	for _, p := range []struct {
		dst  **ebiten.Shader
		name string
		near bool // reads or writes nearness
	}{
		{&s.flat, "flat", false}, {&s.coarse, "coarse", true}, {&s.fine, "fine", true}, {&s.solid, "solid", true},
		{&s.shade, "shade", true}, {&s.halo, "halo", true}, {&s.develop, "develop", false},
	} {
		*p.dst = compile(p.name, p.near)
	}
	return s
})

// compile builds a shader that comes with the package. That it compiles is for tests
// to see: a failure is a mistake in this package.
func compile(name string, near bool) *ebiten.Shader {
	text := source(name)
	if near {
		text = append(text, source("near.part")...)
	}
	s, err := ebiten.NewShader(text)
	if err != nil {
		panic(fmt.Sprintf("gpu: shader %s: %v", name, err))
	}
	return s
}

func source(name string) []byte {
	text, err := sources.ReadFile("shader/" + name + ".kage")
	if err != nil {
		panic(fmt.Sprintf("gpu: %v", err)) // it is embedded
	}
	return text
}
