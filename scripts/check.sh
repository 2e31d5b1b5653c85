#!/bin/sh
# Every check, cheapest first; the tests come last and have the last word.
set -eu
cd "$(dirname "$0")/.."
export CGO_ENABLED=0

say() { echo "== $*" >&2; }

say gofmt
unformatted=$(gofmt -l cmd internal)
[ -z "$unformatted" ] || { echo "not formatted; run gofmt -w on:" "$unformatted" >&2; exit 1; }

say go vet
go vet ./...

say staticcheck
go tool staticcheck ./...

# The officers' computers run Windows. Only what differs is compiled for it: the binary.
say go build for Windows
GOOS=windows go build -o /dev/null ./cmd/quipu

# macOS and arm64: the types alone, a quarter of a minute of a processor for all three.
say types on other systems
QUIPU_SYSTEMS=1 go test -count=1 -run TestOtherSystems ./internal/archtest

say schemathesis
scripts/schemathesis.sh

say planted bugs
go vet -tags mutant ./internal/sync/...
go test -tags mutant -run TestPlantedBugsAreCaught ./internal/sync/sim
go test -tags mutant -run TestOfficesCatchPlantedFaults ./internal/cli

say go test
# What setup.sh sees to is required: a test that lacks it fails here and is not skipped.
export QUIPU_REQUIRE_BROWSER=1 QUIPU_REQUIRE_POSTGRES=1 QUIPU_REQUIRE_CURL=1 QUIPU_REQUIRE_TPM=1 QUIPU_REQUIRE_POPPLER=1
# The database with a standby only where setup.sh can install it.
if [ "$(id -u)" = 0 ] && apt-cache show patroni >/dev/null 2>&1; then export QUIPU_REQUIRE_CLUSTER=1; fi
# R with its package survey, likewise.
if [ "$(id -u)" = 0 ] && apt-cache show r-cran-survey >/dev/null 2>&1; then export QUIPU_REQUIRE_R=1; fi
# The field's own converter of questionnaires, where it can be installed.
QUIPU_PYXFORM=$(scripts/pyxform.sh)
export QUIPU_PYXFORM
[ -z "$QUIPU_PYXFORM" ] || export QUIPU_REQUIRE_PYXFORM=1
# The schema of DDI-Codebook, likewise.
QUIPU_DDI_SCHEMA=$(scripts/ddi.sh)
export QUIPU_DDI_SCHEMA
[ -z "$QUIPU_DDI_SCHEMA" ] || export QUIPU_REQUIRE_DDI=1
exec go test -timeout 25m ./...
