package name

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// kana has the syllables of hiragana in Hepburn's spelling; katakana lies 0x60 above it.
var kana = map[rune]string{
	'あ': "A", 'い': "I", 'う': "U", 'え': "E", 'お': "O", 'か': "KA", 'き': "KI", 'く': "KU", 'け': "KE", 'こ': "KO", 'さ': "SA", 'し': "SHI", 'す': "SU",
	'せ': "SE", 'そ': "SO", 'た': "TA", 'ち': "CHI", 'つ': "TSU", 'て': "TE", 'と': "TO", 'な': "NA", 'に': "NI", 'ぬ': "NU", 'ね': "NE", 'の': "NO", 'は': "HA",
	'ひ': "HI", 'ふ': "FU", 'へ': "HE", 'ほ': "HO", 'ま': "MA", 'み': "MI", 'む': "MU", 'め': "ME", 'も': "MO", 'ら': "RA", 'り': "RI", 'る': "RU", 'れ': "RE",
	'ろ': "RO", 'が': "GA", 'ぎ': "GI", 'ぐ': "GU", 'げ': "GE", 'ご': "GO", 'ざ': "ZA", 'じ': "JI", 'ず': "ZU", 'ぜ': "ZE", 'ぞ': "ZO", 'だ': "DA", 'ぢ': "JI",
	'づ': "ZU", 'で': "DE", 'ど': "DO", 'ば': "BA", 'び': "BI", 'ぶ': "BU", 'べ': "BE", 'ぼ': "BO", 'ぱ': "PA", 'ぴ': "PI", 'ぷ': "PU", 'ぺ': "PE", 'ぽ': "PO",
	'や': "YA", 'ゆ': "YU", 'よ': "YO", 'わ': "WA", 'ゐ': "I", 'ゑ': "E", 'を': "O", 'ん': "N", 'ゔ': "V",
}

// smallKana change the vowel of the syllable before them: シャ is SHA, ファ is FA.
var smallKana = map[rune]string{
	'ゃ': "YA", 'ゅ': "YU", 'ょ': "YO", 'ぁ': "A", 'ぃ': "I", 'ぅ': "U", 'ぇ': "E", 'ぉ': "O", 'ゎ': "WA",
}

func romanKana(run []rune) string {
	var out []byte
	double := false
	for _, c := range norm.NFC.String(string(run)) {
		if c >= 'ァ' && c <= 'ヴ' {
			c -= 0x60
		}
		if c == 'っ' {
			double = true
			continue
		}
		if small, ok := smallKana[c]; ok && len(out) > 0 {
			out = joinKana(out, small)
			continue
		}
		syllable := kana[c] // ー and marks have none: a long vowel is written once
		if double && syllable != "" {
			out = append(out, pick(syllable[0] == 'C', "T", syllable[:1])...)
			double = false
		}
		out = append(out, syllable...)
	}
	return string(out)
}

// joinKana puts a small syllable to the one before: SHI and YA are SHA, KI and YA are KYA.
func joinKana(out []byte, small string) []byte {
	n := len(out)
	if !isVowel(out[n-1]) {
		return append(out, small...)
	}
	out = out[:n-1]
	s := string(out)
	if strings.HasSuffix(s, "SH") || strings.HasSuffix(s, "CH") || strings.HasSuffix(s, "J") {
		small = strings.TrimPrefix(small, "Y")
	}
	return append(out, small...)
}

// The parts of a syllable of hangul in the Revised Romanisation, by their number.
var (
	hangulFirst = strings.Split("G GG N D DD R M B BB S SS  J JJ CH K T P H", " ")
	hangulVowel = strings.Split("A AE YA YAE EO E YEO YE O WA WAE OE YO U WO WE WI YU EU UI I", " ")
	hangulLast  = strings.Split(" K K K N N N T L K M L L L P L M P P T T NG T T K T P T", " ")

	// hangulFamily are family names as their bearers mostly write them.
	hangulFamily = map[rune]string{
		'김': "KIM", '이': "LEE", '리': "RI", '박': "PARK", '최': "CHOI", '정': "JUNG", '강': "KANG", '조': "CHO", '윤': "YOON", '장': "JANG",
		'임': "LIM", '림': "RIM", '한': "HAN", '오': "OH", '서': "SEO", '신': "SHIN", '권': "KWON", '황': "HWANG", '안': "AHN", '송': "SONG",
		'류': "RYU", '유': "YOO", '전': "JEON", '홍': "HONG", '고': "KO", '문': "MOON", '양': "YANG", '손': "SON", '배': "BAE", '백': "BAEK",
		'허': "HEO", '남': "NAM", '심': "SHIM", '노': "NOH", '하': "HA", '곽': "KWAK", '성': "SUNG", '차': "CHA", '주': "JOO", '우': "WOO",
		'구': "KOO", '민': "MIN", '진': "JIN", '지': "JI", '엄': "UM", '나': "NA", '라': "RA", '채': "CHAE", '원': "WON", '천': "CHUN", '방': "BANG",
	}
)

// romanHangul parts a word of two to four syllables after its family name, as Koreans
// write no space there.
func romanHangul(run []rune) string {
	run = []rune(norm.NFC.String(string(run)))
	var b strings.Builder
	for i, c := range run {
		if family, ok := hangulFamily[c]; ok && i == 0 && len(run) >= 2 && len(run) <= 4 {
			b.WriteString(family + " ")
			continue
		}
		if c < 0xAC00 || c > 0xD7A3 {
			continue
		}
		n := int(c - 0xAC00)
		b.WriteString(hangulFirst[n/588] + hangulVowel[n%588/28] + hangulLast[n%28])
	}
	return b.String()
}
