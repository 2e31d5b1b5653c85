package name

import (
	"slices"
	"strings"
	"unicode"
)

// Full is a full name that has been read for Likeness.
type Full struct {
	key    string // the text, folded: which of two goes first
	parts  []part
	script Writing
	// characters are those of a name in Chinese characters or hangul, without spaces.
	characters string
	fathered   bool // some part stands after BIN or its like
}

// part is one token of a full name, and what it is good for in a comparison.
type part struct {
	text, sound string
	slavic      string // text without what gender and list change
	loose       string // text and sound with the vowels that are taken for one another made one
	looseSound  string

	weight float64 // how much it says who the person is; 1 for a name of no note
	spare  float64 // the share of the weight that is not missed when it is left out
	joint  bool    // binds others: DE, AL, BIN
	father bool    // stands after BIN or its like
	common bool    // borne by many
	abjad  bool    // from a script that leaves vowels out
}

func (p part) initial() bool { return len(p.text) == 1 }

// text is the n parts from at.
func (f Full) text(at, n int) string { return spaced(f.parts[at : at+n]) }

func (f Full) has(text string) bool {
	return slices.ContainsFunc(f.parts, func(p part) bool { return p.text == text })
}

// titles go before or behind a name and are none. What many are called by as well, such as
// JUNIOR, is not among them.
var titles = set("MR MRS MS MISS MISTER DR DRA PROF PROFESSOR SIR LADY SR SRA SRTA SENOR SENORA DON DONA DOCTOR DOCTORA " +
	"ING LIC ABOG MG FRAY HERR FRAU MONSIEUR MADAME MADEMOISELLE MME MLLE SIGNOR SIGNORA DOTT HON HONORABLE HONOURABLE " +
	"EXCELLENCY PRESIDENT PRESIDENTE PRASIDENT PRESIDENTA MINISTER MINISTRO MINISTRA SENATOR SENADOR GENERAL COLONEL " +
	"CAPTAIN CAPT SHEIKH SHAIKH SHAYKH SHEIK CHEIKH JR PHD MD ESQ LLC LTD INC SA FNU LNU")

// joints bind the parts of a name. Whether they are written differs from list to list.
var joints = set("DE DEL LA LAS LOS EL Y E VON VAN VANDER VONDER DER DEN ZU ZUR DA DAS DO DOS DI D DU DES LE DELLA DELLO DEGLI DEI DAL " +
	"DALLA AL AS AD AR ASH UL UR BIN BINT IBN BEN OGLI OGLU KYZY QIZI NA VDA VIUDA AF AV TER TEN")

// namesToo are joints that begin a name as one of its own: Le Duc Tho, Ben Affleck, Na Moon-hee.
var namesToo = set("BEN LE DO NA DI DU TEN AR AS AD UR")

// fathers are the words of Arabic and Hebrew names after which the father's name stands.
var fathers = set("BIN IBN BEN BINT")

// ReadFull reads a full name as Likeness compares it: letters to Latin, titles away, what
// stands after a comma first. A text that is a filler (see Missing) has no parts.
func ReadFull(s string) Full {
	f := Full{key: Fold(s), script: Script(s)}
	if known(s) == "" {
		return f
	}
	if f.script == Han || f.script == Hangul {
		f.characters = strings.ReplaceAll(f.key, " ", "")
	}
	if left, right, ok := strings.Cut(s, ","); ok {
		s = right + " " + left
	}
	tokens := servants(Tokens(Romanise(unjoin(s))))
	if len(tokens) == 0 { // a script that nobody here can read is compared as it is
		tokens = Tokens(s)
	}
	tokens = tokens[:min(len(tokens), mostParts)]
	named := slices.ContainsFunc(tokens, func(t string) bool { return !titles[t] && !joints[t] })
	for i, t := range tokens {
		if titles[t] && named {
			continue
		}
		p := partOf(undigit(t))
		if i == 0 && p.joint && (len(tokens) == 2 || namesToo[t]) { // Ben Yusuf is no son of Yusuf
			p.joint, p.weight = false, 1
		}
		p.abjad = f.script == Arabic || f.script == Hebrew
		p.father = i > 0 && fathers[tokens[i-1]]
		f.fathered = f.fathered || p.father
		f.parts = append(f.parts, p)
	}
	return f
}

// servants writes the Arabic "servant of" in one way, a word of its own: ABD AL RAHMAN,
// ABDELRAHMAN and ABDUL RAHMAN are ABDUL RAHMAN.
func servants(tokens []string) []string {
	out := make([]string, 0, len(tokens))
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if t == "ABD" && i+2 < len(tokens) && joints[tokens[i+1]] {
			out = append(out, servant)
			i++
			continue
		}
		head, rest := t, ""
		if len(t) >= 5 {
			head, rest = t[:5], t[5:]
		}
		switch head {
		case "ABDUL", "ABDEL", "ABDAL", "ABDOL", "ABDIL":
			if rest == "" {
				out = append(out, servant)
				continue
			}
			if len(rest) > 3 && !strings.HasPrefix(rest, "LAH") {
				out = append(out, servant, rest)
				continue
			}
		}
		out = append(out, t)
	}
	return out
}

const servant = "ABDUL"

// mostParts is how many tokens of a text are compared; no name has as many.
const mostParts = 32

func partOf(t string) part {
	p := part{text: t, sound: Sound(t), slavic: slavic(t), loose: loose(t), joint: joints[t], common: commonNames()[t], weight: 1}
	p.looseSound = loose(p.sound)
	switch {
	case p.joint:
		p.weight = 0.1
	case p.initial():
		p.weight = 0.5
	case t == servant:
		p.weight = 0.7
	case p.common:
		p.weight = 0.8
	}
	return p
}

// unjoin parts words that were run together: SergeiLavrov, but not McDonald or DeWitt,
// which a comparison of joined tokens puts together again anyway.
func unjoin(s string) string {
	var b strings.Builder
	lower := false
	for _, c := range s {
		if lower && unicode.IsUpper(c) {
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(c)
		b.WriteRune(c)
	}
	return b.String()
}

// digits that stand for letters in a word that has letters.
var digitLetters = strings.NewReplacer("0", "O", "1", "I", "3", "E", "4", "A", "5", "S", "9", "G")

func undigit(t string) string {
	if strings.ContainsAny(t, "013459") && strings.ContainsFunc(t, unicode.IsLetter) {
		return digitLetters.Replace(t)
	}
	return t
}

// patronymic reports whether t is a father's name of the Slavic kind, which lists leave out
// as they like.
func patronymic(t string) bool {
	for _, end := range []string{"OVICH", "EVICH", "OVIC", "EVIC", "OVITCH", "EVITCH", "YEVICH", "OVNA", "EVNA", "YCH", "OVYCH", "EVYCH", "IVNA", "INICHNA"} {
		if len(t) > len(end)+2 && strings.HasSuffix(t, end) {
			return true
		}
	}
	return false
}
