# METADATA
# title: Host namespaces
# description: Pods of sensitive namespaces share neither the network nor the processes of their node.
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
package holdfast.policies.host_namespaces

deny contains finding if {
	some field in ["hostNetwork", "hostPID", "hostIPC"]
	input.request.object.spec[field] == true
	finding := {
		"code": "host_namespace_shared",
		"message": $`The pod sets "{field}" and so shares a namespace of its node`,
		"path": $"spec.{field}",
	}
}

deny contains finding if {
	some volume in input.request.object.spec.volumes
	volume.hostPath.path
	finding := {
		"code": "host_path_mounted",
		"message": $`Volume "{volume.name}" mounts "{volume.hostPath.path}" of the node`,
		"path": $"spec.volumes[{volume.name}]",
	}
}
