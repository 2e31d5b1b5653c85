package seal

// DatabaseKey is the 32-byte key of the node's encrypted database file, derived from the
// master: the passphrase that opens the master opens the database.
func (m *Master) DatabaseKey() []byte { return m.derive("database") }
