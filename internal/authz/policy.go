package authz

import "slices"

// Grants is the cell of the table itself, whatever the purpose: how far a role's right goes.
func Grants(r Role, action Action) Reach { return table[r][action] }

// PurposesOf are the purposes for which an action may be done; nil when it asks for none.
func PurposesOf(action Action) []string { return slices.Clone(purposes[action]) }
