package api

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWhoDribblesHoldsNobodyUp: an officer whose lists come a byte at a time, three at once,
// takes no place that another's list needs; what is cut off leaves nothing on the disk.
func TestWhoDribblesHoldsNobodyUp(t *testing.T) {
	d := open(t)
	saul, pat := d.token("saul", all...), d.token("pat", all...)
	body, h := form("{}", "lista.csv", csv)
	answered := make(chan int, 3)
	var ends []*io.PipeWriter
	for range 3 {
		r, w := io.Pipe()
		ends = append(ends, w)
		req := httptest.NewRequest("POST", Prefix+"/imports", r)
		req.Header.Set("Authorization", "Bearer "+saul)
		req.Header.Set("Content-Type", h["Content-Type"])
		go func() {
			rec := httptest.NewRecorder()
			d.h.ServeHTTP(rec, req)
			answered <- rec.Code
		}()
	}
	for _, w := range ends {
		go io.WriteString(w, body[:40]) //nolint:errcheck // one after another, as they are read

	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // it would wait for ever
	defer cancel()
	req := httptest.NewRequestWithContext(ctx, "POST", Prefix+"/imports", strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+pat)
	req.Header.Set("Content-Type", h["Content-Type"])
	rec := httptest.NewRecorder()
	d.h.ServeHTTP(rec, req)
	if rec.Code != http.StatusCreated {
		t.Errorf("another office's list meanwhile: %d %s", rec.Code, rec.Body)
	}
	for _, w := range ends {
		w.CloseWithError(io.ErrUnexpectedEOF) //nolint:errcheck // it always is nil
	}
	for range ends {
		if code := <-answered; code != http.StatusBadRequest {
			t.Errorf("a list that was cut off: %d", code)
		}
	}
	left, err := filepath.Glob(filepath.Join(d.app.Dir(), "uploads", "*.arriving"))
	if err != nil || len(left) > 0 {
		t.Errorf("left on the disk: %v, %v", left, err)
	}
	if _, err := os.Stat(filepath.Join(d.app.Dir(), "uploads")); err != nil {
		t.Errorf("nothing arrived at all: %v", err)
	}
}

// TestWhatWasOnTheLineIsGone: a list that was arriving when the program was killed is dropped when it
// starts again.
func TestWhatWasOnTheLineIsGone(t *testing.T) {
	d := open(t)
	f, err := d.app.NewScratch("x" + arrivingEnd)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	New(d.app, nil, usual)
	if in, err := d.app.OpenScratch("x" + arrivingEnd); err == nil {
		in.Close() //nolint:errcheck // it was read by nobody
		t.Error("it is still there")
	}
}
