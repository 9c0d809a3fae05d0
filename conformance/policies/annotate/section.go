package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

const sectionName = "io.kubewarden.metadata"

// customSection is the id of sections that are not the engine's business.
const customSection = 0

var preamble = []byte{0, 'a', 's', 'm', 1, 0, 0, 0}

// withSection appends the section to a module that does not have it yet.
func withSection(module, content []byte) ([]byte, error) {
	if !bytes.HasPrefix(module, preamble) {
		return nil, errors.New("not a WebAssembly module")
	}
	for rest := module[len(preamble):]; len(rest) > 0; {
		id := rest[0]
		size, length := binary.Uvarint(rest[1:])
		if length <= 0 || size > uint64(len(rest)-1-length) {
			return nil, errors.New("the module is cut off")
		}
		body := rest[1+length:][:size]
		if id == customSection {
			nameSize, length := binary.Uvarint(body)
			if length <= 0 || nameSize > uint64(len(body)-length) {
				return nil, errors.New("a custom section has no name")
			}
			if string(body[length:][:nameSize]) == sectionName {
				return nil, fmt.Errorf("the module has a section %s already", sectionName)
			}
		}
		rest = rest[1+length+int(size):]
	}
	body := binary.AppendUvarint(nil, uint64(len(sectionName)))
	body = append(body, sectionName...)
	body = append(body, content...)
	annotated := append(bytes.Clone(module), customSection)
	annotated = binary.AppendUvarint(annotated, uint64(len(body)))
	return append(annotated, body...), nil
}
