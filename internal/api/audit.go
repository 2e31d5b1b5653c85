package api

import (
	"encoding/base64"
	"net/http"

	"quipu/internal/i18n"
)

func auditHead(c *call) (*reply, error) {
	h, err := c.app().Head(c.Context(), c.actor)
	if err != nil {
		return nil, err
	}
	return ok(map[string]any{"size": h.Size, "root": h.Root, "checkpoint": h.Note, "key": h.PublicKey, "kept": len(h.Checkpoint)})
}

type findingBody struct {
	Kind    string `json:"kind"`
	Seq     int64  `json:"seq"`
	Until   int64  `json:"until"`
	Change  string `json:"change"`
	Message string `json:"message"`
}

type driftBody struct {
	Person string `json:"person"`
	Number string `json:"number"`
}

// auditVerify reads the whole log. It takes a while and much of the machine, so one runs
// at a time.
func auditVerify(c *call) (*reply, error) {
	var in struct {
		Checkpoints []string `json:"checkpoints" most:"100"`
		Projections bool     `json:"projections"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	leave, err := c.alone()
	if err != nil {
		return nil, err
	}
	defer leave()
	notes := make([][]byte, len(in.Checkpoints))
	for i, n := range in.Checkpoints {
		notes[i] = []byte(n)
	}
	report, err := c.app().VerifyLog(c.Context(), c.actor, notes, nil)
	if err != nil {
		return nil, err
	}
	findings, drift := []findingBody{}, []driftBody{}
	for _, f := range report.Findings {
		key, args := f.Message()
		findings = append(findings, findingBody{string(f.Kind), f.Seq, f.Until, f.ID.String(), i18n.T(c.lang, key, args...)})
	}
	if in.Projections {
		found, err := c.app().VerifyProjections(c.Context(), c.actor, nil)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			drift = append(drift, driftBody(d))
		}
	}
	return &reply{status: http.StatusOK, passing: true, body: map[string]any{"ok": len(findings)+len(drift) == 0, "changes": report.Changes,
		"checkpoints": report.Checkpoints, "size": report.Head.Size, "root": base64.StdEncoding.EncodeToString(report.Head.Root[:]),
		"findings": findings, "more": report.More, "differing": drift}}, nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
