# METADATA
# title: Ingress hosts
# description: An Ingress names its hosts, only of the company's domains, each with TLS.
# scope: package
# custom:
#   severity: error
#   match:
#     operations: [CREATE, UPDATE]
#     groups: [networking.k8s.io]
#     kinds: [Ingress]
#   failure: deny
#   deadlineMs: 200
#   facts: []
#   parameters:
#     domains: [example.com]
package holdfast.policies.ingress_hosts

deny contains finding if {
	some rule in input.request.object.spec.rules
	host := object.get(rule, "host", "")
	not in_domains(host)
	finding := {
		"code": "host_not_allowed",
		"message": $`Host "{host}" is in none of the domains {concat(", ", input.parameters.domains)}`,
		"path": "spec.rules",
	}
}

deny contains finding if {
	secured := {host | some entry in input.request.object.spec.tls; some host in entry.hosts}
	some rule in input.request.object.spec.rules
	not rule.host in secured
	finding := {
		"code": "host_without_tls",
		"message": $`Host "{object.get(rule, "host", "")}" has no TLS`,
		"path": "spec.tls",
	}
}

in_domains(host) if {
	some domain in input.parameters.domains
	endswith(host, $".{domain}")
	not contains(host, "*")
}
