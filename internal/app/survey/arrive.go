package survey

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"quipu/internal/app/account"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/survey/study"
)

const (
	// holdDays is how long after a right ended what was collected before is still taken: whoever
	// lost a telephone gets it back, or not.
	holdDays = 60
	// mostHeldOf bounds what waits for a decision of one interviewer's: a key that fell into
	// other hands fills no disk.
	mostHeldOf = 500
)

// SubmitFormer takes in what was collected before the right of who sends it ended. It is held: it
// counts for nothing until the office decides. What was collected later is refused.
func (m *Surveys) SubmitFormer(ctx context.Context, f account.Former, in Incoming) (Receipt, error) {
	return m.submit(ctx, &parcel{actor: f.Actor, in: in, ended: f.Ended})
}

// hold looks whether what came after a right ended may be kept apart. A correction is held as a
// submission of its own: nobody without a right changes what stands.
func (d *delivery) hold(p *parcel, s *study.Survey, a *study.Arrival) (cur study.Submission, there bool, err error) {
	day := p.ended.Format(time.DateOnly)
	when, known := collected(a.Meta)
	switch {
	case known && when.After(p.ended):
		return cur, false, fault.New(fault.Forbidden, "survey.after_right", "day", day)
	case d.m.Now().Sub(p.ended) > holdDays*24*time.Hour:
		return cur, false, fault.New(fault.Forbidden, "survey.right_long_ended", "day", day, "days", holdDays)
	}
	n, err := d.tx.CountSubmissions(d.ctx, store.SubmissionFilter{Survey: s.Entity.ID, Interviewer: p.actor.Login, Standing: string(study.Held)})
	if err != nil {
		return cur, false, err
	}
	if n >= mostHeldOf {
		return cur, false, fault.New(fault.Conflict, "survey.held_many", "count", mostHeldOf)
	}
	a.Standing, a.Reasons = study.Held, append(a.Reasons, "right_ended")
	if !known {
		a.Reasons = append(a.Reasons, "undated")
	}
	if a.Meta.Replaces != "" {
		a.Reasons = append(a.Reasons, "correction_held")
	}
	return d.submission(s, study.IDOf(a.Meta.Instance))
}

// collected is when an interview was held, by the client's clock.
func collected(m study.Meta) (time.Time, bool) {
	for _, text := range []string{m.End, m.Start} {
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// precede files what came after its own correction.
func (d *delivery) precede(p *parcel, s *study.Survey, kase *study.Case, cur study.Submission, a study.Arrival) error {
	first, second := cur.Precede(a)
	if err := d.write(p.actor, s, first); err != nil {
		return err
	}
	now := study.LoadSubmission(d.past[cur.Entity.ID])
	return d.keep(p, s, kase, second(&now), now, true)
}

// attach seals and keeps the files that came with a submission. One that the answers do not name
// is kept, too: a file that was refused would be lost with the telephone.
func (d *delivery) attach(p *parcel, s *study.Survey, now *study.Submission) error {
	var files []study.File
	var doubts []string
	for _, up := range p.in.Files {
		key, err := d.keys.sealing(s.Entity.ID)
		if err != nil {
			return err
		}
		if had := slices.IndexFunc(now.Files, func(f study.File) bool { return f.Name == up.Name }); had >= 0 {
			same, err := d.same(s, now, now.Files[had], up)
			if err != nil {
				return err
			}
			if same {
				continue
			}
			doubts = append(doubts, "file_changed")
		}
		if !now.Names(up.Name) && !slices.Contains(now.Reasons, unchecked) {
			doubts = append(doubts, "file_unasked")
		}
		if !likely(up) {
			doubts = append(doubts, "file_kind")
		}
		sealed := []byte(key.SealAlike("file/"+now.Entity.ID+"/"+up.Name, string(up.Data)))
		f := study.File{Name: up.Name, Hash: hashOf(sealed), Type: up.Type, Size: int64(len(up.Data))}
		if err := d.tx.PutAttachment(d.ctx, f.Hash, "application/octet-stream", sealed); err != nil {
			return err
		}
		files = append(files, f)
	}
	c := now.Attach(files, doubts)
	if len(c.Sets) == 0 {
		return nil
	}
	return d.write(p.actor, s, c)
}

// same reports whether a file is here with the same contents.
func (d *delivery) same(s *study.Survey, now *study.Submission, had study.File, up Upload) (bool, error) {
	if had.Size != int64(len(up.Data)) {
		return false, nil
	}
	data, there, err := d.keys.file(s.Entity.ID, now, had)
	return there && data == string(up.Data), err
}

// likely reports whether contents may be of the kind that the client says: a photograph that is a
// program or a page is none.
func likely(up Upload) bool {
	said, _, _ := strings.Cut(up.Type, "/")
	if said != "image" && said != "audio" && said != "video" && said != "text" {
		return true
	}
	is, _, _ := strings.Cut(http.DetectContentType(up.Data), "/")
	if said == "text" {
		return is == "text" || len(up.Data) == 0
	}
	return is == said || is == "application" && http.DetectContentType(up.Data) == "application/octet-stream" || is == "video" && said == "audio"
}

// decided is what follows for its case when an office keeps what was held.
func (m *Surveys) decided(ctx context.Context, tx *store.Tx, s *study.Submission, to study.Standing) ([]change.Change, error) {
	if s.Standing != study.Held || !to.Counts() || s.Case == "" {
		return nil, nil
	}
	past, err := tx.Changes(ctx, ref(study.KindCase, s.Case))
	if err != nil || len(past) == 0 {
		return nil, err
	}
	c := study.LoadCase(past)
	if c.Submission != "" {
		return nil, nil
	}
	return []change.Change{c.Answer(s.Entity.ID, study.Complete)}, nil
}
