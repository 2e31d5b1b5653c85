package study

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
)

// Standing is what the office thinks of a submission.
type Standing string

// The standings.
const (
	Received Standing = "received"
	Checked  Standing = "checked"   // somebody looked and found it good
	Doubtful Standing = "doubtful"  // to be asked again
	SetAside Standing = "set_aside" // counts for nothing: a try, a forgery, the same interview twice
	Held     Standing = "held"      // came when the right of who sent it had ended; counts once the office keeps it
)

// Counts reports whether answers of that standing are among those of the survey.
func (s Standing) Counts() bool { return s != SetAside && s != Held }

// Complete is the disposition of a case that was answered (AAPOR 1.1).
const Complete = "1.1"

// Standings lists them.
var Standings = []Standing{Received, Checked, Doubtful, SetAside, Held}

// Verdicts lists those that an office may give.
var Verdicts = []Standing{Received, Checked, Doubtful, SetAside}

// File is what came with a submission: a photograph, a recording, the audit of times.
type File struct {
	Name, Hash, Type string
	Size             int64 // bytes as they were sent
}

// Submission is the answers to one questionnaire.
type Submission struct {
	change.Record
	Survey, Form, Office string
	Instance             string // as the client named it
	Replaces             string // instance that it says it corrects, "" unless that had not come
	Case                 string
	Interviewer, Device  string
	Started, Ended       string   // as the client wrote them
	Answers              string   // the instance as XML, opened
	Withheld             []string // questions whose answers are not in Answers, by path, for who only looks at it
	Standing             Standing
	Why                  string // in words, of a standing
	Reasons              []string
	Files                []File
	Awaited              []string // named in the answers and not here yet
}

// LoadSubmission folds the changes of one, whose answers were opened.
func LoadSubmission(changes []change.Change) Submission {
	s := Submission{Record: change.Fold(changes)}
	t := s.Text
	s.Survey, s.Form, s.Office, s.Instance, s.Case = t("survey"), t("form"), t("office"), t("instance"), t("case")
	s.Interviewer, s.Device, s.Started, s.Ended = t("interviewer"), t("device"), t("started"), t("ended")
	s.Replaces = t("replaces")
	s.Answers, s.Why, s.Reasons = t("answers"), t("why"), strings.Fields(t("reasons"))
	for _, it := range s.Items("doubt") {
		s.Reasons = append(s.Reasons, it.Value.Text)
	}
	slices.Sort(s.Reasons)
	s.Reasons = slices.Compact(s.Reasons)
	s.Standing = s.stands()
	named := strings.FieldsFunc(t("files"), func(r rune) bool { return r == '\n' })
	for _, it := range s.Items("file") {
		size, _ := strconv.ParseInt(it.Value.Part("size"), 10, 64)
		s.Files = append(s.Files, File{Name: it.Value.Part("name"), Hash: it.Value.Part("file"), Type: it.Value.Part("type"), Size: size})
	}
	for _, n := range named {
		if !slices.ContainsFunc(s.Files, func(f File) bool { return f.Name == n }) {
			s.Awaited = append(s.Awaited, n)
		}
	}
	return s
}

// stands is what somebody said of the submission; where nobody has, it is doubtful when there are
// doubts. It follows from them so that two posts that receive the same apart do not differ.
func (s *Submission) stands() Standing {
	said := s.Fields["standing"]
	arrived := slices.Contains([]string{"submit", "correct", "attach"}, said.Action)
	switch is := Standing(said.Value.Text); {
	case is != "" && (!arrived || !is.Counts()):
		return is
	case len(s.Reasons) > 0:
		return Doubtful
	}
	return Received
}

// doubt adds to a change what makes the doubts of the submission those that are wanted. Each is a
// value of its own: what two posts doubt apart comes together.
func (s *Submission) doubt(c *change.Change, want []string) {
	if s.Text("reasons") != "" { // as earlier versions kept them
		c.Sets = append(c.Sets, change.Set{Field: "reasons", Base: s.Version("reasons")})
	}
	for _, it := range s.Items("doubt") {
		if !slices.Contains(want, it.Value.Text) {
			c.Sets = append(c.Sets, change.Set{Field: "doubt/" + it.ID, Base: it.Version})
		}
	}
	for i, d := range want {
		field := "doubt/" + IDOf(d)
		if had := s.Fields[field]; had.Value.Text != d && !slices.Contains(want[:i], d) {
			c.Sets = append(c.Sets, change.Set{Field: field, Value: change.Text(d), Base: had.Version})
		}
	}
}

// Doubt adds doubts that another judge has, and takes out those that are settled; files are those
// that he finds named, nil for what is known. Nothing of what somebody said changes.
func (s *Submission) Doubt(add, settled, files []string) change.Change {
	named := s.Text("files")
	if files != nil {
		named = strings.Join(files, "\n")
	}
	c := s.Write("doubt", "files", named)
	want := slices.DeleteFunc(slices.Clone(s.Reasons), func(r string) bool { return slices.Contains(settled, r) })
	if want = append(want, add...); len(add) > 0 || len(want) < len(s.Reasons) {
		s.doubt(&c, want)
	}
	return c
}

