// misbehaving-reactor does what its settings say, above all what no policy should
// do. It is standard Go built as a waPC reactor; the fixture shows what a host makes
// of it.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"portcullis.dev/conformance/policies/internal/reactor"
)

// question is what a behaviour may look at.
type question struct {
	payload  []byte
	request  json.RawMessage
	settings settings
}

// settings choose a behaviour; each behaviour's comment says which of the other
// members it reads.
type settings struct {
	Behaviour     string          `json:"behaviour"`
	Milliseconds  int64           `json:"milliseconds"`
	ExitCode      int             `json:"exitCode"`
	Bytes         int             `json:"bytes"`
	Times         int             `json:"times"`
	Text          string          `json:"text"`
	MutatedObject json.RawMessage `json:"mutatedObject"`
}

// A behaviour gives the result of __guest_call.
type behaviour func(question) bool

var behaviours, settingsBehaviours map[string]behaviour

func init() {
	reactor.Call = call
	behaviours = map[string]behaviour{
		"accept":              func(q question) bool { return answer(true, q.settings.Text) },
		"reject":              func(q question) bool { return answer(false, q.settings.Text) },
		"mutate":              mutate,
		"answer":              func(q question) bool { reactor.Respond([]byte(q.settings.Text)); return true },
		"not-utf8":            func(question) bool { reactor.Respond([]byte("{\"accepted\":true,\"message\":\"\xff\"}")); return true },
		"error":               func(q question) bool { return reactor.Fail(q.settings.Text) },
		"error-not-utf8":      func(question) bool { reactor.SetError([]byte("\xff\xfe")); return false },
		"error-but-success":   func(q question) bool { reactor.Fail(q.settings.Text); return true },
		"silent":              func(question) bool { return true },
		"silent-failure":      func(question) bool { return false },
		"both":                func(q question) bool { reactor.Fail(q.settings.Text); return answer(true, "") },
		"both-failure":        func(q question) bool { answer(true, ""); return reactor.Fail(q.settings.Text) },
		"response-failure":    func(question) bool { answer(true, ""); return false },
		"respond-twice":       func(question) bool { answer(false, ""); return answer(true, "") },
		"response-wild":       func(question) bool { reactor.RespondWild(); return true },
		"request-wild":        func(question) bool { reactor.RequestWild(); return true },
		"loop":                loop,
		"sleep":               sleep,
		"recursion":           func(question) bool { return answer(true, fmt.Sprint(recurse(0))) },
		"panic":               func(q question) bool { answer(true, ""); panic(q.settings.Text) },
		"exit":                exit,
		"memory":              memory,
		"output":              output,
		"console":             console,
		"console-not-utf8":    func(question) bool { reactor.Log([]byte("\xff")); return answer(true, "") },
		"streams":             streams,
		"host-calls":          hostCalls,
		"host-call-again":     hostCallAgain,
		"host-call-wild":      func(question) bool { reactor.HostCallWild(); return answer(true, "") },
		"host-call-not-utf8":  hostCallNotUTF8,
		"host-error-not-left": hostErrorNotLeft,
		"payload":             func(q question) bool { return answer(true, string(q.payload)) },
		"environment":         func(question) bool { return answer(true, fmt.Sprint(os.Args, os.Environ())) },
		"clock":               func(question) bool { return answer(true, time.Now().UTC().Format(time.RFC3339Nano)) },
		"random":              func(question) bool { return answer(true, fmt.Sprint(rand.Uint64())) },
		"leak":                leak,
	}
	settingsBehaviours = map[string]behaviour{
		"settings-error":   func(q question) bool { return reactor.Fail(q.settings.Text) },
		"settings-silent":  func(question) bool { return true },
		"settings-garbage": func(question) bool { reactor.Respond([]byte("This is not JSON.")); return true },
		"settings-loop":    loop,
		"settings-invalid": func(question) bool {
			return reactor.RespondJSON(map[string]any{"valid": false, "message": "these settings are never right"})
		},
		"settings-invalid-without-message": func(question) bool {
			return reactor.RespondJSON(map[string]any{"valid": false})
		},
	}
}

func main() {}

func call(operation string, payload []byte) bool {
	switch operation {
	case "validate":
		return validate(payload)
	case "validate_settings":
		return validateSettings(payload)
	case "protocol_version":
		return reactor.RespondJSON("v1")
	default:
		return reactor.Fail("No handler registered for function " + operation)
	}
}

func validate(payload []byte) bool {
	var parts struct {
		Request  json.RawMessage `json:"request"`
		Settings settings        `json:"settings"`
	}
	if err := json.Unmarshal(payload, &parts); err != nil {
		return reactor.Fail("cannot read the validation request: " + err.Error())
	}
	behave, known := behaviours[parts.Settings.Behaviour]
	if !known {
		return reactor.Fail(fmt.Sprintf("unknown behaviour %q", parts.Settings.Behaviour))
	}
	return behave(question{payload: payload, request: parts.Request, settings: parts.Settings})
}

