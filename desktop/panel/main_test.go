package panel_test

import (
	"testing"

	"roadloop/desktop/ui/uitest"
)

func TestMain(m *testing.M) { uitest.Main(m) }
