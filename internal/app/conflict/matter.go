package conflict

import (
	"slices"

	"quipu/internal/campaign"
	"quipu/internal/change"
	"quipu/internal/registry/same"
	"quipu/internal/rights"
	"quipu/internal/survey/study"
)

// kinds are those besides people of which two offices can write the same field apart.
var kinds = []change.Kind{change.User, rights.KindRequest, rights.KindBreach, rights.KindDisclosure, rights.KindRetention,
	same.KindPair, same.KindMerge, campaign.KindCampaign, campaign.KindTurn, change.Import,
	study.KindSurvey, study.KindCase, study.KindSubmission}

// Kinds lists the kinds of entity besides people of which conflicts are kept.
func Kinds() []change.Kind { return slices.Clone(kinds) }

// Decided reports whether conflicts are kept of a kind of entity besides people.
func Decided(kind change.Kind) bool { return slices.Contains(kinds, kind) }
