// Package authz decides who may do what: role x action x jurisdiction x purpose, in one
// table. The same cell answers yes or no and says which offices a list may show.
package authz

import (
	"slices"

	"quipu/internal/fault"
)

// Role is what an officer is at an office; codes of the list "role".
type Role string

// The roles.
const (
	Window       Role = "window"       // serves people at the window
	Supervisor   Role = "supervisor"   // also imports, transfers out, sees who looked
	Head         Role = "head"         // head of post: the supervisor's rights and the accounts
	Statistician Role = "statistician" // surveys and figures, no person
	Auditor      Role = "auditor"      // reads the logs of every office, writes nothing
	Admin        Role = "admin"        // accounts and offices, no person
	Privacy      Role = "privacy"      // data-protection officer: requests, breaches, terms of keeping, of every office
	Reviewer     Role = "reviewer"     // at the ministry: decides about pairs of every office
	Interviewer  Role = "interviewer"  // asks the cases of a survey that were given to him, and nothing else
	Operator     Role = "operator"     // holds the data directory: the command line
)

// Roles lists the roles in the order of the table.
var Roles = []Role{Window, Supervisor, Head, Statistician, Auditor, Admin, Privacy, Reviewer, Interviewer, Operator}

// Action is something that can be asked for.
type Action string

// The actions.
const (
	Search      Action = "search"      // find people by name or document
	Read        Action = "read"        // open a person's page, ordinary values
	ReadDetail  Action = "read_detail" // tier 2: documents, contact, family
	ReadSealed  Action = "read_sealed" // tier 3
	Register    Action = "register"
	Edit        Action = "edit"
	Transfer    Action = "transfer" // jurisdiction is the office that receives
	Import      Action = "import"
	UndoImport  Action = "undo_import"
	ReadLog     Action = "read_log"     // who looked
	ReviewReads Action = "review_reads" // say of a marked look that somebody asked why
	Supervise   Action = "supervise"    // how the office's day goes: who registered how many, what waits
	Audit       Action = "audit"        // verify the log of changes
	Accounts    Action = "accounts"
	Sessions    Action = "sessions" // see and end what officers have open
	Offices     Action = "offices"
	Backup      Action = "backup" // copy the whole register, sealed, and put it back

	Review Action = "review" // see pairs that may be one person, and say of them
	Merge  Action = "merge"  // make one of two entries, and part them again

	Campaign Action = "campaign" // plan mobile consulates, and whose entries go along
	Attend   Action = "attend"   // serve the queue of one

	Rights           Action = "rights"            // take people's requests in and see them
	RightsDecide     Action = "rights_decide"     // extend and answer them
	Disclose         Action = "disclose"          // hand own data out; answer who asks from outside
	Breach           Action = "breach"            // the register of incidents
	Retention        Action = "retention"         // see what is kept no longer, and propose to erase it
	RetentionApprove Action = "retention_approve" // approve what somebody else proposed

	Nodes Action = "nodes" // see the nodes of an office, enrol and revoke them

	Survey    Action = "survey"    // plan surveys: questionnaire, sample, weights
	Fieldwork Action = "fieldwork" // see how the fieldwork of an office goes, give cases out, judge answers
	Interview Action = "interview" // ask one's own cases and send what they answered
	Analyse   Action = "analyse"   // figures from answers, and the answers without who gave them
)

// Actions lists the actions in the order of the table.
var Actions = []Action{Search, Read, ReadDetail, ReadSealed, Register, Edit, Transfer, Import, UndoImport, ReadLog, ReviewReads, Supervise, Audit, Accounts, Sessions, Offices, Backup, Review, Merge,
	Rights, RightsDecide, Disclose, Breach, Retention, RetentionApprove, Nodes, Campaign, Attend, Survey, Fieldwork, Interview, Analyse}

// Reach is how far a right goes.
type Reach int

// The reaches.
const (
	None  Reach = iota
	Own         // the officer's own office
	World       // every office
)

