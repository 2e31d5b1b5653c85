package host

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/windows"
)

// TestOpenToGroups gives a file access lists and reads them back.
func TestOpenToGroups(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	if err := os.WriteFile(path, []byte("key"), 0o600); err != nil {
		t.Fatal(err)
	}
	me, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	for list, want := range map[string]string{
		"D:P(A;;FA;;;" + me.User.Sid.String() + ")":             "",
		"D:P(A;;FA;;;" + me.User.Sid.String() + ")(A;;FR;;;WD)": "Everyone *S-1-1-0",
	} {
		d, err := windows.SecurityDescriptorFromString(list)
		if err != nil {
			t.Fatal(err)
		}
		dacl, _, err := d.DACL()
		if err != nil {
			t.Fatal(err)
		}
		if err := windows.SetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, dacl, nil); err != nil {
			t.Fatal(err)
		}
		if got, err := OpenToGroups(path); err != nil || got != want {
			t.Errorf("%s: open to %q, %v", list, got, err)
		}
	}
	if _, err := OpenToGroups(path + ".none"); err == nil {
		t.Error("a file that is not there has rights")
	}
}
