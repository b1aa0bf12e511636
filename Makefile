# A target a job, here and in continuous integration. `make help` lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
CARGO := scripts/cargo
PICTURES ?= pictures
MINUTES ?= 30
ROUNDS ?= 1000
HALLS ?= 2
DAYS ?= 1000
ARM := aarch64-unknown-linux-gnu

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test pictures kept-pictures kill days bench try-bench fuzz lint dependencies ci cross clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup: ## system packages and a Rust toolchain, where they are missing
	@scripts/setup

demo: setup ## the whole product with simulated devices: in a window, or without a display as pictures
	$(CARGO) build --release --locked
	@if [[ -n "$${DISPLAY:-}" ]]; then \
	    target/release/kiosk demo; \
	else \
	    echo "demo: there is no display, so it plays by itself; its pictures go to $(PICTURES)/"; \
	    target/release/kiosk demo --headless "$(PICTURES)"; \
	fi

test: ## every test
	@scripts/setup test
	$(CARGO) test --workspace --locked

kill: ## kill -9 at random instants, ROUNDS of them: started again, every promise looked at
	@scripts/setup test
	KILL_ROUNDS=$(ROUNDS) KILL_HALLS=$(HALLS) $(CARGO) test --locked --test it kill:: -- --nocapture

days: ## DAYS whole days of a hall in simulation, each from a fresh seed, with every fault
	@scripts/setup test
	SIM_DAYS=$(DAYS) $(CARGO) test --locked --test sim many_days -- --nocapture

pictures: ## every page in every mode: small ones that are kept, full ones and sheets in target/pictures
	@scripts/setup test
	KIOSK_RENEW_PICTURES=all $(CARGO) test --test ui --locked pictures::every_page_looks_as_kept

kept-pictures: ## the small ones alone
	@scripts/setup test
	KIOSK_RENEW_PICTURES=kept $(CARGO) test --test ui --locked pictures::every_page_looks_as_kept

bench: ## the benchmarks: a table, and JSON beside it; ARGS="--quick", "P1 P4" …
	@scripts/setup test
	$(CARGO) bench --bench kiosk --locked -- $(ARGS)

try-bench: ## each benchmark once and small, to see that it works
	@scripts/setup test
	$(CARGO) bench --bench kiosk --profile dev --locked -- --quick

fuzz: setup ## fuzzes the parsers, coverage-guided: MINUTES=30 for each, TARGET="a b" for some; `make test` replays
	@scripts/setup fuzz
	scripts/fuzz run $(MINUTES) $(TARGET)

lint: ## formatting, and clippy with warnings as errors
	@scripts/setup lint
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	$(CARGO) check --locked --manifest-path fuzz/Cargo.toml --target-dir target/fuzz

dependencies: setup ## licences, duplicates and bans among the crates used
	@scripts/check-dependencies

ci: dependencies lint try-bench test ## what continuous integration runs

cross: ## the release binary for aarch64, into target/aarch64-unknown-linux-gnu/release
	@scripts/setup cross
	PATH=/usr/bin:$$PATH \
	CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
	CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc \
	PKG_CONFIG_ALLOW_CROSS=1 \
	PKG_CONFIG_LIBDIR_aarch64_unknown_linux_gnu=/usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig \
	$(CARGO) build --release --locked --target $(ARM)

clean: ## what was built and the demo's pictures
	$(CARGO) clean
	rm -rf "$(PICTURES)"
