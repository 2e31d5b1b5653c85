package name

import "strings"

// bare are the particles that a list may leave out or write together with the surname. The
// saints of SAN MARTIN and the sons of MACDONALD are not among them.
var bare = set("DE DEL LA LAS LOS EL Y E VON VAN VANDER VONDER DER DEN ZU DA DAS DO DOS DI D DU DES LE DELLA DELLO DEGLI DEI DAL DALLA " +
	"AL BIN BINT IBN BEN VDA VIUDA VD")

// Core is the tokens of Tokens without particles: DE LA CRUZ is CRUZ, VDA DE FLORES is
// FLORES. When nothing but particles is there, it is all of them. The argument stays as it
// is.
func Core(tokens []string) []string {
	out := make([]string, 0, len(tokens))
	for _, t := range tokens {
		if !bare[t] {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return tokens
	}
	return out
}

// Joined is the tokens written as one word, as lists that leave out spaces have them: DE LA
// CRUZ is DELACRUZ, SAN MARTIN is SANMARTIN.
func Joined(tokens []string) string { return strings.Join(tokens, "") }
