package name

import "strings"

var headingSigns = strings.NewReplacer("_", " ", "º", " ", "°", " ", "#", " numero ", "ª", " ")

// HeadingWords are the folded words of what stands over a column of a list: Fold, with
// the words of "apellidoPaterno" and "last_name" parted.
func HeadingWords(s string) []string { return Tokens(headingSigns.Replace(unhump(s))) }

// unhump parts the words of a heading such as "apellidoPaterno".
func unhump(s string) string {
	var b strings.Builder
	small := false
	for _, c := range s {
		if small && c >= 'A' && c <= 'Z' {
			b.WriteByte(' ')
		}
		small = c >= 'a' && c <= 'z'
		b.WriteRune(c)
	}
	return b.String()
}
