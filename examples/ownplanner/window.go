//go:build window

package main

import "roadloop/desktop"

func init() { program = desktop.Main }
