# `make demo` shows it, `make test` checks it; CONTRIBUTING.md says the rest.
export CGO_ENABLED = 0

.PHONY: build demo test quick bench setup

build:
	go build -trimpath -ldflags=-s -o quipu$(shell go env GOEXE) ./cmd/quipu

# Persons, seed and address: make demo ARGS="--persons 5000 --addr 127.0.0.1:9000"
demo: build
	./quipu demo $(ARGS)

setup:
	scripts/setup.sh

test: setup
	scripts/check.sh

# The tests alone, without those that lack a browser or PostgreSQL.
quick:
	go test ./...

bench: build
	go test -run '^$$' -bench . ./internal/...
