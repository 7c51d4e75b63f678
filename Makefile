# Hearth: the commands a person or a developer needs. `make demo` and `make test` set up a fresh
# Debian or Ubuntu by themselves; everything else assumes they ran once.
SHELL := /bin/bash
BUILD ?= .build
CONFIGURATION ?= release
BIN := $(BUILD)/$(CONFIGURATION)
export SWIFT_BACKTRACE := enable=no
SOURCES := Package.swift Sources Tests Benchmarks

.PHONY: demo test oracle build setup format lint bench docs conformance mutants fuzz faults clean

## demo: build, ingest SampleData into a throw-away vault, print a report and name the HTML file
demo: build
	@scripts/demo.sh $(BIN)/hearth

## build: the release binaries, hearth and the worker beside it
build: setup
	swift build -c $(CONFIGURATION) --product hearth
	swift build -c $(CONFIGURATION) --product hearth-worker

## test: check formatting and house rules, then run every test
test: setup lint oracle
	scripts/test.sh

## oracle: fetch ONNX Runtime for the tests that compare with it; they are skipped where it cannot be had
oracle:
	@scripts/fetch-onnxruntime.sh

## setup: install what is missing (libsodium, SQLite, zstd, libarchive headers); does nothing twice
setup:
	@scripts/setup.sh

## format: rewrite all Swift files in the house style
format:
	swift format --in-place --parallel --recursive $(SOURCES)

## lint: fail if a file is not in the house style
lint:
	swift format lint --strict --parallel --recursive $(SOURCES)

## bench: speed and memory beside the peers, as ratios (see docs/performance.md)
bench: build
	swift build -c $(CONFIGURATION) --product hearth-simulate
	Benchmarks/run.sh

## conformance: read every sample file, compare with its reference, rewrite docs/conformance.md
conformance: setup
	swift run -c release hearth-conformance table > docs/conformance.md.new
	mv docs/conformance.md.new docs/conformance.md

## mutants: a million seeded mutants for each reader
mutants: setup
	swift run -c release hearth-conformance mutate --seed 1 --count 1000000

## fuzz: libFuzzer on the reader of one kind: make fuzz KIND=fit SECONDS=600
KIND ?= fit
SECONDS ?= 600
fuzz: setup
	HEARTH_FUZZ=1 swift build -c release --product hearth-fuzz --scratch-path .build-fuzz \
		-Xswiftc -sanitize=fuzzer -Xswiftc -use-ld=lld
	mkdir -p .build-fuzz/finds
	.build-fuzz/release/hearth-fuzz $(KIND) .build-fuzz/corpus/$(KIND) -max_total_time=$(SECONDS) \
		-max_len=8192 -timeout=2 -rss_limit_mb=512 -artifact_prefix=.build-fuzz/finds/$(KIND)-

## faults: try to break what the vault promises, at full length (hours), and rewrite docs/reliability.md
FAULTS ?=
faults: build
	swift build -c $(CONFIGURATION) --product hearth-faults
	$(BIN)/hearth-faults run $(FAULTS) --out out/faults
	scripts/reliability.sh $(BIN)/hearth-faults out/faults

## docs: check that every command, model and schema is documented
docs:
	swift test --filter Repository

clean:
	rm -rf $(BUILD) out
