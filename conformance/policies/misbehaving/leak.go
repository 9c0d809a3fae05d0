package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"
	"sync"
)

// What an earlier request left behind would be found here.
var (
	keptSlice  []string
	keptMap    = map[string]int{}
	keptBytes  bytes.Buffer
	keptOnce   sync.Once
	keptFirst  string
	keptObject map[string]json.RawMessage
	keptPool   = sync.Pool{}
	keptPages  []byte
	requests   int
)

const keptVariable = "PORTCULLIS_LEAK"

// leak keeps its request wherever a policy can, and rejects with whatever an
// earlier request left there. It takes settings.bytes bytes (8 MiB when 0) of
// fresh memory: Go relies on the host that grown memory is zero.
func leak(q question) {
	var found []string
	note := func(where string, value any) {
		found = append(found, fmt.Sprintf("%s: %.80v", where, value))
	}
	request := string(q.request)

	if requests != 0 {
		note("counter", requests)
	}
	if len(keptSlice) > 0 {
		note("slice", keptSlice[0])
	}
	if len(keptMap) > 0 {
		note("map", keptMap)
	}
	if keptBytes.Len() > 0 {
		note("buffer", keptBytes.String())
	}
	keptOnce.Do(func() { keptFirst = request })
	if keptFirst != request {
		note("once", keptFirst)
	}
	if pooled := keptPool.Get(); pooled != nil {
		note("pool", pooled)
	}
	if variable, present := os.LookupEnv(keptVariable); present {
		note("environment", variable)
	}
	if log.Prefix() != "" {
		note("log prefix", log.Prefix())
	}
	if keptPages != nil {
		note("pages", len(keptPages))
	}
	// Unmarshal adds to a map that is there already.
	var fresh map[string]json.RawMessage
	if json.Unmarshal(q.request, &fresh) == nil && json.Unmarshal(q.request, &keptObject) == nil &&
		len(fresh) != len(keptObject) {
		note("object", len(keptObject))
	}
	size := q.settings.Bytes
	if size == 0 {
		size = 8 << 20
	}
	keptPages = make([]byte, size)
	for at := 0; at < size; at += 512 {
		if keptPages[at] != 0 {
			note("fresh memory is not zero at", at)
			break
		}
	}
	for at := 0; at < size; at += 512 {
		keptPages[at] = 0xa5
	}

	requests++
	keptSlice = append(keptSlice, request)
	keptMap[request]++
	keptBytes.WriteString(request)
	keptPool.Put(request)
	log.SetPrefix("kept ")
	os.Setenv(keptVariable, "kept")

	if len(found) > 0 {
		reject("found from an earlier request: " + strings.Join(found, "; "))
		return
	}
	accept("nothing from earlier")
}
