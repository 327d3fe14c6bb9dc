package gpu

import (
	"embed"
	"fmt"
	"sync"

	"github.com/hajimehoshi/ebiten/v2"
)

//go:embed shader/*.kage
var sources embed.FS

// shaders are the shaders of the passes.
type shaders struct {
	flat, coarse, fine, solid, shade, halo *ebiten.Shader
}

// compiled holds the shaders, which all renderers share.
var compiled = sync.OnceValue(func() shaders {
	return shaders{
		flat:   compile("flat"),
		coarse: compile("coarse", "near"),
		fine:   compile("fine", "near"),
		solid:  compile("solid", "near"),
		halo:   compile("halo", "surface", "glow"),
		shade:  compile("shade", "surface", "glow"),
	}
})

// compile compiles an embedded shader from its own file and shared parts. It panics
// on failure, which is a bug in this package; the tests compile all shaders.
func compile(name string, parts ...string) *ebiten.Shader {
	text := source(name + ".kage")
	for _, p := range parts {
		text = append(text, source(p+".part.kage")...)
	}
	s, err := ebiten.NewShader(text)
	if err != nil {
		panic(fmt.Sprintf("gpu: shader %s: %v", name, err))
	}
	return s
}

func source(name string) []byte {
	text, err := sources.ReadFile("shader/" + name)
	if err != nil {
		panic(fmt.Sprintf("gpu: %v", err)) // it is embedded
	}
	return text
}
