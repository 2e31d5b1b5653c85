package study

import (
	"strings"
	"testing"

	"quipu/internal/change"
)

// TestCheckValue: each kind takes what its functions write, and refuses what none of them would.
func TestCheckValue(t *testing.T) {
	hash := strings.Repeat("0a", 32)
	for _, c := range []struct {
		kind  change.Kind
		field string
		v     change.Value
		want  string
	}{
		{KindSurvey, "footing", change.Text("queue"), ""},
		{KindSurvey, "footing", change.Text("guess"), "values.form"},
		{KindSurvey, "posts", change.Text("ESMAD USPAT"), ""},
		{KindSurvey, "version/1", change.Group("version", "1", "file", hash), ""},
		{KindSurvey, "version/1", change.Group("version", "1", "file", "none"), "values.form"},
		{KindSurvey, "unheard_of", change.Text("x"), "values.unknown"},
		{KindCase, "disposition", change.Text("2.112"), ""},
		{KindCase, "disposition", change.Text("7.1"), "values.form"},
		{KindCase, "probability", change.Text("0.25"), ""},
		{KindCase, "probability", change.Text("2"), "values.form"},
		{KindCase, "probability", change.Group("a", "b"), "values.unknown"},
		{KindCase, "attempt/1", change.Group("code", "3.13", "note", "nadie"), ""},
		{KindCase, "attempt/1", change.Group("code", "3.13", "who", "yo"), "values.form"},
		{KindCase, "attempt/1", change.Text("3.13"), "values.unknown"},
		{KindCase, "until", change.Text("2026-02-30"), "values.form"},
		{KindSubmission, "standing", change.Text("held"), ""},
		{KindSubmission, "standing", change.Text("lost"), "values.form"},
		{KindSubmission, "why", change.Text("dos\nlíneas"), "values.form"},
		{KindSubmission, "file/1", change.Group("name", "a.jpg", "file", hash, "type", "image/jpeg", "size", "-1"), "values.form"},
		{KindSubmission, "answers", change.Value{}, ""},
	} {
		if got := key(CheckValue(c.kind, c.field, c.v)); got != c.want {
			t.Errorf("%s %s %+v: %q, want %q", c.kind, c.field, c.v, got, c.want)
		}
	}
}
