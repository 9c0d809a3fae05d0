package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/kubewarden/policy-sdk-go/pkg/capabilities"
	"github.com/kubewarden/policy-sdk-go/protocol"
)

const (
	theNamespace = `{"metadata":{"name":"shop","labels":{"customer-id":"1"}}}`
	nothing      = `{"kind":"NamespaceList","items":[]}`
	theService   = `{"items":[{"metadata":{"name":"api-auth"},"spec":{"ports":[{"port":80},{"port":443}]}}]}`
)

// fakeCluster answers by operation; what it lacks is an error of the host.
type fakeCluster struct {
	answers map[string]string
	asked   []string
}

func clusterWhere(changes map[string]string) *fakeCluster {
	cluster := fakeCluster{answers: map[string]string{
		"get_resource":                theNamespace,
		"list_resources_all":          nothing,
		"list_resources_by_namespace": theService,
		"can_i":                       `{"allowed":true}`,
	}}
	for operation, answer := range changes {
		cluster.answers[operation] = answer
	}
	return &cluster
}

func (cluster *fakeCluster) HostCall(binding, namespace, operation string, payload []byte) ([]byte, error) {
	if binding != "kubewarden" || namespace != "kubernetes" {
		return nil, errors.New("unknown namespace: " + namespace)
	}
	cluster.asked = append(cluster.asked, operation+" "+string(payload))
	answer := cluster.answers[operation]
	if failure, failed := strings.CutPrefix(answer, "error: "); failed {
		return nil, errors.New(failure)
	}
	return []byte(answer), nil
}

func verdict(t *testing.T, cluster *fakeCluster, object, settings string) string {
	t.Helper()
	var request protocol.ValidationRequest
	request.Request = protocol.KubernetesAdmissionRequest{
		Kind:      protocol.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"},
		Operation: "CREATE",
		Namespace: "shop",
		UserInfo:  protocol.UserInfo{Username: "alice", Groups: []string{"sellers"}},
		Object:    json.RawMessage(object),
	}
	request.Settings = json.RawMessage(settings)
	answer, err := validate(&capabilities.Host{Client: cluster}, request)
	if err != nil {
		t.Fatal(err)
	}
	var response protocol.ValidationResponse
	if err := json.Unmarshal(answer, &response); err != nil {
		t.Fatal(err)
	}
	if response.Accepted {
		return "accepted"
	}
	return *response.Message
}

const theDeployment = `{"metadata":{"name":"api","labels":{"customer-id":"1"}}}`

func TestADeploymentOfTheNamespacesCustomerIsAccepted(t *testing.T) {
	cluster := clusterWhere(nil)
	if message := verdict(t, cluster, theDeployment, `{}`); message != "accepted" {
		t.Fatal(message)
	}
	wanted := []string{
		`get_resource {"api_version":"v1","kind":"Namespace","name":"shop","disable_cache":false,` +
			`"field_masks":["metadata.labels"]}`,
		`list_resources_all {"api_version":"v1","kind":"Namespace","label_selector":"customer-id=1",` +
			`"field_selector":"metadata.name!=shop","field_masks":["metadata.name"]}`,
		`list_resources_by_namespace {"api_version":"v1","kind":"Service","namespace":"shop",` +
			`"label_selector":"customer-id=1","field_selector":"metadata.name=api-auth",` +
			`"field_masks":["metadata.name","spec.ports.port"]}`,
		`can_i {"subject_access_review":{"groups":["sellers"],"resourceAttributes":{"namespace":"shop",` +
			`"verb":"get","group":"","resource":"secrets"},"user":"alice"},"disable_cache":true}`,
	}
	if strings.Join(cluster.asked, "\n") != strings.Join(wanted, "\n") {
		t.Errorf("asked\n%s", strings.Join(cluster.asked, "\n"))
	}
}

