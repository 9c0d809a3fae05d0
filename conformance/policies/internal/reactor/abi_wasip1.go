package reactor

import "unsafe"

//go:wasmimport wapc __guest_request
//go:noescape
func guestRequest(operation, payload unsafe.Pointer)

//go:wasmimport wapc __guest_response
//go:noescape
func guestResponse(response unsafe.Pointer, length uint32)

//go:wasmimport wapc __guest_response
func guestResponseAt(response, length uint32)

//go:wasmimport wapc __guest_request
func guestRequestAt(operation, payload uint32)

//go:wasmimport wapc __guest_error
//go:noescape
func guestError(text unsafe.Pointer, length uint32)

//go:wasmimport wapc __host_call
//go:noescape
func hostCall(
	binding unsafe.Pointer, bindingLength uint32,
	namespace unsafe.Pointer, namespaceLength uint32,
	operation unsafe.Pointer, operationLength uint32,
	payload unsafe.Pointer, payloadLength uint32) uint32

//go:wasmimport wapc __host_call
func hostCallAt(
	binding, bindingLength uint32,
	namespace, namespaceLength uint32,
	operation, operationLength uint32,
	payload, payloadLength uint32) uint32

//go:wasmimport wapc __host_response_len
func hostResponseLen() uint32

//go:wasmimport wapc __host_response
//go:noescape
func hostResponse(response unsafe.Pointer)

//go:wasmimport wapc __host_error_len
func hostErrorLen() uint32

//go:wasmimport wapc __host_error
//go:noescape
func hostError(text unsafe.Pointer)

//go:wasmimport wapc __console_log
//go:noescape
func consoleLog(text unsafe.Pointer, length uint32)

//go:wasmexport __guest_call
func guestCall(operationLength, payloadLength uint32) uint32 {
	operation := make([]byte, operationLength)
	payload := make([]byte, payloadLength)
	guestRequest(address(operation), address(payload))
	if Call(string(operation), payload) {
		return 1
	}
	return 0
}

// RespondWild sets a response that lies outside of the memory.
func RespondWild() { guestResponseAt(Wild, 10) }

// RequestWild has the request written outside of the memory.
func RequestWild() { guestRequestAt(Wild, Wild) }

// HostCallWild asks the host with names outside of the memory.
func HostCallWild() { hostCallAt(Wild, 10, Wild, 10, Wild, 10, Wild, 10) }
