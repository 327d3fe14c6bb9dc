# make run      drive the bundled scenarios with the network in the loop, write out/report.html
# make test     run make lint and all tests
# make desktop  open the window
# make nocv     build bin/roadloop without OpenCV: no MP4, no --perception cnn-opencv
# make bench    measure the numbers in the README
# make pictures regenerate the pictures in the README
# make compare  compare the network's speed with PyTorch and OpenCV
# make scores   measure the pass rates in the README
# make lint     run gofmt, go vet and staticcheck
#
# Each target installs the missing packages of the list below on Debian 12 and
# Ubuntu 24.04. On other systems it names them.

# oneDNN for the network.
PACKAGES := g++ libdnnl-dev
HAS_LIBRARIES := echo '\#include <dnnl.hpp>' | g++ -E -x c++ - >/dev/null 2>&1
ifneq ($(TAGS),nocv)
# OpenCV 4.6 (gocv v0.31 is the release that matches it), X11 and OpenGL headers for
# Ebitengine, Xvfb for tests that open a window.
PACKAGES += pkg-config libopencv-dev libopencv-contrib-dev \
	libgl1-mesa-dev libgl1-mesa-dri libxcursor-dev libxi-dev libxinerama-dev \
	libxrandr-dev libxxf86vm-dev libasound2-dev xvfb xauth
HAS_LIBRARIES += && pkg-config --exists opencv4
endif

GO ?= go
OUT ?= out

# Packages that differ without OpenCV.
NOCV := ./internal/opencv ./perception/inference/... ./scenarios/video

# The renderer uses vector instructions where Go knows them. Without them it gives the same
# bytes, more slowly.
ifneq ($(shell GOEXPERIMENT=simd $(GO) list simd/archsimd 2>/dev/null),)
export GOEXPERIMENT := simd
endif

.PHONY: run test desktop pictures bench compare scores lint build nocv libraries replay go setup browser numpy clean

run: build
	-./bin/roadloop run --html $(OUT)/report.html

test: lint browser numpy
	xvfb-run -a $(GO) test ./...
	$(GO) test -tags nocv $(NOCV)

desktop: setup
	$(GO) build -o bin/roadloop-desktop ./cmd/roadloop-desktop
	./bin/roadloop-desktop

# The picture of the report shows, in Chromium, a case that fails because of an injected fault.
pictures: build browser
	$(GO) build -o bin/roadloop-desktop ./cmd/roadloop-desktop
	xvfb-run -a -s "-screen 0 1600x900x24" ./bin/roadloop-desktop unprotected-left/1 --screenshot assets/pictures/window.png --at 8s
	xvfb-run -a -s "-screen 0 1600x900x24" ./bin/roadloop-desktop --screenshot assets/pictures/library.png
	./bin/roadloop film from-behind-parked-car/1 --view camera --size 960x615 --at 6s --out assets/pictures/camera.png
	-./bin/roadloop run cyclist-near-side/1 --fault near-only --html $(OUT)/pictures.html --quiet
	$(GO) test -count=1 ./scenarios/report -run TestPhoto -args -photo-page "$(abspath $(OUT)/pictures.html)" \
		-photo-case cyclist-near-side/1@5.9 -photo "$(abspath assets/pictures/report.png)"

bench: setup
	xvfb-run -a $(GO) test -run '^$$' -bench . ./...

# Installs Debian's python3-torch, which only this target needs.
compare: setup
	@dpkg-query -W python3-torch >/dev/null 2>&1 || { root=""; [ "$$(id -u)" = 0 ] || root=sudo; \
		$$root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends python3-torch; }
	/usr/bin/python3 bench/pytorch.py

scores: build
	-./bin/roadloop test --full --perception oracle --quiet
	-./bin/roadloop test --quiet
	-./bin/roadloop test --model small --quiet

lint: setup
	@test -z "$$(gofmt -l .)" || { echo "not gofmt'ed:"; gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags nocv $(NOCV)
	$(GO) tool staticcheck ./...

# The WebAssembly program needs Go alone. It is built while packages are installed and while
# g++ compiles gocv, which uses one core and takes as long as everything else.
build:
	@$(MAKE) --no-print-directory -j2 libraries replay
	$(GO) build $(TAGS:%=-tags=%) -o bin/roadloop ./cmd/roadloop

nocv:
	@$(MAKE) --no-print-directory build TAGS=nocv

libraries: setup
	@$(GO) build $(TAGS:%=-tags=%) ./perception/inference ./scenarios/video

# Builds the WebAssembly program of HTML pages next to the sources of the page, where the
# commands embed it. It is not in git, because it changes with every source of the world.
# The same sources and Go version give the same bytes.
PAGE := scenarios/report/page
replay: go
	@GOOS=js GOARCH=wasm CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '-s -w' -o $(PAGE)/replay.wasm ./cmd/roadloop-replay
	@gzip -9 -n -f $(PAGE)/replay.wasm
	@cp "$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js" $(PAGE)/

go:
	@command -v $(GO) >/dev/null || { echo "roadloop needs Go 1.26 or newer: https://go.dev/dl"; exit 2; }

# Installs missing packages. It needs root only if there are any.
setup: go
	@if command -v dpkg-query >/dev/null; then \
		missing=""; \
		for p in $(PACKAGES); do \
			dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q "ok installed" || missing="$$missing $$p"; \
		done; \
		if [ -n "$$missing" ]; then \
			echo "installing:$$missing"; \
			root=""; [ "$$(id -u)" = 0 ] || root=sudo; \
			$$root apt-get update -q && \
			$$root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; \
		fi; \
	else \
		{ $(HAS_LIBRARIES); } || { \
			echo "roadloop needs these packages of Debian or Ubuntu, or their equivalents:"; \
			echo "$(PACKAGES)"; \
			$(if $(TAGS),,echo "make nocv builds the command without OpenCV and without X11.";) exit 2; }; \
	fi

# One test opens the report in a web browser. Debian has a Chromium package. On Ubuntu
# Chromium is a snap, which is not installed; without a browser the test is skipped.
browser:
	@if { command -v chromium || command -v google-chrome || command -v google-chrome-stable || command -v chromium-browser; } >/dev/null; then :; \
	elif grep -qs '^ID=debian' /etc/os-release; then \
		echo "installing: chromium"; \
		root=""; [ "$$(id -u)" = 0 ] || root=sudo; \
		$$root apt-get update -q && \
		$$root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium; \
	else \
		echo "no Chromium or Chrome found: the test that opens the report in a browser is skipped"; \
	fi

# Tests of the Python package need NumPy; without it they are skipped.
numpy:
	@if /usr/bin/python3 -c 'import numpy' 2>/dev/null; then :; \
	elif command -v apt-get >/dev/null; then \
		echo "installing: python3-numpy"; \
		root=""; [ "$$(id -u)" = 0 ] || root=sudo; \
		$$root apt-get update -q && \
		$$root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends python3-numpy; \
	else \
		echo "no NumPy for /usr/bin/python3: the tests of the Python package are skipped"; \
	fi

clean:
	rm -rf bin $(OUT)
