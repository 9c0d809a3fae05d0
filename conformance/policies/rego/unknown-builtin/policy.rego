package policy

import rego.v1

main := {"response": http.send({"method": "get", "url": net.lookup_ip_addr("example.com")[_]})}