func TestWhatTheClusterSaysIsTheReason(t *testing.T) {
	for name, example := range map[string]struct {
		operation, answer, message string
	}{
		"another customer's namespace": {"get_resource", `{"metadata":{"name":"shop","labels":{"customer-id":"2"}}}`,
			`label customer-id is "1", but namespace shop belongs to "2"`},
		"nobody's namespace": {"get_resource", `{"metadata":{"name":"shop"}}`,
			`label customer-id is "1", but namespace shop belongs to nobody`},
		"another namespace": {"get_resource", `{"metadata":{"name":"other","labels":{"customer-id":"1"}}}`,
			`cannot look up namespace shop: asked for namespace shop and got "other"`},
		"no answer": {"get_resource", "error: no cluster", "cannot look up namespace shop: no cluster"},
		"two namespaces": {"list_resources_all", `{"items":[{"metadata":{"name":"b"}},{"metadata":{"name":"a"}}]}`,
			`customer-id "1" belongs to namespace shop, but namespace a claims it too`},
		"namespaces unknown": {"list_resources_all", "error: not granted",
			`cannot list the namespaces of customer-id "1": not granted`},
		"no list": {"list_resources_all", `{}`,
			`cannot list the namespaces of customer-id "1": the host's answer is not a list: "{}"`},
		"no guard": {"list_resources_by_namespace", `{"items":[]}`,
			"service api-auth with label customer-id=1 is missing in namespace shop"},
		"another service": {"list_resources_by_namespace", `{"items":[{"metadata":{"name":"x"}}]}`,
			"asked for service api-auth and got x"},
		"guard on another port": {"list_resources_by_namespace",
			`{"items":[{"metadata":{"name":"api-auth"},"spec":{"ports":[{"port":80}]}}]}`,
			"service api-auth in namespace shop does not offer port 443"},
		"services unknown": {"list_resources_by_namespace", "error: timed out",
			"cannot list the services of namespace shop: timed out"},
		"not permitted": {"can_i", `{"allowed":false}`, "user alice may not get secrets in namespace shop"},
		"permission in doubt": {"can_i", `{"allowed":false,"evaluationError":"role gone"}`,
			"user alice may not get secrets in namespace shop: role gone"},
		"permission denied": {"can_i", `{"allowed":true,"denied":true}`,
			"user alice may not get secrets in namespace shop"},
		"permission unknown": {"can_i", "error: slow", "cannot ask what user alice may do: slow"},
	} {
		t.Run(name, func(t *testing.T) {
			cluster := clusterWhere(map[string]string{example.operation: example.answer})
			if message := verdict(t, cluster, theDeployment, `{}`); message != example.message {
				t.Errorf("got %s", message)
			}
		})
	}
}

func TestARefusalIsSpokenOnAFreshNamespaceOnly(t *testing.T) {
	cluster := clusterWhere(nil)
	verdict(t, cluster, `{"metadata":{"name":"api","labels":{"customer-id":"wrong"}}}`, `{}`)
	if len(cluster.asked) != 2 || !strings.Contains(cluster.asked[1], `"disable_cache":true`) {
		t.Errorf("asked %v", cluster.asked)
	}
}

func TestWhatCouldWidenASelectorIsRefusedBeforeAnyCall(t *testing.T) {
	for object, wanted := range map[string]string{
		`{"metadata":{"name":"api,metadata.name!=x","labels":{"customer-id":"1"}}}`: "a Deployment needs a name",
		`{"metadata":{"labels":{"customer-id":"1"}}}`:                               "a Deployment needs a name",
		`{"metadata":{"name":"api","labels":{"customer-id":"1,x"}}}`:                "which no label may be",
		`{"metadata":{"name":"api","labels":{"customer-id":""}}}`:                   "which no label may be",
		`{"metadata":{"name":"api"}}`:                                               "label customer-id is missing",
		``:                                                                          "the request has no object",
	} {
		cluster := clusterWhere(nil)
		if message := verdict(t, cluster, object, `{}`); !strings.Contains(message, wanted) {
			t.Errorf("%s gave %s", object, message)
		}
		if len(cluster.asked) != 0 {
			t.Errorf("%s was asked about: %v", object, cluster.asked)
		}
	}
}

func TestSettingsChangeWhatIsAsked(t *testing.T) {
	cluster := clusterWhere(nil)
	settings := `{"verb":"list","group":"apps","resource":"deployments","cachePermission":true}`
	if message := verdict(t, cluster, theDeployment, settings); message != "accepted" {
		t.Fatal(message)
	}
	last := cluster.asked[len(cluster.asked)-1]
	if !strings.Contains(last, `"verb":"list","group":"apps","resource":"deployments"`) ||
		!strings.Contains(last, `"disable_cache":false`) {
		t.Error(last)
	}
}

func TestSettingsAreRefusedWithTheirReason(t *testing.T) {
	for settings, reason := range map[string]string{
		`{}`:                  `{"valid":true}`,
		`{"label":"a b"}`:     "label: ",
		`{"guardSuffix":"_"}`: "guardSuffix: ",
		`{"guardPort":0}`:     "guardPort: 0",
		`{"verb":"Get"}`:      "verb: ",
		`{"resource":""}`:     "resource: ",
		`{"group":"Apps"}`:    "group: ",
		`{"lable":"x"}`:       "unknown field",
	} {
		answer, err := validateSettings(json.RawMessage(settings))
		if err != nil || !strings.Contains(string(answer), reason) {
			t.Errorf("%s gave %s, %v", settings, answer, err)
		}
	}
}
