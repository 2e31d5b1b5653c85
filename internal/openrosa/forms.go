package openrosa

import (
	"bytes"
	"crypto/md5"
	"encoding/csv"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"quipu/internal/app/node"
	"quipu/internal/app/survey"
	"quipu/internal/survey/study"
)

// casesFile is the file of an interviewer's cases, for questions of the kind
// select_one_from_file.
const casesFile = survey.CasesFile

// mostCases bounds the file: more fit on no telephone's screen.
const mostCases = 2000

type formList struct {
	XMLName xml.Name  `xml:"http://openrosa.org/xforms/xformsList xforms"`
	Forms   []oneForm `xml:"xform"`
}

type oneForm struct {
	ID          string `xml:"formID"`
	Name        string `xml:"name"`
	Version     string `xml:"version"`
	Hash        string `xml:"hash"`
	DownloadURL string `xml:"downloadUrl"`
	ManifestURL string `xml:"manifestUrl,omitempty"`
}

type manifest struct {
	XMLName xml.Name    `xml:"http://openrosa.org/xforms/xformsManifest manifest"`
	Files   []mediaFile `xml:"mediaFile"`
}

type mediaFile struct {
	Filename    string `xml:"filename"`
	Hash        string `xml:"hash"`
	DownloadURL string `xml:"downloadUrl"`
}

// sum names contents as the standard wants it. It protects nothing: a client compares it with
// what it has.
func sum(b []byte) string {
	h := md5.Sum(b)
	return "md5:" + hex.EncodeToString(h[:])
}

// list answers which questionnaires the actor may fill in: those in force of the open surveys of
// his office, or the one whose name is asked for.
func (s *server) list(c *call) error {
	rows, err := s.app.Surveys.List(c.Context(), c.actor)
	if err != nil {
		return err
	}
	out, asked := formList{}, c.URL.Query().Get("formID")
	for _, r := range rows {
		if r.State != string(study.Open) || r.Form == "" || asked != "" && asked != r.FormName {
			continue
		}
		f, xform, err := s.app.Surveys.Form(c.Context(), c.actor, r.ID, r.Form)
		if err != nil {
			return err
		}
		at := c.address("forms", r.ID, f.File)
		one := oneForm{ID: f.Name, Name: f.Title, Version: f.Version, Hash: sum(xform), DownloadURL: at + "/form.xml"}
		if one.Name == "" {
			one.Name = r.Title
		}
		if bytes.Contains(xform, []byte(casesFile)) || len(f.Media) > 0 {
			one.ManifestURL = at + "/manifest"
		}
		out.Forms = append(out.Forms, one)
	}
	c.write(http.StatusOK, out)
	return nil
}

// form answers with one version of a questionnaire.
func (s *server) form(c *call) error {
	_, xform, err := s.formOf(c)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	c.w.Write(xform) //nolint:errcheck // the client has left
	return nil
}

// formOf finds the questionnaire of the address, by the hash of its file: a version that is
// fetched is the one that was listed.
func (s *server) formOf(c *call) (study.Form, []byte, error) {
	of, file := c.PathValue("survey"), c.PathValue("file")
	versions, err := s.app.Surveys.Versions(c.Context(), c.actor, of)
	if err != nil {
		return study.Form{}, nil, err
	}
	for _, f := range versions {
		if f.File == file {
			return s.app.Surveys.Form(c.Context(), c.actor, of, f.Version)
		}
	}
	return study.Form{}, nil, node.NotFound(nil, "form", file)
}

// manifest lists what goes with a questionnaire: the cases of whoever asks, when it asks for
// them.
func (s *server) manifest(c *call) error {
	f, xform, err := s.formOf(c)
	if err != nil {
		return err
	}
	with, err := s.app.Surveys.Media(c.Context(), c.actor, c.PathValue("survey"), f.Version)
	if err != nil {
		return err
	}
	at := c.address("forms", c.PathValue("survey"), c.PathValue("file"))
	var out manifest
	for _, m := range f.Media { // one that is on its way from another node is listed when it is here
		if data, here := with[m.Name]; here {
			out.Files = append(out.Files, mediaFile{Filename: m.Name, Hash: sum(data), DownloadURL: at + "/media/" + url.PathEscape(m.Name)})
		}
	}
	if bytes.Contains(xform, []byte(casesFile)) {
		table, err := s.casesOf(c)
		if err != nil {
			return err
		}
		out.Files = append(out.Files, mediaFile{Filename: casesFile, Hash: sum(table), DownloadURL: at + "/" + casesFile})
	}
	c.write(http.StatusOK, out)
	return nil
}

// media hands out a file that goes with a questionnaire.
func (s *server) media(c *call) error {
	f, _, err := s.formOf(c)
	if err != nil {
		return err
	}
	with, err := s.app.Surveys.Media(c.Context(), c.actor, c.PathValue("survey"), f.Version)
	if err != nil {
		return err
	}
	data, here := with[c.PathValue("name")]
	if !here {
		return node.NotFound(nil, "file", c.PathValue("name"))
	}
	c.w.Header().Set("Content-Type", "application/octet-stream")
	c.w.Write(data) //nolint:errcheck // the client has left
	return nil
}

func (s *server) cases(c *call) error {
	table, err := s.casesOf(c)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	c.w.Write(table) //nolint:errcheck // the client has left
	return nil
}

// casesOf is the table of the actor's own cases that wait for their interview. Whom they were
// drawn for is not in it: a telephone may be lost.
func (s *server) casesOf(c *call) ([]byte, error) {
	rows, err := s.app.Surveys.Cases(c.Context(), c.actor, survey.CaseFilter{Survey: c.PathValue("survey"), Interviewer: c.actor.Login}, 0, mostCases)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{"name", "label", "stratum"}) //nolint:errcheck // kept by the writer
	for _, r := range rows {
		if r.Submission == "" {
			w.Write([]string{r.ID, strings.TrimSpace(r.Stratum + " " + strconv.FormatInt(r.Place, 10)), r.Stratum}) //nolint:errcheck
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// address is where something of this register is, as the client reaches it.
func (c *call) address(parts ...string) string {
	scheme := "http"
	if c.TLS != nil || c.Request.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	return scheme + "://" + c.Host + Prefix + "/" + strings.Join(parts, "/")
}
