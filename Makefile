# `make edit` and `make test` are all that a fresh machine needs: each sets
# everything up first. `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VERSION := $(shell git describe --tags --always --dirty --abbrev=12 2>/dev/null || echo unknown)
COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null)
ENV := . scripts/env.sh &&
# The linker alone makes it position-independent: what is compiled stays what
# `make test` compiles, gotch's minutes of C++ among it.
LINK := -buildmode=pie

.PHONY: help setup build edit test lint fuzz nightly memory-check rough-check check-files render-check grid kinds words lamp-check parity-check tensorboard-check soak race bench gpu-check ddp-check deploy-check slurm-check fresh-check image-check dist dist-check clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: ## bring libtorch 2.11.0 and what the build needs (CUDA=1: the CUDA libraries too)
	@scripts/setup.sh

build: setup ## build bin/toolkit
	@mkdir -p bin
	@$(ENV) go build -ldflags "$(LINK) -X main.version=$(VERSION) -X main.commit=$(COMMIT)" -o bin/toolkit-program ./cmd/toolkit && \
		go build -ldflags "$(LINK) -s -w -X main.built=$$LIBTORCH" -o bin/toolkit ./cmd/launcher

INPUT  ?= examples/world/city.exr
PROMPT ?= a fiery sunset with glowing clouds
OUTPUT ?= out/city-sunset.exr

edit: build ## edit a real map with a sentence: INPUT=, PROMPT=, OUTPUT= for your own
	@mkdir -p "$(dir $(OUTPUT))"
	bin/toolkit edit --input "$(INPUT)" --prompt "$(PROMPT)" --output "$(OUTPUT)"

test: setup ## run every test
	@$(ENV) go test -timeout 40m ./...

lint: setup ## gofmt, vet, staticcheck, shellcheck, tidy modules, import rules
	@$(ENV) scripts/lint.sh

FUZZTIME ?= 60s
fuzz: setup ## run every fuzz target for FUZZTIME (60s) each; KEEP=8 keeps inputs
	@$(ENV) scripts/fuzz.sh $(FUZZTIME)

nightly: test lint check-files render-check lamp-check tensorboard-check memory-check rough-check ddp-check soak race fuzz ## what takes too long for every change

memory-check: build ## 16384x8192 maps stay within 2.5 times their size in memory (3 GB of disk, minutes)
	@scripts/memory-check.sh

rough-check: build ## 20 kills with -9 over the verbs, a full disk, hostile files (minutes; ROUGH_SEED=N repeats one)
	@scripts/rough-check.sh

MAPS ?= examples/hdri
check-files: build ## compare how the maps in MAPS= read with OpenEXR's and OpenCV's own reading
	@"$$(scripts/python.sh)" scripts/check-files.py $(MAPS)

RENDERED ?= examples/world
render-check: build ## edit maps, render these and the maps in RENDERED= with Blender, and hold the light there to words and figures
	@scripts/render-check.sh $(RENDERED)

POLYHAVEN ?= data/polyhaven
GRID ?= out/grid
grid: build ## edit the held-out outdoor maps of POLYHAVEN= by ten sentences, to GRID=, and judge them three times (half an hour)
	@scripts/grid.sh "$(POLYHAVEN)" "$(GRID)"

kinds: setup ## tell the kind of scene of the maps of POLYHAVEN=, and their windows, and hold both to what the eye sees (a minute)
	@$(ENV) POLYHAVEN="$(abspath $(POLYHAVEN))" go test ./pkg/sky ./pkg/sky/room -run RealMaps -count=1 -v

words: build ## edit by 478 sentences with words that no caption has, and hold the light to what was expected (minutes)
	@$(ENV) go run ./bench/words bench/words/*.jsonl

lamp-check: build ## lamps that `toolkit light` writes light as their maps do, in Blender and in three.js (minutes, needs npm)
	@scripts/lamp-check.sh out/lamps

parity-check: build ## published CLIPs in every layout, at full size, against transformers and open_clip; a tuned one there and back; 20,000 strings against their tokenizer (minutes, 3 GB)
	@$(ENV) scripts/parity-check.sh out/parity

tensorboard-check: build ## TensorBoard reads the event file of a run, one that was stopped and went on, as metrics.jsonl has it
	@scripts/tensorboard-check.sh

soak: setup ## 100,000 steps of tiny nets, also with the collector always at work: memory stays flat
	@$(ENV) TOOLKIT_SOAK_STEPS=100000 go test -count=1 -v -timeout 60m -run '^TestMemory' ./pkg/torch ./pkg/optim | grep -v '^=== '

race: setup ## the tests of what shares memory, under Go's race detector (compiles gotch once more)
	@$(ENV) go test -race -timeout 30m ./internal/... ./pkg/torch/... ./pkg/nn/... ./pkg/optim/... ./pkg/dataset/...

bench: build ## race PyTorch, side by side, and an edit beside other work; BENCH_FLAGS="-only ^edit" for that alone
	@$(ENV) scripts/bench.sh $(BENCH_FLAGS)

gpu-check: ## on a machine with a GPU: parity, leaks and races there (DEVICE=cpu SMALL=1 rehearses it on a CPU, DEVICE=pretend SMALL=1 on a GPU that is none)
	@scripts/gpu-check.sh

ddp-check: build ## train by two processes under torchrun, plain and Slurm's variables, and hold them to one
	@scripts/ddp-check.sh

deploy-check: ## check deploy/ with kubeconform and compose-go (needs Go's module proxy)
	@scripts/deploy-check.sh

slurm-check: build ## run deploy/slurm/ on a real Slurm of Debian's packages, in a root of its own (minutes, needs root)
	@scripts/slurm-check.sh

fresh-check: ## the two commands on a bare Debian (minutes, needs root)
	@scripts/fresh-check.sh

image-check: build ## build Dockerfile.cuda without CUDA by buildah and run it, read-only, as any user (minutes, 6 GB, needs root)
	@scripts/image-check.sh

dist: setup ## out/dist/toolkit-VERSION-linux-x86_64.tar.zst: what runs without a build (minutes)
	@$(ENV) VERSION="$(VERSION)" scripts/dist.sh

dist-check: ## the archive of `make dist` made again, and run on bare systems and old processors (needs root)
	@scripts/dist-check.sh

clean: ## remove what was built here; the cache in the user's directory stays
	rm -rf bin out
