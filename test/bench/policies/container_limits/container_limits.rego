# METADATA
# title: Container limits
# description: A container says how much memory it may take, so that one workload cannot starve its node.
# scope: package
# custom:
#   severity: warning
#   match:
#     operations: [CREATE]
#     groups: [""]
#     kinds: [Pod]
#     subresources: [""]
#   failure: warn
#   deadlineMs: 200
#   facts: [actor]
#   parameters:
#     required: [cpu, memory]
#     memoryBytesMax: 8589934592
package holdfast.policies.container_limits

warn contains finding if {
	some container in input.request.object.spec.containers
	some resource in input.parameters.required
	not container.resources.limits[resource]
	finding := {
		"code": "limit_missing",
		"message": $`Container "{container.name}" has no {resource} limit (created by {input.facts.actor.username})`,
		"path": $"spec.containers[{container.name}].resources.limits.{resource}",
	}
}

deny contains finding if {
	some container in input.request.object.spec.containers
	bytes := memory_bytes(container.resources.limits.memory)
	bytes > input.parameters.memoryBytesMax
	finding := {
		"code": "limit_too_high",
		"message": $`Container "{container.name}" may take {container.resources.limits.memory} of memory`,
		"path": $"spec.containers[{container.name}].resources.limits.memory",
	}
}

unit_factors := {"Ki": 1024, "Mi": 1048576, "Gi": 1073741824, "k": 1000, "M": 1000000, "G": 1000000000}

memory_bytes(text) := to_number(text) if regex.match(`^[0-9]+$`, text)

memory_bytes(text) := to_number(trim_suffix(text, unit)) * factor if {
	some unit, factor in unit_factors
	regex.match($"^[0-9]+{unit}$", text)
}
