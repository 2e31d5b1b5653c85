package seal

import (
	"bytes"
	"io"
	"testing"

	"pgregory.net/rapid"
)

func TestFileRoundTrip(t *testing.T) {
	m := NewMaster()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.IntRange(0, 300), rapid.IntRange(fileChunk-2, fileChunk+2), rapid.IntRange(2*fileChunk, 2*fileChunk+9)).Draw(t, "n")
		text := bytes.Repeat([]byte("Quispe"), n/6+1)[:n]
		var disk bytes.Buffer
		w := m.SealFile(&disk, "a")
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if n > 20 && bytes.Contains(disk.Bytes(), []byte("Quispe")) {
			t.Fatal("the text is on the disk")
		}
		open := func(b []byte, name string) ([]byte, error) {
			r, err := m.OpenSealed(bytes.NewReader(b), int64(len(b)), name)
			if err != nil {
				return nil, err
			}
			return io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
		}
		if got, err := open(disk.Bytes(), "a"); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("%d bytes came back of %d, %v", len(got), n, err)
		}
		if _, err := open(disk.Bytes(), "b"); err == nil {
			t.Fatal("opened under another name")
		}
		if cut := rapid.IntRange(0, disk.Len()-1).Draw(t, "cut"); true {
			if _, err := open(disk.Bytes()[:cut], "a"); err == nil {
				t.Fatalf("a file cut at %d of %d opened", cut, disk.Len())
			}
		}
		flipped := bytes.Clone(disk.Bytes())
		flipped[rapid.IntRange(0, len(flipped)-1).Draw(t, "flip")] ^= 1
		if _, err := open(flipped, "a"); err == nil {
			t.Fatal("a flipped bit went unseen")
		}
	})
}
