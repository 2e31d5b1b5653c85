package synchttp

import (
	"fmt"
	"testing"
	"time"

	"quipu/internal/fault"
)

func TestTooOften(t *testing.T) {
	at := time.Unix(0, 0)
	r := newRates(func() time.Time { return at })
	for i := range int(strangerAtOnce) {
		if err := r.stranger("192.0.2.1:" + fmt.Sprint(i)); err != nil {
			t.Fatal(i, err)
		}
	}
	if err := r.stranger("192.0.2.1:9"); !fault.Is(err, "sync.too_often") || r.stranger("192.0.2.2:9") != nil {
		t.Errorf("%v", err)
	}
	at = at.Add(5 * time.Second)
	if err := r.stranger("192.0.2.1:9"); err != nil {
		t.Errorf("after a while: %v", err)
	}
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"https://registro.example/": "https://registro.example", "http://127.0.0.1:80": "http://127.0.0.1:80", "http://[::1]:80": "http://[::1]:80",
		"http://localhost": "http://localhost", "https://a.example/base": "https://a.example/base",
	} {
		if got, err := Address(in); err != nil || got != want {
			t.Errorf("%s: %q, %v", in, got, err)
		}
	}
	for in, want := range map[string]string{
		"http://registro.example": "sync.address_plain", "http://127.0.0.1.example": "sync.address_plain", "ftp://a.example": "sync.address",
		"registro.example": "sync.address", "https://u:p@a.example": "sync.address", "https://a.example?x": "sync.address", "": "sync.address",
	} {
		if got, err := Address(in); !fault.Is(err, want) {
			t.Errorf("%s: %q, %v", in, got, err)
		}
	}
}
