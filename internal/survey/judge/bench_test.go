package judge_test

import (
	"strings"
	"testing"

	"quipu/internal/survey/judge"
	"quipu/internal/survey/pack"
	"quipu/internal/survey/xform"
)

// BenchmarkPilot reads and judges an empty interview of the pilot.
func BenchmarkPilot(b *testing.B) {
	f, err := pack.Peru()
	if err != nil {
		b.Fatal(err)
	}
	j, err := judge.New(f)
	if err != nil {
		b.Fatal(err)
	}
	text := string(xform.WriteInstance(xform.Instance(f)))
	text = strings.Replace(text, "<consent/>", "<consent>yes</consent>", 1)
	for b.Loop() {
		doc, err := xform.ReadInstance(strings.NewReader(text))
		if err != nil {
			b.Fatal(err)
		}
		j.Document(doc, now)
	}
}
