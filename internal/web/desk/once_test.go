package desk

import (
	"errors"
	"testing"
)

func TestOnce(t *testing.T) {
	o, n := newOnceTokens(), 0
	act := func() (string, error) { n++; return "P", nil }
	token := o.Issue()
	for range 3 {
		if got, err := o.Use(token, act); got != "P" || err != nil {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	if n != 1 {
		t.Errorf("acted %d times", n)
	}
	refused := o.Issue()
	for range 2 {
		if _, err := o.Use(refused, func() (string, error) { n++; return "", nil }); err != nil {
			t.Fatal(err)
		}
	}
	if n != 3 {
		t.Error("a form that did not act must be free to be sent again")
	}
	full := o.Issue()
	if got, err := o.Use(full, func() (string, error) { return "P", errors.New("the disk is full") }); got != "" || err == nil || o.Result(full) != "" {
		t.Errorf("what failed came to %q, %v", got, err)
	}
	if got, err := o.Use(full, act); got != "P" || err != nil || n != 4 {
		t.Errorf("sent again after a failure: %q, %v", got, err)
	}
}
