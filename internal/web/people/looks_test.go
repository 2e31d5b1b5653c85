package people

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"quipu/internal/app/oversight"
)

// TestRuns: looks alike become one, but for a change, a day or another purpose between them.
func TestRuns(t *testing.T) {
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	read := func(hours int, author, purpose, action, detail string) oversight.Read {
		return oversight.Read{At: day.Add(time.Duration(hours) * time.Hour).UnixMicro(), Author: author, Office: "ESMAD", Purpose: purpose, Action: action, Detail: detail}
	}
	reads := []oversight.Read{ // newest first
		read(33, "rosa", "registry", "read", "detail"), // the next day
		read(15, "rosa", "registry", "read", "detail"), read(15, "ana", "registry", "read", "detail"), read(14, "rosa", "registry", "photo", ""), read(14, "rosa", "registry", "read", "ordinary"),
		read(13, "rosa", "act", "read", "detail"), read(13, "rosa", "registry", "constancy", "S1"),
		read(9, "rosa", "registry", "read", "detail"), // before the change at noon
		read(8, "ana", "registry", "photo", ""),
	}
	var got []string
	for _, r := range runs(reads, []int64{day.UnixMicro(), day.Add(12 * time.Hour).UnixMicro()}, time.UTC) {
		hour := func(micros int64) int { return int(time.UnixMicro(micros).UTC().Sub(day).Hours()) }
		got = append(got, fmt.Sprint(r.Author, " ", r.Purpose, " ", r.Action, " ", r.n, " ", hour(r.first), "-", hour(r.At), " ", r.saw))
	}
	want := []string{"rosa registry read 1 33-33 [detail]", "rosa registry read 2 14-15 [detail ordinary]", "ana registry read 1 15-15 [detail]", "rosa act read 1 13-13 [detail]",
		"rosa registry constancy 1 13-13 []", "rosa registry read 1 9-9 [detail]", "ana registry read 0 8-8 []"}
	if !slices.Equal(got, want) {
		t.Errorf("runs\n%q, want\n%q", got, want)
	}
}
