package desk

import (
	"context"
	"testing"
	"time"

	"quipu/internal/fault"
)

func TestHeavies(t *testing.T) {
	h := newHeavies()
	must := func(login string) func() {
		t.Helper()
		end, err := h.begin(t.Context(), login)
		if err != nil {
			t.Fatal(login, err)
		}
		return end
	}
	rosa := must("rosa")
	if _, err := h.begin(t.Context(), "rosa"); !fault.Is(err, "officer.heavy_own") {
		t.Errorf("two of one officer: %v", err)
	}
	marta := must("marta")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.begin(gone, "carlos"); !fault.Is(err, "officer.heavy_full") {
		t.Errorf("a third: %v", err)
	}
	waits := make(chan func())
	go func() {
		end, err := h.begin(t.Context(), "carlos") // who gave up may come again
		if err != nil {
			t.Error(err)
		}
		waits <- end
	}()
	select {
	case <-waits:
		t.Fatal("a third did not wait")
	case <-time.After(20 * time.Millisecond):
	}
	rosa()
	carlos := <-waits
	marta()
	again := must("rosa")
	carlos()
	again()
}
