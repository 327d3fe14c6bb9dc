package panel_test

import (
	"testing"

	"roadloop/sim/gpu/gputest"
)

func TestMain(m *testing.M) { gputest.Main(m) }
