//go:build !wasip1

package main

// Outside of a host there is nothing to import.

func callHostWithWildPointers() uint32 { return 1 }

func preopened() []uint32 { return []uint32{} }
