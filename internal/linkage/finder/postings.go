package finder

import "slices"

// withRow puts a row into a rising list of rows, where it is not yet.
func withRow(list []uint32, row uint32) []uint32 {
	if n := len(list); n == 0 || list[n-1] < row {
		return append(list, row)
	}
	i, there := slices.BinarySearch(list, row)
	if there {
		return list
	}
	return slices.Insert(list, i, row)
}

// withoutRow takes a row out of a rising list.
func withoutRow(list []uint32, row uint32) []uint32 {
	i, there := slices.BinarySearch(list, row)
	if !there {
		return list
	}
	return slices.Delete(list, i, i+1)
}
