// Package archive is the file of a backup: a register as a stream of tables and files, packed,
// and sealed with age so that it is read only by who holds the passphrase or the key.
//
// What lies under the seal is read by any later version of the program: a line that says
// what it is, then frames. A frame is one byte that names its kind, its length as an unsigned
// varint, and its payload: the manifest (M), a table's head (T), rows (R), a file (F) and the
// end (E), in JSON but for rows and files. `age -d FILE | gunzip` shows it without Quipu.
package archive

import (
	"quipu/internal/fault"
)

// Magic is the first line under the seal. A later form of the stream has another number.
const Magic = "quipu-backup/1\n"

const magicStem = "quipu-backup/"

// Manifest says what a backup is of. It comes first, so that who opens the file knows at once.
type Manifest struct {
	Program string `json:"program"` // version of the program that wrote it
	Schema  int64  `json:"schema"`  // newest migration of the database
	Engine  string `json:"engine"`
	Node    string `json:"node"`
	At      int64  `json:"at"`   // microseconds: the moment that the backup shows
	Size    int64  `json:"size"` // changes in the log
	Head    string `json:"head"` // the signed head of the log
	Key     string `json:"key"`  // public key of the log
	Master  string `json:"master"`
	Keys    bool   `json:"keys"` // the keys are in it
}

// Table is the head of a table: its rows follow, values in the order of the columns.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

// Count is what the end says of a table: its rows, and the SHA-256 of their frames in
// hexadecimal digits.
type Count struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// End closes a backup. Mark is that of the keys of the register over Sum, which is the
// SHA-256 of everything before: whoever has only the public key to seal with cannot make it.
type End struct {
	Tables []Count `json:"tables"`
	Sum    string  `json:"sum"`
	Mark   string  `json:"mark"`
}

const (
	frameManifest = 'M'
	frameTable    = 'T'
	frameRows     = 'R'
	frameFile     = 'F'
	frameEnd      = 'E'
)

const (
	// rowsFrame is about how many bytes of rows one frame holds.
	rowsFrame = 256 << 10
	// mostFrame bounds what a reader takes into memory: one row, with a picture in it, must fit.
	mostFrame = 64 << 20
)

func damaged(what string) *fault.Error {
	return fault.New(fault.Invalid, "archive.damaged", "what", what).In("archive")
}
