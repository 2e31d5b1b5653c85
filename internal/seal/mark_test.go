package seal

import "testing"

func TestMark(t *testing.T) {
	m := NewMaster()
	mark := m.Mark("backup", "text")
	if len(mark) != 64 || !m.Marked("backup", "text", mark) {
		t.Errorf("%q does not mark its own text", mark)
	}
	for name, other := range map[string]bool{
		"another text": m.Marked("backup", "test", mark), "another purpose": m.Marked("backups", "text", mark),
		"the seam moved": m.Marked("backupt", "ext", mark), "another master": NewMaster().Marked("backup", "text", mark),
		"none": m.Marked("backup", "text", ""),
	} {
		if other {
			t.Error(name + " is taken for it")
		}
	}
}
