package name

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestRomanise(t *testing.T) {
	for in, want := range map[string]string{
		"":               "",
		"José Núñez":     "José Núñez",
		"Владимир Путин": "VLADIMIR PUTIN",
		"Сергей Викторович Лавров": "SERGEY VIKTOROVICH LAVROV",
		"Володимир Зеленський":     "VOLODYMYR ZELENSKY",
		"Александар Вучић":         "ALEKSANDAR VUCIC",
		"Қасым-Жомарт Тоқаев":      "KASYM-ZHOMART TOKAEV",
		"Κυριάκος Μητσοτάκης":      "KYRIAKOS MITSOTAKIS",
		"Μπάμπης Ντόρας":           "BAMPIS DORAS",
		"محمد بن سلمان":            "MOHAMMED BIN SALMAN",
		"فرناندو بيريز":            "FRNANDU BIRIZ",
		"عبد الفتاح السيسي":        "ABD AL FATTAH AL SISI",
		"בנימין נתניהו":            "BNIMIN NTNIHU",
		"김정은":                      "KIM JEONGEUN",
		"バラク・オバマ":                  "BARAKU OBAMA",
		"シャルロッテ マッチ":               "SHARUROTTE MATCHI",
		"さとう けんじ":                  "SATOU KENJI",
		"習近平":                      "XI JINPING",
		"贝拉克·奥巴马":                  "BEILAKE AOBAMA",
		"欧阳修":                      "OUYANG XIU",
		"佐藤":                       "SATOU",
		"नरेन्द्र मोदी":            "NARENDR MODI",
		"মোহাম্মদ সাহাবুদ্দিন":     "MOHAMMAD SAHABUDDIN",
		"ბარაკ ობამა":              "BARAK OBAMA",
		"Բարակ Օբամա":              "BARAK OBAMA",
		"សាន":                      "SAAN",
		"Juan Иванов":              "Juan IVANOV",
	} {
		if got := Romanise(in); got != want {
			t.Errorf("Romanise(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzRomanise holds that no letter of another script is left, whatever comes in.
func FuzzRomanise(f *testing.F) {
	for _, s := range []string{"Қасым", "김정은", "バラク・オバマ", "習近平", "a\xffb", "ー", "ッ", "م", "々"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Romanise(s)
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("Romanise(%q) = %q", s, got)
		}
		for _, c := range got {
			if w := scriptOf(c); w != None && w != Latin {
				t.Errorf("Romanise(%q) leaves %q", s, c)
			}
		}
		if again := Romanise(got); again != got && strings.TrimSpace(again) != got {
			t.Errorf("Romanise(%q) = %q, then %q", s, got, again)
		}
	})
}
