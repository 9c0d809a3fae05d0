// Package reactor speaks the waPC protocol from standard Go, built with
// -buildmode=c-shared. It hides nothing: whoever wants to misbehave can.
package reactor

import (
	"encoding/json"
	"errors"
	"unsafe"
)

// Call answers an operation; its result is that of __guest_call. Set it in an init
// function: main does not run in a reactor.
var Call func(operation string, payload []byte) bool

// Wild points past the end of any memory.
const Wild = 0xffff_fff0

// Respond sets the response.
func Respond(response []byte) {
	guestResponse(address(response), uint32(len(response)))
}

// RespondJSON sets the response to value, and fails the call if that is not possible.
func RespondJSON(value any) bool {
	response, err := json.Marshal(value)
	if err != nil {
		return Fail(err.Error())
	}
	Respond(response)
	return true
}

// Fail sets the error and is false, as a failed call is.
func Fail(text string) bool {
	SetError([]byte(text))
	return false
}

// SetError sets the error's text.
func SetError(text []byte) {
	guestError(address(text), uint32(len(text)))
}

// Log hands a line to the host's log.
func Log(line []byte) {
	consoleLog(address(line), uint32(len(line)))
}

// HostCall asks the host.
func HostCall(binding, namespace, operation string, payload []byte) ([]byte, error) {
	done := hostCall(
		unsafe.Pointer(unsafe.StringData(binding)), uint32(len(binding)),
		unsafe.Pointer(unsafe.StringData(namespace)), uint32(len(namespace)),
		unsafe.Pointer(unsafe.StringData(operation)), uint32(len(operation)),
		address(payload), uint32(len(payload)))
	if done == 1 {
		return HostResponse(), nil
	}
	return nil, errors.New(string(HostError()))
}

// HostResponse is the answer to the last host call, empty if there is none.
func HostResponse() []byte {
	response := make([]byte, hostResponseLen())
	hostResponse(address(response))
	return response
}

// HostError is the error of the last host call, empty if there is none.
func HostError() []byte {
	text := make([]byte, hostErrorLen())
	hostError(address(text))
	return text
}

func address(bytes []byte) unsafe.Pointer {
	return unsafe.Pointer(unsafe.SliceData(bytes))
}
