# METADATA
# title: Service exposure
# description: Services are reached through the ingress, not through ports of nodes or load balancers of their own.
# scope: package
# custom:
#   severity: error
#   match:
#     operations: [CREATE, UPDATE]
#     groups: [""]
#     kinds: [Service]
#     excludedNamespaces: [ingress]
#   failure: deny
#   deadlineMs: 200
#   facts: []
#   parameters:
#     types: [ClusterIP, ExternalName]
package holdfast.policies.service_exposure

deny contains finding if {
	type := object.get(input.request.object.spec, "type", "ClusterIP")
	not type in {allowed | some allowed in input.parameters.types}
	finding := {
		"code": "service_exposed",
		"message": $`A Service of type "{type}" bypasses the ingress`,
		"path": "spec.type",
		"remedy": "Use type ClusterIP and an Ingress",
	}
}

deny contains finding if {
	some address in input.request.object.spec.externalIPs
	finding := {
		"code": "external_address_claimed",
		"message": $"The Service claims the address {address}, and with it traffic that is meant for others",
		"path": "spec.externalIPs",
	}
}
