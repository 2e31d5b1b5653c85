package paradata

import (
	"hash/fnv"
	"strings"
	"time"

	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// Interview is one as far as it is looked at here. Answers are hashes, not words.
type Interview struct {
	ID, Interviewer, Office string
	Began, Ended            time.Time     // by the client's clock, in its zone; zero where unknown
	Length                  time.Duration // of its pages, or from begin to end without an audit; 0 where unknown
	Audited                 bool
	Lost                    int // lines of the audit that could not be read
	Asked, Missing          int // questions that were to be answered, and those left empty
	Batteries, Straight     int // batteries that were answered, and those with one answer throughout
	spent                   []float32
	said                    []uint32
}

// Spent is how long a question or group of the shape was on the screen, 0 where it was not.
func (i *Interview) Spent(node int) time.Duration {
	if node >= len(i.spent) {
		return 0
	}
	return time.Duration(float64(i.spent[node]) * float64(time.Second))
}

// Node is a question or a group of a questionnaire.
type Node struct {
	Path    string // "/data/group/name"
	Label   survey.Text
	answers bool // somebody answers it
	battery int  // of which it is one, -1 for none
}

// Shape is what the versions of a questionnaire ask.
type Shape struct {
	Nodes     []Node
	at        map[string]int
	batteries map[string]int
	sizes     []int // questions of each battery
}

const (
	// leastBattery is how many questions with the same choices, of one group, are a battery.
	leastBattery = 4
	// leastChoices leaves out lists in which a straight line says little: yes and no.
	leastChoices = 3
)

// Add adds what a version asks. Later ones may be added when they come.
func (s *Shape) Add(f *survey.Form) {
	if s.at == nil {
		s.at, s.batteries = map[string]int{}, map[string]int{}
	}
	for _, n := range f.Nodes() {
		if _, known := s.at[n.Path]; known || n.External() {
			continue
		}
		node := Node{Path: n.Path, Label: n.Label, battery: -1}
		node.answers = n.Shown() && !n.Container() && n.Type != survey.Note && !n.Attachment() && n.Calculation == ""
		if list := f.List(n.List); n.Type == survey.SelectOne && list != nil && len(list.Choices) >= leastChoices {
			key := n.Path[:strings.LastIndexByte(n.Path, '/')] + "\x00" + n.List
			b, known := s.batteries[key]
			if !known {
				b = len(s.sizes)
				s.batteries[key], s.sizes = b, append(s.sizes, 0)
			}
			node.battery = b
			s.sizes[b]++
		}
		s.at[n.Path] = len(s.Nodes)
		s.Nodes = append(s.Nodes, node)
	}
}

// Digest looks at a filled questionnaire and its audit, nil without one. Begin and end are what the
// client says of the interview.
func (s *Shape) Digest(doc *xpath.Node, began, ended time.Time, log *Log) *Interview {
	i := &Interview{Began: began, Ended: ended, spent: make([]float32, len(s.Nodes)), said: make([]uint32, len(s.Nodes))}
	lines := make([]line, len(s.sizes))
	s.walk(i, doc, lines)
	for b, l := range lines {
		if s.sizes[b] >= leastBattery && l.n >= leastBattery {
			if i.Batteries++; !l.broken {
				i.Straight++
			}
		}
	}
	if !ended.IsZero() && ended.After(began) && !began.IsZero() {
		i.Length = ended.Sub(began)
	}
	if log == nil {
		return i
	}
	i.Lost = log.Lost
	for path, d := range log.Spent() {
		if n, known := s.at[path]; known {
			i.spent[n] = float32(d.Seconds())
		}
	}
	if active := log.Active(); active > 0 {
		i.Audited, i.Length = true, active
	}
	return i
}

// line is a battery on the way.
type line struct {
	n      int
	first  uint32
	broken bool
}

func (s *Shape) walk(i *Interview, n *xpath.Node, lines []line) {
	for _, c := range n.Children {
		if len(c.Children) > 0 {
			s.walk(i, c, lines)
			continue
		}
		at, known := s.at[c.Path()]
		if !known || !s.Nodes[at].answers {
			continue
		}
		i.Asked++
		text := strings.TrimSpace(c.Text)
		if text == "" {
			i.Missing++
			continue
		}
		h := fnv.New32a()
		h.Write([]byte(text)) //nolint:errcheck // a hash takes everything
		said := max(1, h.Sum32())
		i.said[at] ^= said // those of a repeat together
		if i.said[at] == 0 {
			i.said[at] = 1
		}
		if b := s.Nodes[at].battery; b >= 0 {
			l := &lines[b]
			if l.n++; l.n == 1 {
				l.first = said
			}
			l.broken = l.broken || l.first != said
		}
	}
}
