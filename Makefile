# Everything a user or a contributor does here. `make` alone lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# The grid of `make run`: about a minute on two cores.
QUICK := --requests-grid 64,256,1024,4096,8192 --wait-grid 0.1,1.0,2.0 --reps 3 --output-dir results/quick --plots-dir plots
# What `make gate` holds this checkout against; where its branch began by default.
BASE ?=
# Seconds that `make fuzz` gives each fuzzer.
SECONDS ?= 60
# Swift's libraries go into the programs: they start sooner, use less memory and need no Swift where they run.
# The test kit beside them needs the testing library, which has no static form.
RELEASE := swift build -c release --static-swift-stdlib --product
SWIFT_SOURCES := Package.swift Sources Tests
# A pattern on test names; the anchor keeps ScaleEngineTests out of it.
ENGINES := ^EngineTests\.
BUSY := ^(ScaleProviders|ScaleRun|Command)Tests\.
# What these expect is true of a quiet machine only.
MEASURING := ^CommandTests\.(GateVerdictTests|StarvedGeneratorTests)
ENGINE_LOGS := .build/engine-logs
# The bundled environment as one static file.
STATIC := .build-static/release/scalebench-env

# Where `make install` puts things: bin, share/man/man1 and the folders of bash's, zsh's and fish's completions below it.
PREFIX ?= /usr/local
BIN = $(DESTDIR)$(PREFIX)/bin
SHARE = $(DESTDIR)$(PREFIX)/share

.PHONY: gate install uninstall help run test verdicts allocations engines build static image lint format bench soak fuzz docs toolchain packages swift clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build, measure a grid of about a minute on the bundled environment, leave results, charts and a report
	.build/release/scalebench run $(QUICK)

test: packages swift ## build everything and run every test that needs no outside engine
	swift build
	swift test --disable-xctest --skip '$(ENGINES)' --skip '$(BUSY)'
	@# These wait for programs that they start; all at once they would wait for each other.
	swift test --disable-xctest --skip-build --filter '^ScaleProvidersTests\.'
	swift test --disable-xctest --skip-build --filter '^ScaleRunTests\.'
	swift test --disable-xctest --skip-build --filter '^CommandTests\.' --skip '$(MEASURING)'
	$(MAKE) allocations

verdicts: packages swift ## measure on a quiet machine and expect the verdicts of gates and limiters that are right there
	swift test --disable-xctest --no-parallel --filter '$(MEASURING)'

allocations: build ## count what the load generator takes from the heap, and fail where a limit is passed
	Benchmarks/allocations.sh

engines: packages swift static ## run the tests against real engines (OpenEnv, SciPy, Chromium, Docker, Slurm, HAProxy, uv), after installing what they need
	scripts/engines/openenv.sh .venv/openenv
	scripts/engines/scipy.sh .venv/scipy
	scripts/engines/browser.sh .venv/browser
	scripts/engines/uv.sh .venv/uv
	mkdir -p $(ENGINE_LOGS)
	scripts/engines/docker.sh $(STATIC) $(ENGINE_LOGS)
	scripts/engines/slurm.sh .build/engines/slurm
	swift test --disable-xctest --no-parallel --filter '$(ENGINES)' --attachments-path $(ENGINE_LOGS)

build: packages swift ## build the two programs for release
	$(RELEASE) scalebench
	$(RELEASE) scalebench-env

static: packages swift ## build the bundled environment as one static file, a whole container image by itself
	swift build -c release --product scalebench-env -Xswiftc -static-executable --scratch-path .build-static

image: static ## make the container image scalebench-env of it, for a Docker engine on this host
	scripts/image.sh $(STATIC)

install: build ## install the two programs, their manual pages and completions: make install PREFIX=/usr/local
	scripts/install.sh .build/release "$(BIN)" "$(SHARE)"

uninstall: ## remove what make install puts there
	scripts/install.sh --remove "$(BIN)" "$(SHARE)"

lint: swift ## check the style of all Swift code
	swift format lint --strict --recursive $(SWIFT_SOURCES)

format: swift ## bring all Swift code into style
	swift format --in-place --recursive $(SWIFT_SOURCES)

bench: build verdicts ## measure scalebench itself: its promises, reports, the search, a known delay, planted bottlenecks (as root, with HAProxy)
	Benchmarks/run.sh
	SCALEBENCH_BIN=.build/release/scalebench Benchmarks/accuracy.sh
	SCALEBENCH_BIN=.build/release/scalebench Benchmarks/report.sh
	SCALEBENCH_BIN=.build/release/scalebench Benchmarks/search.sh
	@scripts/system-packages.sh haproxy
	SCALEBENCH_BIN=.build/release/scalebench Benchmarks/bottlenecks.sh

gate: build ## hold this checkout's bundled environment against that of its merge base: make gate BASE=main
	scripts/gate.sh .build/release/scalebench "$(BASE)"

soak: build ## ten minutes of sessions at an environment that misbehaves, and nothing may leak
	SCALEBENCH_BIN=.build/release/scalebench Benchmarks/soak.sh

fuzz: packages swift ## feed random bytes to everything that parses them: make fuzz SECONDS=60
	Fuzz/run.sh $(SECONDS)

docs: build ## check that links and commands in README and docs are true, and that the manual pages are sound
	scripts/check-docs.sh .build/release/scalebench
	@scripts/system-packages.sh mandoc
	@for program in scalebench scalebench-env; do \
	    .build/release/$$program --experimental-dump-help | .build/release/scalebench manual | mandoc -Tlint -Wwarning || exit 1; \
	done

toolchain: ## install the Swift toolchain with swiftly, for this user
	scripts/toolchain.sh

clean: ## remove what was built; results stay
	scripts/engines/slurm.sh --stop .build/engines/slurm
	rm -rf .build .build-static .build-gate .venv

# Silent when nothing is missing.
packages:
	@scripts/system-packages.sh

swift:
	@scripts/require-swift.sh
