package main

import "unsafe"

//go:wasmimport host call
//go:noescape
func hostCall(
	binding, bindingLength uint32,
	namespace, namespaceLength uint32,
	operation, operationLength uint32,
	payload, payloadLength uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_prestat_get
//go:noescape
func prestatOf(descriptor uint32, result unsafe.Pointer) uint32

// callHostWithWildPointers points past the end of any memory.
func callHostWithWildPointers() uint32 {
	const wild = 0xffff_fff0
	return hostCall(wild, 10, wild, 7, wild, 3, wild, 0xff)
}

// preopened gives the descriptors that stand for folders of the host.
func preopened() []uint32 {
	found := []uint32{}
	for descriptor := range uint32(16) {
		var result [2]uint32
		if prestatOf(descriptor, unsafe.Pointer(&result)) == 0 {
			found = append(found, descriptor)
		}
	}
	return found
}
