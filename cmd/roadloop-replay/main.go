//go:build js && wasm

// Command roadloop-replay is the WebAssembly program in HTML pages. It re-simulates a
// recorded drive in a web browser and renders it. It defines a global object roadloop
// with the functions
//
//	open(reel)      a Uint8Array; opens a drive and closes the previous one
//	go(n)           simulates at most n decisions: {checked, decisions, done, differs}
//	replay()        the data for playback and plots so far, JSON
//	picture(view, who, tick, width, height)
//	                RGBA in a new Uint8ClampedArray
//	frame(tick)     {width, height, pixels} of the last frame that the car's camera delivered
//	digests()       the hash of every world so far, 8 bytes each, a Uint8Array
//
// They do not throw; on failure they return an Error. The program runs until its page
// is closed.
package main

import (
	"errors"
	"fmt"
	"syscall/js"

	"roadloop/scenarios/replay"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
)

func main() {
	var p *replay.Player
	on := func(f func(*replay.Player, []js.Value) (any, error)) js.Func {
		return answer(func(args []js.Value) (any, error) {
			if p == nil {
				return nil, errors.New("no drive is open")
			}
			return f(p, args)
		})
	}
	js.Global().Set("roadloop", map[string]any{
		"open": answer(func(args []js.Value) (any, error) {
			reel := make([]byte, args[0].Length())
			js.CopyBytesToGo(reel, args[0])
			opened, err := replay.Open(reel)
			if err == nil {
				p = opened
			}
			return nil, err
		}),
		"go": on(func(p *replay.Player, args []js.Value) (any, error) {
			now, err := p.Go(args[0].Int())
			return map[string]any{"checked": now.Checked, "decisions": now.Decisions, "done": now.Done, "differs": now.Differs}, err
		}),
		"replay": on(func(p *replay.Player, _ []js.Value) (any, error) {
			text, err := p.Replay()
			return string(text), err
		}),
		"picture": on(func(p *replay.Player, args []js.Value) (any, error) {
			look := replay.ImageRequest{View: args[0].String(), Actor: actor.ID(args[1].Int()), Width: args[3].Int(), Height: args[4].Int()}
			pix, err := p.Picture(look, clock.Tick(args[2].Int()))
			return array("Uint8ClampedArray", pix), err
		}),
		"frame": on(func(p *replay.Player, args []js.Value) (any, error) {
			pix, width, height, err := p.Frame(clock.Tick(args[0].Int()))
			return map[string]any{"width": width, "height": height, "pixels": array("Uint8ClampedArray", pix)}, err
		}),
		"digests": on(func(p *replay.Player, _ []js.Value) (any, error) {
			return array("Uint8Array", p.Digests()), nil
		}),
	})
	select {}
}

// answer wraps f as a JavaScript function. An error, or a panic caused by invalid
// arguments, becomes a returned Error.
func answer(f func([]js.Value) (any, error)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) (result any) {
		defer func() {
			if r := recover(); r != nil {
				result = failure(fmt.Sprint(r))
			}
		}()
		result, err := f(args)
		if err != nil {
			return failure(err.Error())
		}
		return result
	})
}

func failure(text string) js.Value { return js.Global().Get("Error").New(text) }

// array copies bytes into a typed array.
func array(kind string, data []byte) js.Value {
	a := js.Global().Get(kind).New(len(data))
	js.CopyBytesToJS(a, data)
	return a
}
