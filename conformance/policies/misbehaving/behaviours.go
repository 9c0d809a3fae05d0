package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/kubewarden/policy-sdk-go/pkg/capabilities"
)

// question is what a behaviour may look at.
type question struct {
	stdin    []byte
	request  json.RawMessage
	settings settings
}

// behaviours of validate, by the name in the settings. It is filled by init: some
// behaviours lead back to parse, which reads it.
var behaviours map[string]func(question)

// settingsBehaviours show in validate-settings; in validate they accept.
var settingsBehaviours map[string]func(question)

func init() {
	behaviours = map[string]func(question){
		"accept":             acceptAsTold,
		"reject":             rejectAsTold,
		"answer":             func(q question) { write(q.settings.Text) },
		"loop":               loop,
		"sleep":              sleep,
		"deadlock":           func(question) { select {} },
		"exit":               exit,
		"panic":              panicAsTold,
		"recursion":          func(question) { acceptf("%d", recurse(0)) },
		"silent":             func(question) {},
		"garbage":            func(question) { write("This is not JSON.") },
		"two-json":           func(question) { write(`{"accepted":true}{"accepted":true}`) },
		"no-accepted":        func(question) { write(`{"message":"forgot to decide"}`) },
		"accepted-no-bool":   func(question) { write(`{"accepted":"true"}`) },
		"bad-code":           func(question) { write(`{"accepted":false,"message":"bad code","code":70000}`) },
		"not-utf8":           func(question) { write("{\"accepted\":true,\"message\":\"\xff\xfe\"}") },
		"stderr-not-utf8":    func(question) { os.Stderr.WriteString("\xff\xfe"); accept("") },
		"stderr-on-success":  stderrOnSuccess,
		"output":             output,
		"stderr":             stderr,
		"memory":             memory,
		"host-calls":         hostCalls,
		"host-call-wild":     func(question) { acceptf("%d", callHostWithWildPointers()) },
		"host-call-not-utf8": hostCallNotUTF8,
		"leak":               leak,
		"goroutines":         goroutines,
		"echo":               echo,
		"stdin":              func(q question) { accept(string(q.stdin)) },
		"clock":              clock,
		"random":             random,
		"environment":        environment,
	}
	settingsBehaviours = map[string]func(question){
		"settings-loop":    loop,
		"settings-sleep":   sleepOverSettings,
		"settings-exit":    exit,
		"settings-panic":   panicAsTold,
		"settings-silent":  func(question) {},
		"settings-garbage": func(question) { write("This is not JSON.") },
		"settings-invalid": func(question) {
			printJSON(map[string]any{"valid": false, "message": "these settings are never right"})
		},
		"settings-invalid-without-message": func(question) { printJSON(map[string]any{"valid": false}) },
		"settings-no-valid":                func(question) { write(`{"message":"forgot to decide"}`) },
		"settings-host-call":               settingsHostCall,
	}
}

// answer has every member that a validation response may have.
type answer struct {
	Accepted         bool              `json:"accepted"`
	Message          *string           `json:"message,omitempty"`
	Code             *uint16           `json:"code,omitempty"`
	MutatedObject    json.RawMessage   `json:"mutated_object,omitempty"`
	AuditAnnotations map[string]string `json:"audit_annotations,omitempty"`
	Warnings         []string          `json:"warnings,omitempty"`
}

func write(text string) {
	if _, err := os.Stdout.WriteString(text); err != nil {
		fail(err)
	}
}

func printJSON(value any) {
	text, err := json.Marshal(value)
	if err != nil {
		fail(err)
	}
	write(string(text))
}

func accept(message string) {
	given := answer{Accepted: true}
	if message != "" {
		given.Message = &message
	}
	printJSON(given)
}

func acceptf(format string, values ...any) {
	accept(fmt.Sprintf(format, values...))
}

func reject(message string) {
	printJSON(answer{Message: &message})
}

// acceptAsTold answers with message, code, warnings, auditAnnotations and
// mutatedObject of the settings.
func acceptAsTold(q question) {
	printJSON(asTold(q.settings, true))
}

// rejectAsTold is acceptAsTold the other way round.
func rejectAsTold(q question) {
	printJSON(asTold(q.settings, false))
}

func asTold(settings settings, accepted bool) answer {
	return answer{
		Accepted:         accepted,
		Message:          settings.Message,
		Code:             settings.Code,
		MutatedObject:    settings.MutatedObject,
		AuditAnnotations: settings.AuditAnnotations,
		Warnings:         settings.Warnings,
	}
}

var turns uint64

func loop(question) {
	for {
		turns++
	}
}