// IDOf names the entity of an instance: the same instance is the same entity wherever and
// however often it arrives.
func IDOf(instance string) string {
	sum := sha256.Sum256([]byte("instance\x00" + instance))
	var random [10]byte
	copy(random[:], sum[6:16])
	return string(id.NewEntity(int64(binary.BigEndian.Uint64(sum[:8])>>16), random))
}

// Arrival is a submission as it came.
type Arrival struct {
	Survey, Form, Office, Case string
	Interviewer                string
	Meta                       Meta
	Answers                    string
	Standing                   Standing
	Reasons                    []string // keys of what the check of the answers found
}

// Arrive makes a submission. Nothing is lost for what its answers say: what does not fit the
// questionnaire is kept as doubtful with the reasons. A correction of what has not come stands in
// the place of that, so that they meet when it does; one that is held stands apart.
func Arrive(a Arrival) (change.Change, error) {
	if a.Meta.Instance == "" {
		return change.Change{}, fault.New(fault.Invalid, "survey.no_instance")
	}
	of, replaces := a.Meta.Instance, ""
	if a.Meta.Replaces != "" && a.Standing != Held {
		of, replaces = a.Meta.Replaces, a.Meta.Replaces
	}
	var s Submission
	s.Entity = change.Ref{Kind: KindSubmission, ID: IDOf(of)}
	standing := ""
	if a.Standing == Held {
		standing = string(Held)
	}
	c := s.Write("submit", "survey", a.Survey, "form", a.Form, "office", a.Office, "instance", a.Meta.Instance, "replaces", replaces, "case", a.Case,
		"interviewer", a.Interviewer, "device", a.Meta.Device, "started", a.Meta.Start, "ended", a.Meta.End, "answers", a.Answers,
		"standing", standing, "files", strings.Join(a.Meta.Files, "\n"))
	s.doubt(&c, a.Reasons)
	return c, nil
}

// Correct puts other answers in the place of those that stand, which stay in the history.
func (s *Submission) Correct(a Arrival) (change.Change, error) {
	if s.Standing == SetAside {
		return change.Change{}, fault.New(fault.Conflict, "survey.set_aside")
	}
	c := s.Write("correct", "instance", a.Meta.Instance, "form", a.Form, "answers", a.Answers, "standing", "", "files", strings.Join(a.Meta.Files, "\n"), "ended", a.Meta.End)
	s.doubt(&c, a.Reasons)
	return c, nil
}

// Precede files answers behind those that stand, which came before them and correct them: into
// the history, and then what stood stands again. second is made of the record with first in it.
func (s *Submission) Precede(a Arrival) (first change.Change, second func(*Submission) change.Change) {
	was := *s
	first = s.Write("precede", "instance", a.Meta.Instance, "replaces", "", "form", a.Form, "answers", a.Answers, "files", strings.Join(a.Meta.Files, "\n"), "ended", a.Meta.End)
	return first, func(now *Submission) change.Change {
		c := now.Write("correct", "instance", was.Instance, "form", was.Form, "answers", was.Answers, "files", was.Text("files"), "ended", was.Ended)
		now.doubt(&c, slices.DeleteFunc(slices.Clone(now.Reasons), func(r string) bool { return r == Unpreceded }))
		return c
	}
}

// Unpreceded is the reason of a correction of what has not come.
const Unpreceded = "predecessor_unknown"

// Came reports whether changes of a submission, opened, have brought these answers under that
// name already.
func Came(past []change.Change, instance, answers string) bool {
	name, said := "", ""
	for i := range past {
		for _, set := range past[i].Sets {
			switch set.Field {
			case "instance":
				name = set.Value.Text
			case "answers":
				said = set.Value.Text
			}
		}
		if name == instance && said == answers {
			return true
		}
	}
	return false
}

// Judge says what the office thinks of the submission.
func (s *Submission) Judge(to Standing, why string) (change.Change, error) {
	why, err := words("why", why, to == Doubtful || to == SetAside)
	if err != nil {
		return change.Change{}, err
	}
	if !slices.Contains(Verdicts, to) {
		return change.Change{}, fault.New(fault.Invalid, "survey.standing").On("standing")
	}
	return s.Write("judge", "standing", string(to), "why", why), nil
}

// Attach adds files that came with it, in the same message or a later one. One that is there
// with the same contents is no change. Doubts about them, by the keys of reasons, make answers
// that nobody has looked at doubtful.
func (s *Submission) Attach(files []File, doubts []string) change.Change {
	c := s.Write("attach")
	if len(doubts) > 0 {
		s.doubt(&c, append(slices.Clone(s.Reasons), doubts...))
	}
	for _, f := range files {
		field := "file/" + IDOf(f.Name)
		v := change.Group("name", f.Name, "file", f.Hash, "type", f.Type, "size", strconv.FormatInt(f.Size, 10))
		if had := s.Fields[field]; !had.Value.Equal(v) {
			c.Sets = append(c.Sets, change.Set{Field: field, Value: v, Base: had.Version})
		}
	}
	return c
}

// Names reports whether the answers name a file.
func (s *Submission) Names(file string) bool {
	return slices.Contains(strings.Split(s.Text("files"), "\n"), file)
}
