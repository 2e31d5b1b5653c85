package cli

import (
	"encoding/json"
	"testing"

	"quipu/internal/bench/travel"
	"quipu/internal/store/pgtest"
)

// TestBenchSyncOnPostgres runs the measurement between offices with the hub on PostgreSQL, small.
func TestBenchSyncOnPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("a hub, a node and their questions for a few seconds")
	}
	out, err := quipuRun(t, "", "bench", "sync", "--engine", "postgres", "--url", pgtest.URL(t), "--persons", "60", "--changes", "9", "--nodes", "4", "--for", "8s", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var rep travel.Report
	if err := json.Unmarshal([]byte(out), &rep); err != nil {
		t.Fatal(err)
	}
	if rep.Engine != "postgres" || rep.Enrol.Changes < 60 || rep.Wrote.Changes != 9 || rep.Found.Changes != 9 || rep.Polls.Pulls == 0 || rep.Polls.Failures > 0 {
		t.Errorf("%+v", rep)
	}
	for _, bad := range []string{"encrypted", "oracle"} {
		if _, err := quipuRun(t, "", "bench", "sync", "--engine", bad); err == nil {
			t.Errorf("a hub on %s is measured", bad)
		}
	}
}
