package name

import "strings"

// word is one word of a name, as written and folded.
type word struct{ text, key string }

// particle reports whether w sticks to what follows; D' does, a lone D does not.
func (w word) particle() bool {
	if w.key == "D" {
		return strings.HasSuffix(w.text, "'")
	}
	return particles[w.key]
}

// group is the words of one surname or given name: DE LA CRUZ, HUAMÁN.
type group []word

func (g group) text() string {
	parts := make([]string, len(g))
	for i, w := range g {
		parts[i] = w.text
	}
	return strings.Join(parts, " ")
}

func (g group) key() string {
	parts := make([]string, len(g))
	for i, w := range g {
		parts[i] = w.key
	}
	return strings.Join(parts, " ")
}

func (g group) given() bool { return commonGiven[g[0].key] }

// joined reports whether g begins with "y" or its like, which may bind two surnames into
// one or part the father's from the mother's.
func (g group) joined() bool { return len(g) > 1 && (g[0].key == "Y" || g[0].key == "E") }

// plainDe is "DE X", the form of a married surname.
func (g group) plainDe() bool { return len(g) == 2 && g[0].key == "DE" }

// longDe is "DEL X", "DE LA X" and the like.
func (g group) longDe() bool {
	return len(g) > 1 && !g.plainDe() && (g[0].key == "DE" || g[0].key == "DEL")
}

func wordsOf(s string) []word {
	fields := strings.Fields(s)
	out := make([]word, 0, len(fields))
	for _, f := range fields {
		if k := Fold(f); k != "" {
			out = append(out, word{f, k})
		}
	}
	return out
}

// groupsOf puts particles to what follows and known compound surnames together.
func groupsOf(ws []word) []group {
	var out []group
	start := 0
	for i, w := range ws {
		if w.particle() && i+1 < len(ws) {
			continue
		}
		out = append(out, ws[start:i+1:i+1])
		start = i + 1
	}
	for i := 0; i+1 < len(out); i++ {
		if both := merge(out[i : i+2]); compounds[both.key()] {
			out = append(append(out[:i:i], both), out[i+2:]...)
		}
	}
	return out
}

func merge(gs []group) group {
	var out group
	for _, g := range gs {
		out = append(out, g...)
	}
	return out
}

func textOf(gs []group) string { return merge(gs).text() }

// SplitSurnames parts a field that holds both surnames: "DE LA CRUZ HUAMÁN" is DE LA CRUZ
// and HUAMÁN. Text is kept as written, cleaned. It is not sure when there are more groups
// than two, or "y", or a hyphen, or a second surname that may be a husband's. A married
// surname after two others is left out; Surnames gives it.
func SplitSurnames(s string) (paternal, maternal string, sure bool) {
	n, sure := surnames(wordsOf(Clean(s)), false)
	return n.Paternal, n.Maternal, sure
}

// Surnames parts a field of surnames and also recognises a married one: "QUISPE MAMANI DE
// FLORES", "QUISPE VDA. DE FLORES". Given stays empty.
func Surnames(s string) (n Name, sure bool) { return surnames(wordsOf(Clean(s)), true) }

// surnames does the parting. With lone, "QUISPE DE FLORES" is a surname and a married one.
func surnames(ws []word, lone bool) (n Name, sure bool) {
	ws, married := cutWidow(ws)
	n.Married = married
	gs := groupsOf(ws)
	sure = true
	if len(gs) > 2 && married == "" || len(gs) == 2 && lone && married == "" {
		last := gs[len(gs)-1]
		switch {
		case last.plainDe():
			n.Married, gs, sure = last[1:].text(), gs[:len(gs)-1], len(gs) == 3
		case last.longDe() && len(gs) > 2 && !gs[1].longDe():
			n.Married, gs, sure = last.text(), gs[:len(gs)-1], false
		}
	}
	switch {
	case len(gs) == 0:
		return n, false
	case len(gs) == 1:
		n.Paternal = gs[0].text()
		return n, sure && !strings.Contains(n.Paternal, "-")
	case len(gs) == 2:
		n.Paternal, n.Maternal = gs[0].text(), gs[1].text()
		return n, sure && !gs[1].joined() && (!gs[1].plainDe() || n.Married != "")
	}
	cut := 1
	if gs[1].joined() || gs[1].plainDe() || gs[1].longDe() {
		cut = 2 // PARDO Y BARREDA LAVALLE, RUIZ DE SOMOCURCIO TAPIA
	}
	n.Paternal, n.Maternal = textOf(gs[:cut]), textOf(gs[cut:])
	return n, false
}

// cutWidow takes "VDA. DE X" off the end and gives X.
func cutWidow(ws []word) (rest []word, married string) {
	for i := 1; i+1 < len(ws); i++ {
		isV := ws[i].key == "V" && ws[i].text != "V" && ws[i+1].key == "DE"
		if !widows[ws[i].key] && !isV {
			continue
		}
		tail := group(ws[i+1:])
		if tail[0].key == "DE" && len(tail) > 1 && !tail.longDeArticle() {
			tail = tail[1:]
		}
		return ws[:i], tail.text()
	}
	return ws, ""
}

// longDeArticle is true for DE LA X, where DE is part of the surname.
func (g group) longDeArticle() bool {
	switch g[1].key {
	case "LA", "LAS", "LOS", "EL":
		return len(g) > 2
	}
	return false
}
