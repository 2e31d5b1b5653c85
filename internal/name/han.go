package name

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed japanese.csv
var japaneseCSV string

// japaneseSurnames are of two characters or more, so that they are not taken for Chinese.
var japaneseSurnames = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(japaneseCSV) {
		kanji, romaji, ok := strings.Cut(strings.TrimSpace(line), ",")
		if ok && kanji != "kanji" {
			out[kanji] = romaji
		}
	}
	return out
})

// doubleFamily are Chinese family names of two characters.
var doubleFamily = set("欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 东方 東方 夏侯 皇甫 尉迟 尉遲 公孙 公孫 慕容 令狐 司徒 端木 南宫 南宮 独孤 獨孤")

// romanHan reads characters. Two to four of them are a family name and a given name; more
// are a foreign name by its sound, one word.
func romanHan(run []rune) string {
	for n := min(len(run), 4); n >= 2; n-- {
		if surname, ok := japaneseSurnames()[string(run[:n])]; ok && len(run) <= n+3 {
			return strings.TrimSpace(surname + " " + decoded(string(run[n:])))
		}
	}
	family := 1
	if len(run) > 2 && doubleFamily[string(run[:2])] {
		family = 2
	}
	if len(run) == 1 || len(run) > family+2 {
		return decoded(string(run))
	}
	return decoded(string(run[:family])) + " " + decoded(string(run[family:]))
}
