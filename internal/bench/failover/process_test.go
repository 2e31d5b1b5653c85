package failover

import (
	"path/filepath"
	"testing"

	"quipu/internal/bench/pguser"
)

// TestProgramThatCannotStart: what was never started is not there to be ended.
func TestProgramThatCannotStart(t *testing.T) {
	s := &stage{}
	var err error
	if s.etcd, err = start(t.TempDir(), "etcd", pguser.Owner{}, filepath.Join(t.TempDir(), "nothing")); err == nil {
		t.Fatal("it started")
	}
	if err := s.end(); err != nil {
		t.Error(err)
	}
}
