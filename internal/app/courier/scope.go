package courier

import (
	"encoding/json"

	"quipu/internal/sync"
)

func scopeText(scopes []sync.Scope) string {
	b, _ := json.Marshal(scopes) //nolint:errcheck // texts always are JSON
	return string(b)
}

func parseScopes(text string) (out []sync.Scope) {
	if json.Unmarshal([]byte(text), &out) != nil {
		return nil // it grants nothing
	}
	return out
}