func validateSettings(payload []byte) bool {
	var given settings
	if err := json.Unmarshal(payload, &given); err != nil {
		return reactor.Fail("cannot read the settings: " + err.Error())
	}
	if behave, known := settingsBehaviours[given.Behaviour]; known {
		return behave(question{payload: payload, settings: given})
	}
	if _, known := behaviours[given.Behaviour]; !known {
		all := strings.Join(slices.Sorted(maps.Keys(behaviours)), ", ")
		message := fmt.Sprintf("unknown behaviour %q: choose one of %s", given.Behaviour, all)
		return reactor.RespondJSON(map[string]any{"valid": false, "message": message})
	}
	return reactor.RespondJSON(map[string]any{"valid": true})
}

func answer(accepted bool, message string) bool {
	given := map[string]any{"accepted": accepted}
	if message != "" {
		given["message"] = message
	}
	return reactor.RespondJSON(given)
}

// mutate accepts with settings.mutatedObject.
func mutate(q question) bool {
	return reactor.RespondJSON(map[string]any{"accepted": true, "mutated_object": q.settings.MutatedObject})
}

var turns uint64

func loop(question) bool {
	for {
		turns++
	}
}

// sleep waits for settings.milliseconds, then accepts.
func sleep(q question) bool {
	time.Sleep(time.Duration(q.settings.Milliseconds) * time.Millisecond)
	return answer(true, fmt.Sprintf("slept %d ms", q.settings.Milliseconds))
}

//go:noinline
func recurse(depth int) int {
	if depth < 0 {
		return depth
	}
	return recurse(depth+1) + 1
}

// exit accepts, and ends with settings.exitCode after settings.text went to stderr.
func exit(q question) bool {
	answer(true, "")
	fmt.Fprintln(os.Stderr, q.settings.Text)
	os.Exit(q.settings.ExitCode)
	return true
}

// memory takes memory until the host refuses.
func memory(question) bool {
	var kept [][]byte
	for {
		piece := make([]byte, 1<<20)
		for i := 0; i < len(piece); i += 4096 {
			piece[i] = 1
		}
		kept = append(kept, piece)
		turns += uint64(len(kept))
	}
}

// output responds with settings.bytes bytes.
func output(q question) bool {
	reactor.Respond(bytes.Repeat([]byte{'x'}, q.settings.Bytes))
	return true
}

// console logs settings.text settings.times times and accepts.
func console(q question) bool {
	for range q.settings.Times {
		reactor.Log([]byte(q.settings.Text))
	}
	return answer(true, "")
}

// streams writes settings.text to stdout and stderr and accepts.
func streams(q question) bool {
	fmt.Fprintln(os.Stdout, "out: "+q.settings.Text)
	fmt.Fprintln(os.Stderr, "err: "+q.settings.Text)
	return answer(true, "")
}

func ask() ([]byte, error) {
	return reactor.HostCall("kubewarden", "tracing", "log", []byte(`{"level":"info","message":"hello"}`))
}

// hostCalls asks settings.times times (once when that is 0). It rejects with the
// host's error, if there is one, and else accepts with the last answer.
func hostCalls(q question) bool {
	var response []byte
	times := max(q.settings.Times, 1)
	for made := range times {
		var err error
		if response, err = ask(); err != nil {
			return answer(false, fmt.Sprintf("call %d of %d failed: %s", made+1, times, err))
		}
	}
	return answer(true, fmt.Sprintf("%d calls answered, the last with %q", times, response))
}

// hostCallAgain asks until the host gives an answer, and accepts with the errors
// before it.
func hostCallAgain(question) bool {
	var failed []string
	for {
		response, err := ask()
		if err == nil {
			return answer(true, fmt.Sprintf("%q after %q", response, failed))
		}
		failed = append(failed, err.Error())
	}
}

// hostErrorNotLeft tells what the host keeps of a call.
func hostErrorNotLeft(question) bool {
	told := fmt.Sprintf("before: %q %q", reactor.HostResponse(), reactor.HostError())
	for range 2 {
		ask()
		told += fmt.Sprintf(", then: %q %q", reactor.HostResponse(), reactor.HostError())
	}
	return answer(true, told)
}

// hostCallNotUTF8 names an operation that is no text.
func hostCallNotUTF8(question) bool {
	if _, err := reactor.HostCall("kubewarden", "tracing", "lo\xff", []byte(`{}`)); err != nil {
		return answer(false, err.Error())
	}
	return answer(true, "the host took it")
}

var (
	requests int
	keptMap  = map[string]int{}
	kept     []byte
)

// leak keeps its request, and rejects when it finds an earlier one, or fresh memory
// that is not zero.
func leak(q question) bool {
	if requests != 0 || len(keptMap) != 0 || kept != nil {
		return answer(false, fmt.Sprintf("found %d earlier requests: %v", requests, keptMap))
	}
	requests++
	keptMap[string(q.request)]++
	kept = make([]byte, 8<<20)
	for at := 0; at < len(kept); at += 512 {
		if kept[at] != 0 {
			return answer(false, fmt.Sprintf("fresh memory is not zero at %d", at))
		}
		kept[at] = 0xa5
	}
	return answer(true, "nothing from earlier")
}
