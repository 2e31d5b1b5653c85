package archive

import (
	"encoding/binary"
	"fmt"
	"math"
)

// The kinds of a value in a row.
const (
	valueNull  = 0
	valueInt   = 1
	valueText  = 2
	valueBytes = 3
	valueFloat = 4
)

// appendValue writes a value as databases give them: nil, int64, string, []byte or float64.
func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, valueNull), nil
	case int64:
		return binary.AppendVarint(append(b, valueInt), v), nil
	case string:
		return append(binary.AppendUvarint(append(b, valueText), uint64(len(v))), v...), nil
	case []byte:
		return append(binary.AppendUvarint(append(b, valueBytes), uint64(len(v))), v...), nil
	case float64:
		return binary.BigEndian.AppendUint64(append(b, valueFloat), math.Float64bits(v)), nil
	}
	return b, fmt.Errorf("archive: a value of the type %T has no form", v)
}

// nextValue reads one value from the front of b and returns the rest. The value shares
// nothing with b.
func nextValue(b []byte) (v any, rest []byte, err error) {
	if len(b) == 0 {
		return nil, nil, damaged("row")
	}
	kind, b := b[0], b[1:]
	switch kind {
	case valueNull:
		return nil, b, nil
	case valueInt:
		n, k := binary.Varint(b)
		if k <= 0 {
			return nil, nil, damaged("row")
		}
		return n, b[k:], nil
	case valueText, valueBytes:
		n, k := binary.Uvarint(b)
		if k <= 0 || n > uint64(len(b)-k) {
			return nil, nil, damaged("row")
		}
		text := b[k : k+int(n)]
		if kind == valueText {
			return string(text), b[k+int(n):], nil
		}
		return append([]byte{}, text...), b[k+int(n):], nil
	case valueFloat:
		if len(b) < 8 {
			return nil, nil, damaged("row")
		}
		return math.Float64frombits(binary.BigEndian.Uint64(b)), b[8:], nil
	}
	return nil, nil, damaged("row")
}
