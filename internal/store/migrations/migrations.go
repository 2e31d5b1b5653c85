// Package migrations holds the schema, in one dialect and forward only. A file that has
// landed is never changed: the next change of the schema is the next file.
package migrations

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed *.sql
var files embed.FS

// Migration is one step: its number and its statements with template words.
type Migration struct {
	Version    int64
	Name       string
	Statements []string
}

// All lists the steps in order. It panics when an embedded file is misnamed: a mistake of
// the build, which every test meets.
func All() []Migration {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		panic(err)
	}
	slices.Sort(names)
	var out []Migration
	for _, n := range names {
		num, _, _ := strings.Cut(n, "_")
		v, err := strconv.ParseInt(num, 10, 64)
		if err != nil {
			panic("migrations: " + n + " does not begin with a number")
		}
		text, err := files.ReadFile(n)
		if err != nil {
			panic(err)
		}
		out = append(out, Migration{v, path.Base(n), split(string(text))})
	}
	return out
}

// split cuts a file at semicolons that end a line, leaving comments out.
func split(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, "\n\n") {
		var keep []string
		for line := range strings.SplitSeq(part, "\n") {
			if t := strings.TrimSpace(line); t != "" && !strings.HasPrefix(t, "--") {
				keep = append(keep, line)
			}
		}
		if s := strings.TrimSuffix(strings.TrimSpace(strings.Join(keep, "\n")), ";"); s != "" {
			out = append(out, s)
		}
	}
	return out
}
