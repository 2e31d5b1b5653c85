package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"io"
)

const fileChunk = 64 << 10 // bytes of text in one sealed chunk; 16 more on disk

// fileAEAD is the cipher of one file. A name must be used for one file only: chunks are
// numbered, not random, so that any place can be read without the ones before it.
func (m *Master) fileAEAD(name string) cipher.AEAD {
	key, err := hkdf.Key(sha256.New, m.root[:], nil, "quipu seal 1 file "+name, KeySize)
	if err == nil {
		var block cipher.Block
		if block, err = aes.NewCipher(key); err == nil {
			var a cipher.AEAD
			if a, err = cipher.NewGCM(block); err == nil {
				return a
			}
		}
	}
	panic("seal: " + err.Error()) // only for lengths that are constants here
}

func chunkNonce(n int64) []byte {
	b := make([]byte, 12)
	binary.BigEndian.PutUint64(b[4:], uint64(n))
	return b
}

// FileWriter seals what is written to it, for files that lie about for a while. Close it,
// or the end is lost; it does not close what lies beneath.
type FileWriter struct {
	w    io.Writer
	aead cipher.AEAD
	buf  []byte
	n    int64
}

// SealFile makes a writer for a file of that name.
func (m *Master) SealFile(w io.Writer, name string) *FileWriter {
	return &FileWriter{w: w, aead: m.fileAEAD(name), buf: make([]byte, 0, fileChunk)}
}

func (f *FileWriter) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		k := min(len(p), fileChunk-len(f.buf))
		f.buf, p, n = append(f.buf, p[:k]...), p[k:], n+k
		if len(f.buf) == fileChunk {
			if err := f.flush(nil); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

var lastChunk = []byte("last")

// Close writes the last chunk, which says that it is the last: a file that was cut short
// does not open.
func (f *FileWriter) Close() error { return f.flush(lastChunk) }

func (f *FileWriter) flush(aad []byte) error {
	_, err := f.w.Write(f.aead.Seal(nil, chunkNonce(f.n), f.buf, aad))
	f.buf, f.n = f.buf[:0], f.n+1
	return err
}

// FileReader reads a sealed file at any place. It is not for several goroutines.
type FileReader struct {
	r      io.ReaderAt
	aead   cipher.AEAD
	chunks int64
	size   int64
	have   int64 // number of the chunk in text, -1 for none
	text   []byte
}

// OpenSealed opens a sealed file of size bytes on disk.
func (m *Master) OpenSealed(r io.ReaderAt, size int64, name string) (*FileReader, error) {
	a := m.fileAEAD(name)
	whole := int64(fileChunk + a.Overhead())
	f := &FileReader{r: r, aead: a, chunks: (size + whole - 1) / whole, have: -1}
	f.size = size - f.chunks*int64(a.Overhead())
	if size < int64(a.Overhead()) || f.size < 0 {
		return nil, damaged(name)
	}
	return f, f.load(f.chunks - 1) // the last one first: is the file whole?
}

// Size is the number of bytes of text.
func (f *FileReader) Size() int64 { return f.size }

func (f *FileReader) load(n int64) error {
	if n == f.have {
		return nil
	}
	whole := int64(fileChunk + f.aead.Overhead())
	sealed := make([]byte, whole)
	k, err := f.r.ReadAt(sealed, n*whole)
	if err != nil && err != io.EOF {
		return err
	}
	var aad []byte
	if n == f.chunks-1 {
		aad = lastChunk
	}
	f.text, err = f.aead.Open(f.text[:0], chunkNonce(n), sealed[:k], aad)
	if f.have = n; err != nil {
		f.have = -1
		return damaged("file").Because(err)
	}
	return nil
}

// ReadAt reads text from a place, as io.ReaderAt.
func (f *FileReader) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) && off < f.size {
		if err := f.load(off / fileChunk); err != nil {
			return n, err
		}
		k := copy(p[n:], f.text[off%fileChunk:])
		n, off = n+k, off+int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
