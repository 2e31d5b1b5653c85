package host

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// OpenToGroups names the groups of accounts, nobody in particular, that may read or change a
// file or folder under Windows: everyone, the users of the computer, those of the domain. It
// is "" of one that is private, and on every other system, where OpenToOthers tells. An entry
// for a single account, or for the administrators, is somebody's decision and is not named.
func OpenToGroups(path string) (string, error) { return openToGroups(path) }

// groups are the names that Windows' text of an access list has for groups of anybody, and what
// icacls takes for them in every language.
var groups = map[string]string{
	"WD": "Everyone *S-1-1-0", "AN": "Anonymous *S-1-5-7", "NU": "Network *S-1-5-2", "IU": "Interactive *S-1-5-4",
	"AU": "Authenticated Users *S-1-5-11", "BU": "Users *S-1-5-32-545", "BG": "Guests *S-1-5-32-546",
	"DU": "Domain Users", "DG": "Domain Guests", "LG": "Guest",
}

// An entry: its kind, flags, rights and account; see "ACE Strings" in Microsoft's description
// of the security descriptor definition language.
var entry = regexp.MustCompile(`\((X?A|OA);([A-Z]*);([^;]*);[^;]*;[^;]*;([^;)]*)`)

// openIn are the groups of a descriptor's text, in its order, each once.
func openIn(descriptor string) string {
	_, list, there := strings.Cut(descriptor, "D:")
	if !there || strings.HasPrefix(list, "NO_ACCESS_CONTROL") || !strings.Contains(list, "(") && !strings.HasPrefix(list, "P") {
		return groups["WD"] // no list: nobody is kept out
	}
	list, _, _ = strings.Cut(list, "S:")
	var open []string
	for _, e := range entry.FindAllStringSubmatch(list, -1) {
		name := group(e[4])
		if name == "" || flagged(e[2], "IO") || !reads(e[3]) || slices.Contains(open, name) {
			continue // IO: for what is made in the folder later, not for itself
		}
		open = append(open, name)
	}
	return strings.Join(open, ", ")
}

// group is the name of an account's text, "" of one that is no group of anybody.
func group(account string) string {
	if name := groups[account]; name != "" {
		return name
	}
	for _, name := range groups {
		if strings.HasSuffix(name, " *"+account) {
			return name
		}
	}
	if strings.HasPrefix(account, "S-1-5-21-") && (strings.HasSuffix(account, "-513") || strings.HasSuffix(account, "-514")) {
		return "*" + account
	}
	return ""
}

// flagged reports whether a word of two-letter codes has one of them.
func flagged(word, code string) bool {
	for ; len(word) >= 2; word = word[2:] {
		if word[:2] == code {
			return true
		}
	}
	return false
}

// grasp are the rights to read, write, delete, and give rights on: FILE_READ_DATA,
// FILE_WRITE_DATA, FILE_APPEND_DATA, DELETE, WRITE_DAC, WRITE_OWNER, GENERIC_ALL,
// GENERIC_WRITE and GENERIC_READ. To pass through, or to see the size, is none of them.
const grasp = 0x1 | 0x2 | 0x4 | 0x10000 | 0x40000 | 0x80000 | 0x10000000 | 0x40000000 | 0x80000000

// reads reports whether rights, as a number or in two-letter codes, hold one of grasp.
func reads(rights string) bool {
	if n, err := strconv.ParseUint(rights, 0, 32); err == nil {
		return n&grasp != 0
	}
	return slices.ContainsFunc([]string{"FA", "FR", "FW", "GA", "GR", "GW", "CC", "DC", "LC", "SD", "WD", "WO"}, func(code string) bool {
		return flagged(rights, code)
	})
}
