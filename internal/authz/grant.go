package authz

import "quipu/internal/fault"

// MayGrant reports whether the actor may give or take an account of that role at the
// office. Who keeps the accounts of one office gives no role that reaches beyond it.
func MayGrant(a Actor, r Role, office string) bool {
	if !Known(r) || office == "" {
		return false
	}
	switch ReachOf(a, Accounts) {
	case World:
		return true
	case Own:
		return office == a.Office && r != Admin && r != Auditor && r != Privacy && r != Reviewer && r != Statistician
	}
	return false
}

// CheckGrant is MayGrant as an error.
func CheckGrant(a Actor, r Role, office string) error {
	if MayGrant(a, r, office) {
		return nil
	}
	if err := Check(a, Accounts, office); err != nil {
		return err
	}
	return fault.New(fault.Forbidden, "authz.grant", "role", r).On("role")
}
