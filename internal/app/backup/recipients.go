package backup

import (
	"os"
	"strings"

	"filippo.io/age"

	"quipu/internal/archive"
	"quipu/internal/fault"
)

// Recipients are who can open a backup that is sealed for PublicKeys.
func Recipients(texts []string) ([]age.Recipient, error) {
	keys, err := PublicKeys(texts)
	if err != nil {
		return nil, err
	}
	return archive.To(keys)
}

// PublicKeys are the keys that texts name, each a key ("age1…") or a file with keys, one a line.
func PublicKeys(texts []string) (keys []string, err error) {
	for _, t := range texts {
		if strings.HasPrefix(t, "age1") {
			keys = append(keys, t)
			continue
		}
		text, err := os.ReadFile(t)
		if err != nil {
			return nil, fault.New(fault.NotFound, "cli.no_file", "file", t).Because(err)
		}
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				keys = append(keys, line)
			}
		}
	}
	if len(keys) == 0 {
		return nil, fault.New(fault.Invalid, "backup.no_recipient")
	}
	_, err = archive.To(keys)
	return keys, err
}
