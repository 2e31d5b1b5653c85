package tabular

import (
	"bytes"
	"encoding/binary"
	"io"

	"quipu/internal/fault"
)

// refuseByMagic turns away, each with its own advice, the files that people send
// thinking they are a list and that cannot be read as one.
func refuseByMagic(src io.ReaderAt, head []byte) error {
	invalid := func(key string) error { return fault.New(fault.Invalid, key) }
	text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, bomUTF8), " \t\r\n"))
	switch {
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		if hasEncryptedPackage(src, head) {
			return invalid("tabular.encrypted")
		}
		return invalid("tabular.xls")
	case bytes.HasPrefix(text, []byte("%pdf-")):
		return invalid("tabular.pdf")
	case bytes.HasPrefix(text, []byte("<?xml")), bytes.HasPrefix(text, []byte("<!doctype")),
		bytes.HasPrefix(text, []byte("<html")), bytes.HasPrefix(text, []byte("<table")):
		return invalid("tabular.html")
	case bytes.HasPrefix(head, []byte(`{\rtf`)):
		return invalid("tabular.binary")
	}
	return nil
}

// hasEncryptedPackage looks into the directory of an OLE compound file ([MS-CFB] 2.2:
// sector shift at 0x1E, first directory sector at 0x30). A workbook with a password is
// one that holds a stream named EncryptedPackage ([MS-OFFCRYPTO] 2.3.4).
func hasEncryptedPackage(src io.ReaderAt, head []byte) bool {
	if len(head) < 512 {
		return false
	}
	shift := binary.LittleEndian.Uint16(head[0x1E:])
	if shift != 9 && shift != 12 {
		return false
	}
	first := int64(binary.LittleEndian.Uint32(head[0x30:]))
	dir := make([]byte, 8192)
	n, _ := src.ReadAt(dir, (first+1)<<shift)
	var name []byte
	for _, c := range "EncryptedPackage" {
		name = append(name, byte(c), 0)
	}
	return bytes.Contains(dir[:n], name)
}
