package sim

import (
	"flag"
	"testing"
)

var oneWorld = flag.Uint64("world", 0, "the seed of the world that TestOneWorld tells of")

func TestOneWorld(t *testing.T) {
	if *oneWorld == 0 {
		t.Skip("no seed was given with -world")
	}
	trail, err := Trace(*oneWorld)
	t.Log("\n" + trail)
	if err != nil {
		t.Fatal(err)
	}
}

func TestWorlds(t *testing.T) {
	s, err := RunAll(1, 600, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", s)
	if s.Contested == 0 || s.Lost == 0 || s.Crashes == 0 || s.Forgets == 0 || s.Backs == 0 || s.Clones == 0 {
		t.Errorf("the weather was too good: %+v", s)
	}
}
