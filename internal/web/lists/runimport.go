package lists

import (
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"strconv"

	"quipu/internal/app"
	"quipu/internal/fault"
	"quipu/internal/web/desk"
)

// runImport takes the mapping by hand, or lets the list in.
func (s *Room) runImport(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	token := v.PathValue("token")
	batch, err := s.Once.Use(token, func() (string, error) {
		u, err := s.waiting(v, token)
		if err != nil {
			return "", err
		}
		if err := s.remap(v, &u); err != nil {
			return "", s.showPreview(v, http.StatusUnprocessableEntity, u, err)
		}
		if v.PostFormValue("do") != "import" {
			return "", s.Done(v, "/importar/"+token, "")
		}
		res, err := s.letIn(v, u)
		if err != nil && fault.KindOf(err) == fault.Invalid {
			return "", s.showPreview(v, http.StatusUnprocessableEntity, u, err)
		}
		return res.Batch, err
	})
	if err != nil || batch == "" {
		return err
	}
	return s.Done(v, "/importacion/"+batch, v.Words.T("officer.import.done"))
}

// remap reads the selects and keeps what differs from what was recognised. A mapping that
// cannot be is not kept.
func (s *Room) remap(v *desk.Visit, u *upload) error {
	next := *u
	if v.PostForm.Has("sheet") {
		next.Sheet = v.PostFormValue("sheet")
	}
	if v.PostForm.Has("encoding") && v.PostFormValue("encoding") != v.PostFormValue("encoding.found") {
		next.Encoding = v.PostFormValue("encoding")
	}
	if next.Sheet == u.Sheet && next.Encoding == u.Encoding { // else these are the columns of something else
		plain := next
		plain.Targets = nil
		list, _, auto, _, err := s.recognised(plain)
		if err != nil {
			return err
		}
		if err := list.Close(); err != nil {
			return err
		}
		next.Targets = map[int]string{}
		for i := range auto {
			name := "col." + strconv.Itoa(i)
			if to := v.PostFormValue(name); v.PostForm.Has(name) && to != auto[i] {
				next.Targets[i] = to
			}
		}
	} else {
		next.Targets = nil
	}
	list, _, _, _, err := s.recognised(next)
	if err != nil {
		return err
	}
	*u = next
	return errors.Join(list.Close(), s.putUpload(v, next))
}

// letIn imports the list; refused rows go to a file that the result page offers.
func (s *Room) letIn(v *desk.Visit, u upload) (app.ImportResult, error) {
	list, m, _, _, err := s.recognised(u)
	if err != nil {
		return app.ImportResult{}, err
	}
	defer list.Close()
	waiting := rand.Text() + refusedEnd // a name of its own for every try
	create := func() (io.WriteCloser, error) { return s.App.NewScratch(waiting) }
	out := app.NewRefusedFile(create, list.Info(), &m, v.Words.Lang)
	job := app.ImportJob{Name: u.Name, Office: u.Office, Reader: list, Mapping: m, AllOrNothing: v.PostFormValue("mode") == "all",
		Refused: out.Add}
	res, err := s.App.Import(v.Context(), v.Actor, job)
	err = errors.Join(err, out.Close())
	if err == nil && out.Made() {
		err = s.files.rename(waiting, res.Batch+refusedEnd)
	}
	if err != nil {
		if out.Made() {
			err = errors.Join(err, s.files.drop(waiting))
		}
		return res, err
	}
	s.Sessions.Remove(v.Context(), "upload:"+u.Token)
	return res, s.files.drop(u.Token + listEnd)
}
