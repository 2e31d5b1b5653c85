package backup_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/backup"
)

// TestTurn: of two processes one makes the backup; one that failed is tried again soon, one
// that was killed in the midst of it after some hours.
func TestTurn(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	a, err := app.Open(ctx, filepath.Join(t.TempDir(), "reg"), app.Options{Create: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for i, step := range []struct {
		after time.Duration
		mine  bool
		ended string
	}{
		{0, true, ""},                    // the first one begins
		{time.Minute, false, "well"},     // the other process has no turn; the first ends
		{23 * time.Hour, false, ""},      // not yet
		{time.Hour, true, "failed"},      // a day later; the disk was full
		{14 * time.Minute, false, ""},    // not yet again
		{time.Minute, true, ""},          // and again; the process is killed
		{5 * time.Hour, false, ""},       // it may still be at it
		{70 * time.Minute, true, "well"}, // it is not
		{24 * time.Hour, true, "well"},   // and so on
		{-time.Hour, false, ""},          // the clock is put back
		{26 * time.Hour, true, ""},       // and right again
	} {
		now = now.Add(step.after)
		mine, err := backup.Turn(ctx, a.Node, 24*time.Hour)
		if err != nil || mine != step.mine {
			t.Fatalf("step %d: %v, %v", i, mine, err)
		}
		if step.ended != "" {
			if err := backup.Ended(ctx, a.Node, step.ended == "well"); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestRotate keeps the newest of seven days and of four weeks out of a hundred days of two
// backups each, and nothing that is not the node's is touched.
func TestRotate(t *testing.T) {
	dir := t.TempDir()
	put := func(name string) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Date(2026, 1, 1, 2, 0, 0, 0, time.UTC) // a Thursday
	for d := range 100 {
		put(backup.Name("ESMAD-1", start.AddDate(0, 0, d)))
		put(backup.Name("ESMAD-1", start.AddDate(0, 0, d).Add(9*time.Hour)))
	}
	others := []string{backup.Name("ESMAD-2", start), "ESMAD-1-notes.txt", "ESMAD-1-20260101T020000Z.quipu.part", backup.Name("ESMAD-1-RABCDE", start)}
	for _, name := range others {
		put(name)
	}
	gone, err := backup.Rotate(dir, "ESMAD-1", 7, 4)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if !slices.Contains(others, f.Name()) {
			left = append(left, f.Name())
		}
	}
	// The last day is Friday, 10 April: its week and the day before, and the Sundays of three weeks.
	want := []string{"ESMAD-1-20260322T110000Z.quipu", "ESMAD-1-20260329T110000Z.quipu"}
	for d := 4; d <= 10; d++ {
		want = append(want, "ESMAD-1-202604"+time.Date(2026, 4, d, 0, 0, 0, 0, time.UTC).Format("02")+"T110000Z.quipu")
	}
	if !slices.Equal(left, want) || len(all) != len(want)+len(others) || len(gone) != 200-len(want) {
		t.Errorf("left %v\nwant %v\n%d gone", left, want, len(gone))
	}
	if again, err := backup.Rotate(dir, "ESMAD-1", 7, 4); err != nil || len(again) > 0 {
		t.Errorf("again: %v, %v", again, err)
	}
}
