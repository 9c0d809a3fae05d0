package main

import (
	"bytes"
	"strings"
	"testing"
)

const smallest = `
rules: [{apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE"]}]
mutating: false
executionMode: wasi
`

func TestTheSectionHasTheMembersInOneOrder(t *testing.T) {
	content, err := sectionContent([]byte(smallest))
	if err != nil {
		t.Fatal(err)
	}
	wanted := `{"protocolVersion":"v1","rules":[{"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"],` +
		`"operations":["CREATE"]}],"mutating":false,"executionMode":"wasi"}`
	if string(content) != wanted {
		t.Errorf("got %s", content)
	}
}

func TestBadMetadataIsRefusedWithItsReason(t *testing.T) {
	for name, example := range map[string]struct{ text, reason string }{
		"unknown key":      {smallest + "mutatng: true\n", "field mutatng not found"},
		"another mode":     {strings.Replace(smallest, "wasi", "python", 1), `executionMode is "python"`},
		"no mutating":      {strings.Replace(smallest, "mutating: false", "", 1), "mutating is missing"},
		"no rules":         {"mutating: false\nexecutionMode: wasi\n", "rules are missing"},
		"empty resources":  {strings.Replace(smallest, `["pods"]`, `[]`, 1), "rule 1 lacks"},
		"resource no kind": {smallest + "contextAwareResources: [{apiVersion: v1}]\n", "entry 1 lacks"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := sectionContent([]byte(example.text)); err == nil || !strings.Contains(err.Error(), example.reason) {
				t.Errorf("got %v, wanted %q", err, example.reason)
			}
		})
	}
}

func TestTheSectionGoesBehindTheModule(t *testing.T) {
	annotated, err := withSection(preamble, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	wanted := append(bytes.Clone(preamble), 0, 26, 23)
	wanted = append(wanted, "io.kubewarden.metadata{}"...)
	wanted[len(preamble)+1] = byte(1 + len(sectionName) + 2)
	wanted[len(preamble)+2] = byte(len(sectionName))
	if !bytes.Equal(annotated, wanted) {
		t.Errorf("got %q", annotated)
	}
}

func TestAModuleIsNotAnnotatedTwice(t *testing.T) {
	once, err := withSection(preamble, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := withSection(once, []byte("{}")); err == nil {
		t.Error("the second section was taken")
	}
}

func TestWhatIsNoModuleIsRefused(t *testing.T) {
	for _, module := range []string{"", "hello", "\x00asm\x01\x00\x00\x00\x01", "\x00asm\x01\x00\x00\x00\x01\x05\x00"} {
		if _, err := withSection([]byte(module), []byte("{}")); err == nil {
			t.Errorf("%q was taken", module)
		}
	}
}
