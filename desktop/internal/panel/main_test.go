package panel

import (
	"testing"

	"roadloop/internal/displaytest"
)

func TestMain(m *testing.M) { displaytest.Main(m) }
