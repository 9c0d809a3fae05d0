//go:build !wasip1

package reactor

import "unsafe"

// Outside of a host there is nothing to import.

func guestResponse(unsafe.Pointer, uint32) {}

func guestError(unsafe.Pointer, uint32) {}

func hostCall(unsafe.Pointer, uint32, unsafe.Pointer, uint32, unsafe.Pointer, uint32, unsafe.Pointer, uint32) uint32 {
	return 0
}

func hostResponseLen() uint32 { return 0 }

func hostResponse(unsafe.Pointer) {}

func hostErrorLen() uint32 { return 0 }

func hostError(unsafe.Pointer) {}

func consoleLog(unsafe.Pointer, uint32) {}

// RespondWild does nothing here.
func RespondWild() {}

// RequestWild does nothing here.
func RequestWild() {}

// HostCallWild does nothing here.
func HostCallWild() {}
