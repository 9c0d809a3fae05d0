// goroutine-at-init starts a goroutine with a ticker before main and answers
// when it has ticked again after stdin was read.
package main

import (
	"time"

	"portcullis.dev/conformance/policies/internal/tiny"
)

var (
	ticks   = make(chan int)
	started = time.Now()
)

func init() {
	go func() {
		count := 0
		for range time.Tick(time.Millisecond) {
			count++
			ticks <- count
		}
	}()
}

func main() {
	tiny.Read()
	first := <-ticks
	second := <-ticks
	tiny.Accept(map[string]any{
		"first":    first,
		"second":   second,
		"ageNanos": time.Since(started).Nanoseconds(),
	})
}
