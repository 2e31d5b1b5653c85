package exchange_test

import (
	"slices"
	"strings"
	"testing"

	"quipu/internal/app/exchange"
	"quipu/internal/change"
	"quipu/internal/id"
)

// TestFilesOf: a photograph is named by the value of a field, a file of an interview by a part of one.
func TestFilesOf(t *testing.T) {
	photo, file := strings.Repeat("0a", 32), strings.Repeat("f1", 32)
	c := change.Change{ID: id.Change{Node: "ESMAD-1", N: 1}, Entity: change.Ref{Kind: "submission", ID: "S"}, Action: "edit", Schema: change.Schema, Sets: []change.Set{
		{Field: "photo", Value: change.Text(photo)}, {Field: "given_names", Value: change.Text(strings.Repeat("ñandú ", 8))},
		{Field: "file/1", Value: change.Group("name", "a.jpg", "file", file, "type", "image/jpeg")}, {Field: "gone", Gone: true}}}
	if got := exchange.FilesOf(change.Encode(&c)); !slices.Equal(got, []string{photo, file}) {
		t.Errorf("it names %v", got)
	}
	if got := exchange.FilesOf(nil); len(got) > 0 {
		t.Errorf("an echo names %v", got)
	}
}
