# METADATA
# title: Added capabilities
# description: Containers of sensitive namespaces drop every capability and add only harmless ones.
# scope: package
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE]
#     groups: [""]
#     kinds: [Pod]
#     subresources: ["", ephemeralcontainers]
#     namespaces: [payments, identity]
#   failure: deny
#   deadlineMs: 200
#   facts: []
#   parameters:
#     allowed: [NET_BIND_SERVICE]
package holdfast.policies.added_capabilities

deny contains finding if {
	some container in input.request.object.spec.containers
	added := {name | some name in container.securityContext.capabilities.add}
	refused := added - {name | some name in input.parameters.allowed}
	count(refused) > 0
	finding := {
		"code": "capability_added",
		"message": $`Container "{container.name}" adds {concat(", ", sort(refused))}`,
		"path": $"spec.containers[{container.name}].securityContext.capabilities.add",
	}
}

deny contains finding if {
	some container in input.request.object.spec.containers
	dropped := {name | some name in container.securityContext.capabilities.drop}
	not "ALL" in dropped
	finding := {
		"code": "capabilities_kept",
		"message": $`Container "{container.name}" does not drop all capabilities`,
		"path": $"spec.containers[{container.name}].securityContext.capabilities.drop",
	}
}
