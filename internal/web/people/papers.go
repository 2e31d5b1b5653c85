package people

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type completeScreen struct {
	ui.Page
	Who                                       ui.Identity
	ID                                        string
	DocTypes, Seen, Bases, Kinds              []ui.Option
	Type, Number, Issuer, Verification, Basis string
	Expires                                   ui.DateParts
	Kind, Reference, Note                     string
}

func (s *Room) completePage(v *desk.Visit) error {
	page, err := s.completeScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "complete.html", page)
}

func (s *Room) completeScreen(v *desk.Visit) (*completeScreen, error) {
	p, head, err := s.OpenPerson(v, desk.TabSummary)
	if err != nil {
		return nil, err
	}
	if !p.Rights.Edit {
		return nil, fault.New(fault.Forbidden, "forbidden")
	}
	if p.Person.Text("entry") != registry.EntryProvisional {
		return nil, fault.New(fault.Conflict, "registry.not_provisional")
	}
	w, get := words{v.Words}, func(name string) string { return strings.TrimSpace(v.PostFormValue(name)) }
	none := func(o ui.Option) bool { return o.Value == "none" || o.Value == registry.Presumed }
	page := &completeScreen{Page: head.Page, Who: head.Who, ID: head.ID, DocTypes: slices.DeleteFunc(w.Options("doc_type", nil), none),
		Seen: w.Options("doc_verification", nil), Bases: slices.DeleteFunc(w.Options("nationality_basis", nil), none),
		Kinds: slices.DeleteFunc(w.Options("nationality_evidence", nil), none), Type: get("type"), Number: get("number"), Issuer: get("issuer"),
		Verification: get("verification"), Basis: get("nationality_basis"), Expires: ui.FormDate(v.Request, "expires"),
		Kind: get("kind"), Reference: get("reference"), Note: get("note")}
	page.Title, page.Narrow = w.T("officer.complete")+" – "+page.Title, true
	page.Back.Href, page.Who.Actions = "/persona/"+head.ID, nil
	return page, nil
}

// papers is what the form brings: a document, other evidence, or both.
func (p *completeScreen) papers() (in []registry.Input) {
	prov := change.Provenance{Source: "document_seen"}
	if p.Number != "" || p.Type != "" {
		in = append(in, registry.Input{Field: "document/new", Prov: prov, Value: change.Group("type", p.Type, "number", p.Number,
			"issuer", p.Issuer, "expires", p.Expires.Text(), "verification", p.Verification)})
	}
	if p.Kind != "" {
		in = append(in, registry.Input{Field: "nationality_evidence/new", Prov: prov, Value: change.Group("kind", p.Kind, "reference", p.Reference)})
	}
	return in
}

// complete makes a provisional entry complete with the papers that the person brought.
func (s *Room) complete(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	page, err := s.completeScreen(v)
	if err != nil {
		return err
	}
	out, err := s.App.Complete(v.Context(), v.Actor, page.ID, page.papers(), page.Basis, page.Note)
	switch {
	case err == nil && len(out.Conflicts) > 0:
		return errConflict
	case err == nil:
		return s.Done(v, "/persona/"+page.ID, v.Words.T("officer.complete.done"))
	case fault.KindOf(err) != fault.Invalid:
		return err
	}
	if f := fault.As(err); f != nil {
		group, part, _ := strings.Cut(f.Field, ".")
		key, _, _ := strings.Cut(group, "/")
		switch {
		case part != "":
			err = f.On(part)
		case key == "document":
			err = f.On("number")
		case key == "nationality_evidence":
			err = f.On("kind")
		}
	}
	page.Fail(err)
	return s.Show(v, http.StatusUnprocessableEntity, "complete.html", page)
}

type portraitScreen struct {
	ui.Page
	Who       ui.Identity
	ID        string
	Has       bool
	Consented bool
}

func (s *Room) portraitPage(v *desk.Visit) error {
	page, err := s.portraitScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "portrait.html", page)
}

func (s *Room) portraitScreen(v *desk.Visit) (*portraitScreen, error) {
	p, head, err := s.OpenPerson(v, desk.TabSummary)
	if err != nil {
		return nil, err
	}
	if !p.Rights.Edit {
		return nil, fault.New(fault.Forbidden, "forbidden")
	}
	page := &portraitScreen{Page: head.Page, Who: head.Who, ID: head.ID, Has: p.Person.Text("photo") != "",
		Consented: registry.Consented(&p.Person, "photo")}
	page.Title, page.Narrow = v.Words.T("officer.photo.title")+" – "+page.Title, true
	page.Back.Href, page.Who.Actions = "/persona/"+head.ID, nil
	return page, nil
}

// portrait takes a photograph in, or takes the one there off.
func (s *Room) portrait(v *desk.Visit) error {
	file, remove, err := readPortrait(v)
	if err != nil {
		return err
	}
	id, said := v.PathValue("id"), v.Words.T("officer.photo.done")
	if remove {
		_, err = s.App.RemovePhoto(v.Context(), v.Actor, id)
		said = v.Words.T("officer.photo.removed")
	} else {
		_, err = s.App.SetPhoto(v.Context(), v.Actor, id, file)
	}
	if err == nil {
		return s.Done(v, "/persona/"+id, said)
	}
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	page, err2 := s.portraitScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	return s.Show(v, http.StatusUnprocessableEntity, "portrait.html", page)
}

// pictureName is a name that says nothing of its file, or that it is a picture of the kinds
// that are taken. What it is, its content tells.
var pictureName = regexp.MustCompile(`(?i)^[^.]*$|\.(jpe?g|jfif|png)$`)

// readPortrait reads the form part by part; the picture is decoded by the use case only.
func readPortrait(v *desk.Visit) (file []byte, remove bool, err error) {
	parts, err := v.MultipartReader()
	if err != nil {
		return nil, false, fault.New(fault.Invalid, "officer.bad_form").Because(err)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return file, remove, nil
		}
		if err != nil {
			return nil, false, desk.PartFault(err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, false, desk.BodyFault(err)
		}
		switch part.FormName() {
		case "photo":
			if pictureName.MatchString(part.FileName()) {
				file = data
			}
		case "do":
			remove = bytes.Equal(data, []byte("remove"))
		}
	}
}

// photo sends the photograph to who may see the detail of the entry.
func (s *Room) photo(v *desk.Visit) error {
	media, data, err := s.App.Photo(v.Context(), v.Actor, v.PathValue("id"))
	if err != nil {
		return err
	}
	ui.Headers(v.W.Header())
	v.W.Header().Set("Content-Type", media)
	if _, err := v.W.Write(data); err != nil {
		s.Log.Warn("a photograph was cut short", "err", err) // the answer has begun
	}
	return nil
}
