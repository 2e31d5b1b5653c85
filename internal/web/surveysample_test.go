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

// TestSampleOfPlaces: a template is there to be filled in, what is wrong in a list is said line by
// line, and the good lines are drawn from when that is chosen.
func TestSampleOfPlaces(t *testing.T) {
	w := newWalk(t)
	b := w.in["statistician"]
	at := "/encuestas/" + w.queue + "/muestra"
	if got := b.get(at + "/plantilla"); !strings.Contains(got.text, "oficina;lugar;día;hora;visitas") || !strings.Contains(got.text, "ESMAD;") {
		t.Errorf("template:\n%s", got.text)
	}
	wish := []string{"source", "places", "method", "sampford", "allocation", "equal", "n", "2", "half", "5", "share", "50", "deff", "1", "response", "100", "reserve", "0", "each", "5", "seed", "7",
		"places", "ESMAD;Parque;domingo;16;100\nESMAD;Iglesia;domingo;11;muchas\nUSMIA;Plaza;lunes;9;3\nESMAD;Locutorio;lunes;18;40\nESMAD;Mercado;lunes;18;60\n", "do", "preview"}
	got := b.post(at, append(wish[:len(wish):len(wish)], "good", "no")...)
	for _, want := range []string{"hay 2 cosas por corregir", "muchas", "Esa oficina no participa"} {
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text, want) {
			t.Errorf("%d without %q:\n%s", got.status, want, got.text)
		}
	}
	got = b.post(at, append(wish[:len(wish):len(wish)], "good", "yes")...)
	for _, want := range []string{"Sortear y crear los casos", "Líneas con errores", "lugares y horas que se sortean"} {
		if got.status != http.StatusOK || !strings.Contains(got.text, want) {
			t.Errorf("%d without %q:\n%s", got.status, want, got.text)
		}
	}
}

// TestCoupons: a coupon is looked at, taken in with two questions, and the interview begins; a wrong
// one is told from a used one.
func TestCoupons(t *testing.T) {
	w := newWalk(t)
	b := w.in["window"]
	at := "/encuestas/" + w.chain
	send := func(status int, want string, pairs ...string) {
		t.Helper()
		got := b.post(at+"/cupon", pairs...)
		if got.status != status || !strings.Contains(got.text, want) {
			t.Errorf("%v: %d, want %d with %q:\n%s", pairs, got.status, status, want, got.text)
		}
	}
	send(http.StatusUnprocessableEntity, "18 letras y cifras", "coupon", "ABC", "do", "look")
	send(http.StatusUnprocessableEntity, "no es de esta encuesta", "coupon", "000000-000000-000000", "do", "look")
	send(http.StatusOK, "Recibir y empezar la entrevista", "coupon", strings.ToLower(w.coupons[0]), "do", "look")
	send(http.StatusUnprocessableEntity, "a cuántas personas conoce", "coupon", w.coupons[0], "degree", "", "relation", "friend", "do", "redeem")
	send(http.StatusUnprocessableEntity, "Elige qué es", "coupon", w.coupons[0], "degree", "12", "do", "redeem")
	send(http.StatusOK, "Cola", "coupon", w.coupons[0], "degree", "12", "relation", "friend", "do", "redeem")
	send(http.StatusUnprocessableEntity, "ya vino alguien", "coupon", w.coupons[0], "do", "look")
}
