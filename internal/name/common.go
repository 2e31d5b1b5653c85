package name

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed common.txt
var commonTXT string

// commonNames are among the most frequent given names or surnames of some country.
var commonNames = sync.OnceValue(func() map[string]bool { return phrases(strings.Fields(commonTXT)...) })
