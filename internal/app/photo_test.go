package app

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"quipu/internal/fault"
)

// TestCleanPhoto: what is no picture of the size of a face is refused before it is
// unfolded, and of what is taken nothing stays but the picture.
func TestCleanPhoto(t *testing.T) {
	encode := func(p image.Image) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, p); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	small := encode(image.NewGray(image.Rect(0, 0, 350, 450)))
	claims := func(w, h uint32) []byte { // a small file that says it is large
		b := bytes.Clone(small)
		binary.BigEndian.PutUint32(b[16:], w)
		binary.BigEndian.PutUint32(b[20:], h)
		binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
		return b
	}
	for name, file := range map[string][]byte{
		"nothing": nil, "a page": []byte("<svg onload=alert(1)>"), "a GIF": []byte("GIF89a\x64\x00\x64\x00\x00\x00\x00"), "cut": small[:len(small)/2], "tiny": encode(image.NewGray(image.Rect(0, 0, 9, 9))),
		"a flood": claims(50_000, 50_000), "a long flood": claims(1<<31-1, 100), "many pixels": claims(6000, 6000), "4 MB": append(bytes.Clone(small), make([]byte, maxPhotoBytes)...),
		"deep": encode(image.NewNRGBA64(image.Rect(0, 0, 350, 450))),
	} {
		if _, err := cleanPhoto(file); !fault.Is(err, "app.photo") {
			t.Errorf("%s: %v", name, err)
		}
	}
	var with bytes.Buffer // JPEG with a comment before the picture, as cameras write where and when
	pic := image.NewRGBA(image.Rect(0, 0, 350, 450))
	pic.Set(3, 3, color.RGBA{200, 1, 1, 255})
	if err := jpeg.Encode(&with, pic, nil); err != nil {
		t.Fatal(err)
	}
	secret := "Exif\x00\x00 N 40.4168 W 3.7038 <script>"
	file := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(secret) + 2)}, secret...)
	file = append(append(file, with.Bytes()[2:]...), "<?php tail"...)
	clean, err := cleanPhoto(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(clean, []byte("Exif")) || bytes.Contains(clean, []byte("tail")) {
		t.Error("something of the file stays beside the picture")
	}
	if again, err := jpeg.Decode(bytes.NewReader(clean)); err != nil || again.Bounds() != pic.Bounds() {
		t.Errorf("the picture is gone: %v", err)
	}
}