// table is the whole policy. A pair that is not in it is refused.
var table = map[Role]map[Action]Reach{
	Window: {Search: World, Read: World, ReadDetail: Own, Register: Own, Edit: Own, Transfer: Own, Offices: World, Review: Own, Attend: Own, Rights: Own, Interview: Own},
	Supervisor: {Search: World, Read: World, ReadDetail: World, ReadSealed: Own, Register: Own, Edit: Own, Transfer: Own,
		Import: Own, UndoImport: Own, ReadLog: Own, Supervise: Own, Sessions: Own, Offices: World, Review: Own, Merge: Own, Campaign: Own, Attend: Own,
		Rights: Own, RightsDecide: Own, Disclose: Own, Breach: Own, Retention: Own, Fieldwork: Own, Interview: Own},
	Head: {Search: World, Read: World, ReadDetail: World, ReadSealed: Own, Register: Own, Edit: Own, Transfer: Own,
		Import: Own, UndoImport: Own, ReadLog: Own, Supervise: Own, Audit: World, Accounts: Own, Sessions: Own, Offices: World, Review: Own, Merge: Own,
		Rights: Own, RightsDecide: Own, Disclose: Own, Breach: Own, Retention: Own, RetentionApprove: Own, Nodes: Own, Campaign: Own, Attend: Own, Fieldwork: Own, Interview: Own},
	Statistician: {Offices: World, Survey: World, Fieldwork: World, Analyse: World},
	Interviewer:  {Offices: World, Interview: Own},
	Auditor:      {ReadLog: World, ReviewReads: World, Audit: World, Offices: World},
	Privacy: {Search: World, Read: World, ReadDetail: World, ReadLog: World, ReviewReads: World, Audit: World, Offices: World,
		Rights: World, RightsDecide: World, Disclose: World, Breach: World, Retention: World, RetentionApprove: World},
	Reviewer: {Search: World, Read: World, ReadDetail: World, Offices: World, Review: World, Merge: World},
	Admin:    {Audit: World, Accounts: World, Sessions: World, Offices: World, Nodes: World},
	Operator: {Search: World, Read: World, ReadDetail: World, Register: World, Edit: World, Transfer: World, Import: World,
		UndoImport: World, ReadLog: World, Supervise: World, Audit: World, Accounts: World, Sessions: World, Offices: World, Review: World, Merge: World,
		Backup: World, Rights: World, Disclose: World, Retention: World, Nodes: World, Campaign: World, Attend: World, Survey: World, Fieldwork: World, Interview: World, Analyse: World},
}

// purposes says for what an action on a person may be done.
var purposes = map[Action][]string{
	Search: {"registry", "act", "assistance", "election"}, Read: {"registry", "act", "assistance", "election"},
	ReadDetail: {"registry", "act", "assistance"}, ReadSealed: {"assistance", "registry"},
	Register: {"registry", "act", "assistance"}, Edit: {"registry", "act", "assistance"}, Transfer: {"registry", "act"},
	Import: {"registry"}, UndoImport: {"registry"}, Review: {"registry"}, Merge: {"registry"},
	Campaign: {"registry", "act", "assistance"}, Attend: {"registry", "act", "assistance"},
}

// Actor is who asks: an officer at an office, for a purpose. Scopes, when not nil, are the
// only actions that he may do now: those of the token that a program showed for him.
type Actor struct {
	Login   string
	Name    string
	Role    Role
	Office  string
	Purpose string
	Lang    string
	Scopes  []Action
}

// ReachOf is the cell of the table for the actor's role and purpose.
func ReachOf(a Actor, action Action) Reach {
	if allowed, asked := purposes[action]; asked && !slices.Contains(allowed, a.Purpose) {
		return None
	}
	if a.Scopes != nil && !slices.Contains(a.Scopes, action) {
		return None
	}
	return table[a.Role][action]
}

// May reports whether the actor may do the action to something of the office. An office
// of "" is nobody's: a person who is registered nowhere yet.
func May(a Actor, action Action, office string) bool {
	switch ReachOf(a, action) {
	case World:
		return true
	case Own:
		return office == a.Office || office == ""
	}
	return false
}

// Check is May as an error that says what is missing: a right, or another purpose.
func Check(a Actor, action Action, office string) error {
	if May(a, action, office) {
		return nil
	}
	changed := a
	for _, p := range purposes[action] {
		if changed.Purpose = p; May(changed, action, office) {
			return fault.New(fault.Forbidden, "authz.purpose", "action", action, "purpose", Purpose(a.Purpose), "allowed", Purposes(purposes[action]))
		}
	}
	return fault.New(fault.Forbidden, "authz.refused", "action", action, "role", a.Role, "office", Place(office))
}

// Scope is the same decision for a list: all offices, or only one.
type Scope struct {
	All    bool
	Office string
}

// ScopeOf is the scope of an action, ok false when the actor may not do it anywhere.
func ScopeOf(a Actor, action Action) (s Scope, ok bool) {
	switch ReachOf(a, action) {
	case World:
		return Scope{All: true}, true
	case Own:
		return Scope{Office: a.Office}, true
	}
	return Scope{}, false
}

// Holds reports whether something of the office is in the scope.
func (s Scope) Holds(office string) bool { return s.All || office == s.Office || office == "" }

// Known reports whether an account may have the role; the operator is nobody's account.
func Known(r Role) bool { return slices.Contains(Roles, r) && r != Operator }