// sleep waits for settings.milliseconds, then accepts.
func sleep(q question) {
	time.Sleep(time.Duration(q.settings.Milliseconds) * time.Millisecond)
	acceptf("slept %d ms", q.settings.Milliseconds)
}

func sleepOverSettings(q question) {
	time.Sleep(time.Duration(q.settings.Milliseconds) * time.Millisecond)
	printJSON(map[string]any{"valid": true})
}

// exit ends with settings.exitCode after settings.text went to stderr. An answer
// that accepts is on stdout already: the exit code has to count for more.
func exit(q question) {
	write(`{"accepted":true,"valid":true}`)
	fmt.Fprintln(os.Stderr, q.settings.Text)
	os.Exit(q.settings.ExitCode)
}

// panicAsTold panics with settings.text after an accepting answer.
func panicAsTold(q question) {
	write(`{"accepted":true,"valid":true}`)
	panic(q.settings.Text)
}

//go:noinline
func recurse(depth int) int {
	if depth < 0 {
		return depth
	}
	return recurse(depth+1) + 1
}

// stderrOnSuccess accepts and prints settings.text to stderr.
func stderrOnSuccess(q question) {
	fmt.Fprintln(os.Stderr, q.settings.Text)
	accept("")
}

// output prints an accepting answer of exactly settings.bytes bytes.
func output(q question) {
	const head, tail = `{"accepted":true,"message":"`, `"}`
	flood(os.Stdout, q.settings.Bytes-len(head)-len(tail), head, tail)
}

// stderr prints settings.bytes bytes to stderr and accepts.
func stderr(q question) {
	flood(os.Stderr, q.settings.Bytes, "", "")
	accept("")
}

func flood(file *os.File, size int, head, tail string) {
	out := bufio.NewWriterSize(file, 1<<16)
	piece := bytes.Repeat([]byte{'x'}, 1<<10)
	out.WriteString(head)
	for ; size > 0; size -= len(piece) {
		out.Write(piece[:min(size, len(piece))])
	}
	out.WriteString(tail)
	if err := out.Flush(); err != nil {
		fail(err)
	}
}

// memory keeps settings.bytes bytes, or takes them until the host refuses when
// that is 0, and accepts.
func memory(q question) {
	const pieceSize = 1 << 20
	var kept [][]byte
	for size := 0; q.settings.Bytes == 0 || size < q.settings.Bytes; size += pieceSize {
		piece := make([]byte, pieceSize)
		for i := 0; i < len(piece); i += 4096 {
			piece[i] = 1
		}
		kept = append(kept, piece)
	}
	acceptf("kept %d MiB", len(kept))
}

// hostCalls makes settings.call settings.times times (once when that is 0), by
// default a line for the log. It rejects with the host's error, if there is one,
// and else accepts with the last answer in its message.
func hostCalls(q question) {
	times := max(q.settings.Times, 1)
	response, made, err := callHost(q.settings.Call, times)
	if err != nil {
		reject(fmt.Sprintf("call %d of %d failed: %s", made, times, err))
		return
	}
	acceptf("%d calls answered, the last with %q", made, response)
}

func settingsHostCall(q question) {
	if _, _, err := callHost(q.settings.Call, 1); err != nil {
		printJSON(map[string]any{"valid": false, "message": err.Error()})
		return
	}
	printJSON(map[string]any{"valid": true})
}

func callHost(what *call, times int) (response []byte, made int, err error) {
	if what == nil {
		what = &call{
			Binding:   "kubewarden",
			Namespace: "tracing",
			Operation: "log",
			Payload:   json.RawMessage(`{"level":"info","message":"hello from misbehaving"}`),
		}
	}
	host := capabilities.NewHost()
	if host.Client == nil {
		return nil, 0, errors.New("there is no host")
	}
	for made < times {
		made++
		response, err = host.Client.HostCall(what.Binding, what.Namespace, what.Operation, what.Payload)
		if err != nil {
			return nil, made, err
		}
	}
	return response, made, nil
}

// hostCallNotUTF8 names an operation that is no text.
func hostCallNotUTF8(question) {
	host := capabilities.NewHost()
	if _, err := host.Client.HostCall("kubewarden", "tracing", "lo\xff", []byte(`{}`)); err != nil {
		reject(err.Error())
		return
	}
	accept("the host took it")
}

// goroutines leaves some running, and one that would overwrite the verdict later.
func goroutines(question) {
	for range 10 {
		go func() {
			for {
				time.Sleep(time.Millisecond)
			}
		}()
	}
	go func() {
		time.Sleep(time.Hour)
		write(strings.Repeat("too late", 10))
	}()
	time.Sleep(5 * time.Millisecond)
	accept("goroutines left running")
}
