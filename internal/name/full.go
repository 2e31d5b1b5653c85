package name

import "strings"

// SplitFull parts a whole name: "APELLIDOS, NOMBRES", the passport's "APELLIDOS<<NOMBRES",
// or the spoken order "Nombres Paterno Materno". Names in Chinese characters, kana or
// hangul have the family name first. It is sure only when no other reading is likely; what
// is not sure is for a person to confirm.
func SplitFull(s string) (n Name, sure bool) {
	s = Clean(s)
	s = strings.ReplaceAll(strings.Replace(s, "<<", ",", 1), "<", " ")
	s = strings.NewReplacer("，", ",", "、", ",").Replace(s)
	if left, right, ok := strings.Cut(s, ","); ok {
		return withComma(left, right)
	}
	switch Script(s) {
	case Han, Kana, Hangul:
		if !strings.Contains(s, "・") {
			return familyFirst(wordsOf(s))
		}
		n, _ = natural(wordsOf(strings.ReplaceAll(s, "・", " ")))
		return n, false
	}
	return natural(wordsOf(s))
}

func withComma(left, right string) (Name, bool) {
	n, sure := surnames(wordsOf(left), true)
	one := !strings.Contains(right, ",")
	n.Given = group(wordsOf(strings.ReplaceAll(right, ",", " "))).text()
	return n, sure && one && n.Given != "" && n.Paternal != ""
}

func familyFirst(ws []word) (n Name, sure bool) {
	if len(ws) == 0 {
		return n, false
	}
	n.Paternal, n.Given = ws[0].text, group(ws[1:]).text()
	return n, len(ws) == 2
}

// natural reads given names before surnames.
func natural(ws []word) (n Name, sure bool) {
	ws, n.Married = cutWidow(ws)
	if len(ws) == 0 {
		return n, false
	}
	if k := ws[0].key; k == "DE" || k == "DEL" {
		return surnameFirst(n, groupsOf(ws))
	}
	// The first word is a given name even where it could be a particle: Santa, Ben, Al.
	gs := append([]group{{ws[0]}}, groupsOf(ws[1:])...)
	for i := 1; i+1 < len(gs); i++ {
		if givenTails[gs[i].key()] {
			gs[i-1] = merge(gs[i-1 : i+1])
			gs = append(gs[:i], gs[i+1:]...)
			i--
		}
	}
	if compounds[textKey(gs, 2)] { // Riva Agüero Osma Juan: nothing before the surname
		return surnameFirst(n, append([]group{merge(gs[:2])}, gs[2:]...))
	}
	sure = true
	if last := gs[len(gs)-1]; n.Married == "" && last.plainDe() && len(gs) > 2 && (len(gs) > 3 || !gs[1].given()) {
		sure = len(gs) > 3
		n.Married, gs = last[1:].text(), gs[:len(gs)-1]
	}
	return place(n, gs, sure)
}

func textKey(gs []group, k int) string {
	if len(gs) < k {
		return ""
	}
	return merge(gs[:k]).key()
}

// place gives the groups of a spoken name to its parts.
func place(n Name, gs []group, sure bool) (Name, bool) {
	k := len(gs)
	switch {
	case k == 1:
		n.Paternal = gs[0].text()
		return n, false
	case k == 2:
		n.Given, n.Paternal = gs[0].text(), gs[1].text()
		return n, sure && gs[0].given() && !gs[1].given()
	case !gs[0].given() && !gs[1].given() && gs[k-1].given():
		return surnameFirst(n, gs) // QUISPE MAMANI JUAN CARLOS, with the comma lost
	case gs[k-2].given():
		n.Given, n.Paternal = textOf(gs[:k-1]), gs[k-1].text()
		return n, false
	}
	last, before := gs[k-1], gs[k-2]
	n.Given, n.Paternal, n.Maternal = textOf(gs[:k-2]), before.text(), last.text()
	if k >= 4 && (last.joined() || before.joined()) {
		return placeJoined(n, gs)
	}
	unclear := last.joined() || before.joined() || k > 4 || k == 4 && last.longDe() && !gs[1].given() || k == 3 && !gs[0].given()
	return n, sure && !unclear
}

// placeJoined keeps "Pardo y Barreda" together before a mother's surname.
func placeJoined(n Name, gs []group) (Name, bool) {
	k := len(gs)
	if gs[k-2].joined() {
		n.Given, n.Paternal, n.Maternal = textOf(gs[:k-3]), textOf(gs[k-3:k-1]), gs[k-1].text()
	}
	return n, false
}

// surnameFirst reads a name that begins with its surnames though it has no comma.
func surnameFirst(n Name, gs []group) (Name, bool) {
	n.Paternal = gs[0].text()
	rest := gs[1:]
	if len(rest) > 1 {
		n.Maternal, rest = rest[0].text(), rest[1:]
	}
	n.Given = textOf(rest)
	return n, false
}
