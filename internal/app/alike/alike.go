// Package alike says who of the register may be the person that somebody describes, and
// which entries may be of one person: the index and exact keys bring them together, a model
// weighs them. It decides nothing and writes no change.
package alike

import (
	"context"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"quipu/internal/app/index"
	"quipu/internal/app/node"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/linkage"
	"quipu/internal/linkage/register"
	"quipu/internal/store"
)

// Alike works on one node.
type Alike struct {
	n     *node.Node
	index *index.Index

	mu      sync.Mutex
	weigher *linkage.Weigher
	of      Model // what the weigher was made of
}

// New makes it.
func New(n *node.Node, x *index.Index) *Alike { return &Alike{n: n, index: x} }

// Model is a model with its name. Number counts the models that a register has learnt; 0 is
// the one that is shipped, -1 one that was learnt for a scan and not kept.
type Model struct {
	Number  int            `json:"number"`
	Learnt  time.Time      `json:"learnt"`
	Records int            `json:"records"`
	Model   *linkage.Model `json:"model"`
	size    int
}

// Name is the model's name in the queue.
func (m *Model) Name() string {
	switch {
	case m.Number == 0:
		return "shipped"
	case m.Number < 0:
		return "scan"
	}
	return "register-" + strconv.Itoa(m.Number)
}

// The settings that hold the model in force and, apart, its number, which is read each time.
const (
	modelSetting  = "linkage.model"
	numberSetting = "linkage.model.number"
)

// Weigher is the weigher by the model in force, for the size of the register.
func (a *Alike) Weigher(ctx context.Context, tx *store.Tx) (*linkage.Weigher, Model, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	number, err := number(ctx, tx)
	if err != nil {
		return nil, a.of, err
	}
	size := doublings(a.index.Len())
	if a.weigher != nil && a.of.Number == number && a.of.size == size {
		return a.weigher, a.of, nil
	}
	m, err := model(ctx, tx, number)
	if err != nil {
		return nil, m, err
	}
	m.size = size
	m.Model = register.Fit(m.Model, size)
	if a.weigher, err = linkage.NewWeigher(m.Model); err != nil {
		return nil, m, err
	}
	a.of = m
	return a.weigher, m, nil
}

func number(ctx context.Context, tx *store.Tx) (int, error) {
	text, err := tx.Setting(ctx, numberSetting)
	n, _ := strconv.Atoi(text) //nolint:errcheck // none is 0
	return n, err
}

// Use puts a model in force.
func (a *Alike) Use(ctx context.Context, m Model) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return a.n.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.PutSetting(ctx, modelSetting, string(text)); err != nil {
			return err
		}
		return tx.PutSetting(ctx, numberSetting, strconv.Itoa(m.Number))
	})
}

// doublings is n down to a power of two.
func doublings(n int) int {
	if n < 1 {
		return 0
	}
	return 1 << int(math.Log2(float64(n)))
}

func model(ctx context.Context, tx *store.Tx, number int) (m Model, err error) {
	if number == 0 {
		m.Model = register.Shipped()
		m.Records = m.Model.Records
		return m, nil
	}
	text, err := tx.Setting(ctx, modelSetting)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil || m.Model == nil || m.Model.Version != linkage.ModelVersion {
		m = Model{Model: register.Shipped()} // of another release: the register learns one again
	}
	return m, nil
}

// Reason is why two records look like one person, or somebody was found. Key names a
// message of the catalogue; Args fill its places; Weight is in bits where it was weighed.
type Reason struct {
	Key    string
	Args   []fault.Arg
	Weight float64
}

// In is the reason in words.
func (r Reason) In(lang i18n.Lang) string { return i18n.T(lang, r.Key, i18n.Pairs(r.Args)...) }

// Code is the reason for programs: the key without the name of its family.
func (r Reason) Code() string {
	_, code, _ := strings.Cut(r.Key, ".")
	return code
}

// Likeness is how much two records look alike: Weight is the log2 of the odds that they are
// one person, and the reasons have the weightiest first.
type Likeness struct {
	Weight   float64
	Document bool // both hold one document
	Reasons  []Reason
	Evidence []linkage.Evidence
}

// From these odds, as a log2, somebody is worth a look (one in nine), and stops an entry
// until an officer has decided (nine to one).
const (
	WorthALook = -3
	StrongLike = 3.17
)

// Strong reports whether an officer must decide before the entry is made: somebody who
// holds the same document always is such a case, whatever else differs.
func (l *Likeness) Strong() bool { return l.Document || l.Weight >= StrongLike }

// Score is the chance that the two are one person, between 0 and 1.
func (l *Likeness) Score() float64 { return 1 / (1 + math.Exp2(-l.Weight)) }

// Candidate is somebody of the register who may be the person that somebody describes.
type Candidate struct {
	store.PersonRow
	Likeness
}
