# METADATA
# title: Allowed registries
# description: Images come only from the registries that the platform mirrors and scans.
# scope: package
# custom:
#   severity: error
#   match:
#     operations: [CREATE, UPDATE]
#     kinds: [Pod, Deployment, StatefulSet, DaemonSet]
#     subresources: [""]
#   failure: deny
#   deadlineMs: 200
#   facts: []
#   parameters:
#     registries: [registry.local, registry.example.com]
package holdfast.policies.allowed_registries

deny contains finding if {
	some container in containers
	not from_allowed_registry(container.image)
	finding := {
		"code": "registry_not_allowed",
		"message": $`Container "{container.name}" takes its image "{container.image}" from a registry that is not mirrored`,
		"path": $"containers[{container.name}].image",
		"remedy": $"Use an image of one of: {concat(", ", input.parameters.registries)}",
	}
}

from_allowed_registry(image) if {
	some registry in input.parameters.registries
	startswith(image, $"{registry}/")
}

pod_spec := input.request.object.spec if {
	input.request.kind.kind == "Pod"
} else := input.request.object.spec.template.spec

containers contains container if {
	some field in ["containers", "initContainers", "ephemeralContainers"]
	some container in pod_spec[field]
}
