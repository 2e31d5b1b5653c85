package host

import "testing"

// TestOpenIn reads access lists as Windows writes them.
func TestOpenIn(t *testing.T) {
	for text, want := range map[string]string{
		// A folder as docs/operation.md closes it.
		"D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;LS)": "",
		// One made in C:\ProgramData as it comes, and a file in it.
		"D:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIIOID;GA;;;CO)(A;OICIID;0x1200a9;;;BU)(A;CIID;DCLCRPCR;;;BU)": "Users *S-1-5-32-545",
		"D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FR;;;S-1-5-32-545)":                                                   "Users *S-1-5-32-545",
		// One in C:\ as it comes: two groups.
		"O:BAG:DUD:AI(A;OICIID;0x1200a9;;;BU)(A;ID;0x1301bf;;;AU)(A;OICIIOID;SDGXGWGR;;;WD)S:(AU;SAFA;FA;;;WD)": "Users *S-1-5-32-545, Authenticated Users *S-1-5-11",
		// Under a user's own profile; one other account; passing through and attributes only.
		"D:(A;OICIID;FA;;;S-1-5-21-1-2-3-1001)(A;OICIID;FR;;;S-1-5-21-1-2-3-1002)": "",
		"D:P(A;;FX;;;WD)(A;;0x100080;;;BU)(D;;FA;;;WD)":                            "",
		"D:P(A;;SDRCWDWO;;;S-1-5-21-1-2-3-513)":                                    "*S-1-5-21-1-2-3-513",
		"D:P(XA;;FR;;;WD;(@USER.Project Any_of 1))":                                "Everyone *S-1-1-0",
		// A list without entries keeps everybody out; none at all keeps out nobody.
		"D:P": "", "D:": "Everyone *S-1-1-0", "D:NO_ACCESS_CONTROL": "Everyone *S-1-1-0", "": "Everyone *S-1-1-0",
	} {
		if got := openIn(text); got != want {
			t.Errorf("%s\n\tis open to %q, want %q", text, got, want)
		}
	}
}
