package index

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"quipu/internal/linkage/finder"
	"quipu/internal/store"
)

// The file is a line that names its form and the text under which it is sealed, anew for
// each file, and then, sealed with the register's key so that no name lies there in clear
// and no byte can be changed unseen: the length of the log, the mark of its last change, and
// the index.
const form = "quipu index 1"

// Save writes the file when the index is loaded and the log has grown since. The old file
// stays until the new one is whole and on the disk.
func (x *Index) Save(ctx context.Context) error {
	x.turn.Lock()
	defer x.turn.Unlock()
	if !x.Loaded() {
		return nil
	}
	x.takeIn()
	if err := x.catchUp(ctx, nil); err != nil {
		return err
	}
	if x.erased.Load() { // words that nobody has any more shall not lie in the file
		if err := x.rebuild(ctx, nil); err != nil {
			return err
		}
	}
	if _, err := os.Stat(x.path); err == nil && x.kept == x.at.Load() {
		return nil
	}
	mark, err := x.mark(ctx, x.at.Load())
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(x.path), "people.index.*") // which only its owner reads
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is gone once renamed
	err = errors.Join(x.write(f, mark), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), x.path); err != nil {
		return err
	}
	x.kept = x.at.Load()
	return nil
}

func (x *Index) mark(ctx context.Context, at int64) (mark string, err error) {
	err = x.n.DB.Look(ctx, func(tx *store.Tx) error {
		mark, err = tx.Mark(ctx, at)
		return err
	})
	return mark, err
}

func (x *Index) write(f io.Writer, mark string) error {
	var r [16]byte
	rand.Read(r[:]) //nolint:errcheck // crypto/rand never fails
	name := hex.EncodeToString(r[:])
	if _, err := fmt.Fprintf(f, "%s %s\n", form, name); err != nil {
		return err
	}
	sealed := x.n.Master.SealFile(f, "index "+name)
	if err := x.who.Load().Save(sealed, fmt.Sprint(x.at.Load(), " ", mark)); err != nil {
		return err
	}
	return sealed.Close()
}

// fromFile reads the file; nil when there is none that says what this register said at
// some time: it is missing, of another program or register, cut short, altered, or newer
// than the log.
func (x *Index) fromFile(ctx context.Context) (*finder.Index, int64) {
	f, err := os.Open(x.path)
	if err != nil {
		return nil, 0
	}
	defer f.Close()
	who, at, mark, err := x.readFile(f)
	if err != nil {
		return nil, 0
	}
	there, err := x.mark(ctx, at)
	if err != nil || there != mark {
		return nil, 0
	}
	x.kept = at
	return who, at
}

// line is the length of the first line.
const line = len(form) + 1 + 32 + 1

func (x *Index) readFile(f *os.File) (who *finder.Index, at int64, mark string, err error) {
	st, err := f.Stat()
	if err != nil {
		return nil, 0, "", err
	}
	head := make([]byte, line)
	if _, err := io.ReadFull(f, head); err != nil {
		return nil, 0, "", err
	}
	var version int
	var name string
	if _, err := fmt.Sscanf(string(head), "quipu index %d %s\n", &version, &name); err != nil || version != 1 {
		return nil, 0, "", errors.New("index: another form of file")
	}
	size := st.Size() - int64(line)
	sealed, err := x.n.Master.OpenSealed(io.NewSectionReader(f, int64(line), size), size, "index "+name)
	if err != nil {
		return nil, 0, "", err
	}
	who, position, err := finder.Load(io.NewSectionReader(sealed, 0, sealed.Size()))
	if err != nil {
		return nil, 0, "", err
	}
	length, mark, _ := strings.Cut(position, " ")
	at, err = strconv.ParseInt(length, 10, 64)
	return who, at, mark, err
}

// forget removes the file: values leave the register, or will in a moment.
func (x *Index) forget() error {
	err := os.Remove(x.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
