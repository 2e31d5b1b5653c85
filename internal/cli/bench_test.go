package cli

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"quipu/internal/store/pgtest"
)

func TestBenchOnPostgres(t *testing.T) {
	address := pgtest.URL(t)
	testscript.Run(t, testscript.Params{Dir: "testdata/postgres", Setup: func(e *testscript.Env) error {
		e.Setenv("QUIPU_LANG", "en")
		e.Setenv("QUIPU_BENCH_POSTGRES", address)
		return nil
	}})
}
