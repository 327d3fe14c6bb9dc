//go:build window

package main

import "roadloop/desktop/app"

func init() { program = app.Main }
