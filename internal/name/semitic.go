package name

import "strings"

// Arabic and Hebrew leave short vowels out. The commonest names are in a table; in the
// rest long vowels are guessed from their place, so that a comparison by consonants holds.

var arabic = map[rune]string{
	'ا': "A", 'أ': "A", 'إ': "I", 'آ': "A", 'ٱ': "A", 'ى': "A", 'ب': "B", 'پ': "P", 'ت': "T", 'ة': "A", 'ث': "TH", 'ج': "J", 'چ': "CH",
	'ح': "H", 'خ': "KH", 'د': "D", 'ذ': "DH", 'ر': "R", 'ز': "Z", 'ژ': "ZH", 'س': "S", 'ش': "SH", 'ص': "S", 'ض': "D", 'ط': "T",
	'ظ': "Z", 'ع': "A", 'غ': "GH", 'ف': "F", 'ق': "Q", 'ك': "K", 'ک': "K", 'گ': "G", 'ل': "L", 'م': "M", 'ن': "N", 'ه': "H", 'ھ': "H",
	'ہ': "H", 'ؤ': "U", 'ئ': "I", 'ء': "", 'ٹ': "T", 'ڈ': "D", 'ڑ': "R", 'ں': "N", 'ڤ': "V", 'ے': "E",
	'َ': "A", 'ِ': "I", 'ُ': "U",
}

var hebrew = map[rune]string{
	'א': "A", 'ב': "B", 'ג': "G", 'ד': "D", 'ה': "H", 'ז': "Z", 'ח': "H", 'ט': "T", 'כ': "K", 'ך': "K", 'ל': "L", 'מ': "M",
	'ם': "M", 'נ': "N", 'ן': "N", 'ס': "S", 'ע': "A", 'פ': "P", 'ף': "F", 'צ': "TZ", 'ץ': "TZ", 'ק': "K", 'ר': "R", 'ש': "SH", 'ת': "T",
}

// arabicNames are read as they are mostly written. Known names only, in the commonest
// spelling; every other goes by letters.
var arabicNames = map[string]string{
	"محمد": "MOHAMMED", "أحمد": "AHMED", "احمد": "AHMED", "علي": "ALI", "على": "ALI", "حسن": "HASSAN", "حسين": "HUSSEIN",
	"عبد": "ABD", "عبدالله": "ABDULLAH", "عبدالرحمن": "ABDULRAHMAN", "عبدالعزيز": "ABDULAZIZ", "الله": "ALLAH",
	"عمر": "OMAR", "عثمان": "OTHMAN", "خالد": "KHALID", "يوسف": "YUSUF", "إبراهيم": "IBRAHIM", "ابراهيم": "IBRAHIM",
	"إسماعيل": "ISMAIL", "مصطفى": "MUSTAFA", "محمود": "MAHMOUD", "سلمان": "SALMAN", "سعود": "SAUD", "فيصل": "FAISAL", "فهد": "FAHD",
	"ناصر": "NASSER", "جمال": "JAMAL", "كريم": "KARIM", "طارق": "TARIQ", "بشار": "BASHAR", "الأسد": "AL ASSAD", "صدام": "SADDAM",
	"فاطمة": "FATIMA", "مريم": "MARYAM", "عائشة": "AISHA", "نور": "NOUR", "زينب": "ZAINAB", "ليلى": "LEILA", "سارة": "SARA",
	"بن": "BIN", "ابن": "IBN", "بنت": "BINT", "أبو": "ABU", "ابو": "ABU", "آل": "AL", "قاسم": "QASIM", "سعيد": "SAID", "صالح": "SALEH",
	"حمد": "HAMAD", "حامد": "HAMID", "رضا": "REZA", "مهدي": "MAHDI", "جعفر": "JAFAR", "موسى": "MUSA", "عيسى": "ISA", "داود": "DAWOOD",
	"سليمان": "SULEIMAN", "آدم": "ADAM", "شيخ": "SHEIKH", "الشيخ": "AL SHEIKH", "السيد": "AL SAYED", "مجيد": "MAJID", "وليد": "WALID",
	"خامنئي": "KHAMENEI", "مسعود": "MASOUD", "عباس": "ABBAS", "عادل": "ADEL", "فتاح": "FATTAH", "الفتاح": "AL FATTAH", "رحمن": "RAHMAN",
	"الرحمن": "AL RAHMAN", "العزيز": "AL AZIZ", "الكريم": "AL KARIM", "القادر": "AL QADIR", "خان": "KHAN", "إقبال": "IQBAL", "أنور": "ANWAR",
}

func romanArabic(run []rune) string {
	word := string(run)
	if t, ok := arabicNames[word]; ok {
		return t
	}
	if rest, ok := strings.CutPrefix(word, "ال"); ok && len([]rune(rest)) > 2 {
		if t, ok := arabicNames[rest]; ok {
			return "AL " + t
		}
		return "AL " + byLetters([]rune(rest), arabic, "و", "يی", "")
	}
	return byLetters(run, arabic, "و", "يی", "")
}

func romanHebrew(run []rune) string { return byLetters(run, hebrew, "ו", "י", "ה") }

// byLetters writes the letters of an abjad. The letters of u and i are vowels between
// consonants and at the end; the last letter of silent is an A there.
func byLetters(run []rune, table map[rune]string, u, i, silent string) string {
	var b strings.Builder
	for k, c := range run {
		first, last := k == 0, k == len(run)-1
		switch {
		case strings.ContainsRune(u, c):
			b.WriteString(pick(first, "W", "U"))
		case strings.ContainsRune(i, c):
			b.WriteString(pick(first, "Y", "I"))
		case last && !first && silent != "" && strings.ContainsRune(silent, c):
			b.WriteString("A")
		default:
			b.WriteString(table[c])
		}
	}
	return b.String()
}

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}
