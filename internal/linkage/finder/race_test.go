package finder

import (
	"fmt"
	"sync"
	"testing"
)

// TestFollowsAtOnce searches from several sides while persons come and go: what was put is
// found by the next search, and what is not touched is found all the time.
func TestFollowsAtOnce(t *testing.T) {
	x := small()
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if hits := x.Search(Query{Text: "rosa kispe mamani"}, 3); len(hits) == 0 || hits[0].Row != 0 {
					t.Errorf("the first person is lost: %v", hits)
					return
				}
			}
		})
	}
	for i := range 400 {
		row := uint32(100 + i%7)
		given := fmt.Sprintf("ZENOBIA%c%c", 'A'+i%26, 'A'+i/26)
		x.Put(row, Entry{Given: given, Paternal: "Ticona"})
		if hits := x.Search(Query{Text: given, Whole: true}, 1); len(hits) == 0 || hits[0].Row != row || hits[0].Score < 0.9 {
			t.Fatalf("%s is not found: %v", given, hits)
		}
		if i%3 == 0 {
			x.Remove(row)
			for _, h := range x.Search(Query{Text: given, Whole: true}, 20) {
				if h.Row == row {
					t.Fatalf("%s was removed and is found", given)
				}
			}
		}
	}
	close(done)
	readers.Wait()
}
