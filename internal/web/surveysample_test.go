package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestSampleAndWeights: a statistician sees what a sample would be before it is drawn, is told
// what is wrong in words, draws, and tries steps of weights before they are kept.
func TestSampleAndWeights(t *testing.T) {
	w := newWalk(t)
	b := w.in["statistician"]
	at := "/encuestas/" + w.queue
	send := func(path string, status int, want string, pairs ...string) {
		t.Helper()
		got := b.post(path, pairs...)
		if got.status != status || !strings.Contains(got.text, want) {
			t.Errorf("%s %v: %d, want %d with %q:\n%s", path, pairs, got.status, status, want, got.text)
		}
	}
	wish := []string{"source", "register", "method", "simple", "allocation", "proportional", "half", "5", "share", "50", "deff", "1,2", "response", "50", "reserve", "50", "each", "5", "seed", "7"}
	send(at+"/muestra", http.StatusOK, "Sortear y crear los casos", append(wish[:len(wish):len(wish)], "do", "preview", "by", "sex")...)
	send(at+"/muestra", http.StatusUnprocessableEntity, "no es un número", append(wish[:len(wish):len(wish)], "do", "preview", "n", "muchos")...)
	send(at+"/pesos", http.StatusOK, "Todavía no se guardó nada", "do", "try")
	send(at+"/pesos", http.StatusUnprocessableEntity, "al menos una variable", "do", "try", "calibration", "raking")
	send(at+"/pesos", http.StatusUnprocessableEntity, "medianas", "do", "try", "trim_high", "0,5")
	send(at+"/muestra", http.StatusOK, "Se crearon", append(wish[:len(wish):len(wish)], "do", "draw")...)
	if got := b.get(at + "/muestra"); !strings.Contains(got.text, "La muestra ya se sorteó") {
		t.Errorf("after the draw:\n%s", got.text)
	}
}
