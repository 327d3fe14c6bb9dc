package display

// Help is the help of the window's program. It is defined here because it must be
// available without a display.
const Help = `Open the roadloop window

Usage:
  roadloop-desktop [SCENARIO | CASE | FILE.yaml | FILE.trace] [flags]

Examples:
  roadloop-desktop                      open the scenario library
  roadloop-desktop cut-in/7             a case
  roadloop-desktop my.yaml              your own scenario
  roadloop-desktop out/cut-in-7.trace   a recorded drive
  roadloop-desktop cut-in/7 --driver out/policy/policy.rlp   a trained policy drives

Flags:
      --at duration         time of the drive in the screenshot
      --driver string       driver: a name, or the FILE.rlp of a trained policy (default stack)
  -h, --help                help for roadloop-desktop
      --model file          network: a .rlm or .onnx file, or small (default the bundled network)
      --perception string   perception: cnn, cnn-opencv or oracle (default cnn)
      --screenshot file     save a screenshot of the window to this file and exit
`
