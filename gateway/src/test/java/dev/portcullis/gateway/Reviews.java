package dev.portcullis.gateway;

/** Request bodies for tests. */
public final class Reviews {
    private Reviews() {}

    /** What an API server sends when a Pod is created. */
    public static String create(String uid, String namespace, String object) {
        return """
        {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{
          "uid":"%s",
          "kind":{"group":"","version":"v1","kind":"Pod"},
          "resource":{"group":"","version":"v1","resource":"pods"},
          "requestKind":{"group":"","version":"v1","kind":"Pod"},
          "requestResource":{"group":"","version":"v1","resource":"pods"},
          "name":"nginx",
          "namespace":"%s",
          "operation":"CREATE",
          "userInfo":{"username":"admin","groups":["system:masters","system:authenticated"]},
          "object":%s,
          "oldObject":null,
          "dryRun":false,
          "options":{"kind":"CreateOptions","apiVersion":"meta.k8s.io/v1"}}}
        """
                .formatted(uid, namespace, object);
    }

    public static String create(String uid) {
        return create(uid, "default", "{\"metadata\":{\"name\":\"nginx\"}}");
    }
}
