package main

import (
	cryptorand "crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash/maphash"
	"math/rand"
	"os"
	"time"
)

// echo answers with what tells one request from another.
func echo(q question) {
	var request struct {
		UID       string `json:"uid"`
		Operation string `json:"operation"`
		Kind      struct {
			Kind string `json:"kind"`
		} `json:"kind"`
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
		UserInfo  struct {
			Username string `json:"username"`
		} `json:"userInfo"`
	}
	// A raw request has whatever shape it likes; what does not fit stays empty.
	_ = json.Unmarshal(q.request, &request)
	sum := sha256.Sum256(q.stdin)
	answerJSON(map[string]any{
		"uid":         request.UID,
		"operation":   request.Operation,
		"kind":        request.Kind.Kind,
		"namespace":   request.Namespace,
		"name":        request.Name,
		"username":    request.UserInfo.Username,
		"text":        q.settings.Text,
		"stdinBytes":  len(q.stdin),
		"stdinSha256": hex.EncodeToString(sum[:]),
	})
}

// clock answers with the time of day and with the length of a nap of
// settings.milliseconds (1 when 0) on the monotonic clock.
func clock(q question) {
	before := time.Now()
	time.Sleep(time.Duration(max(q.settings.Milliseconds, 1)) * time.Millisecond)
	after := time.Now()
	answerJSON(map[string]any{
		"now":          before.UTC().Format(time.RFC3339Nano),
		"elapsedNanos": after.Sub(before).Nanoseconds(),
		"zone":         before.Location().String(),
	})
}

// random answers with values of each source of randomness that Go has.
func random(question) {
	secret := make([]byte, 16)
	if _, err := cryptorand.Read(secret); err != nil {
		fail(err)
	}
	first := ""
	for key := range map[string]bool{"a": true, "b": true, "c": true, "d": true, "e": true, "f": true} {
		first = key
		break
	}
	answerJSON(map[string]any{
		"crypto":   hex.EncodeToString(secret),
		"math":     rand.Int63(),
		"maphash":  maphash.String(maphash.MakeSeed(), "x"),
		"mapOrder": first,
	})
}

// environment answers with what the host lets a guest see of its surroundings.
func environment(question) {
	outside := map[string]string{}
	for _, path := range []string{"/", ".", "/etc/passwd"} {
		if _, err := os.Stat(path); err != nil {
			outside[path] = err.Error()
		} else {
			outside[path] = "visible"
		}
	}
	answerJSON(map[string]any{
		"arguments":   os.Args,
		"environment": os.Environ(),
		"preopened":   preopened(),
		"files":       outside,
	})
}

func answerJSON(value any) {
	text, err := json.Marshal(value)
	if err != nil {
		fail(err)
	}
	accept(string(text))
}
