# METADATA
# title: Pods get the runtime's seccomp profile
# description: >-
#   A pod that names no seccomp profile runs unconfined. Patches the pod, never the workload that Git declares. Off by
#   default: an example of a policy that patches.
# custom:
#   severity: info
#   match:
#     operations: [CREATE]
#     groups: [""]
#     resources: [pods]
#     subresources: [""]
#   failure: allow
#   deadlineMs: 200
#   mode: "off"
package holdfast.policies.pod_seccomp_default

patch contains operation if {
	not input.request.object.spec.securityContext.seccompProfile
	not is_windows
	some operation in operations
}

operations := [{
	"op": "add",
	"path": "/spec/securityContext",
	"value": {"seccompProfile": {"type": "RuntimeDefault"}},
}] if {
	not has_context
}

operations := [{
	"op": "add",
	"path": "/spec/securityContext/seccompProfile",
	"value": {"type": "RuntimeDefault"},
}] if {
	has_context
}

has_context if is_object(input.request.object.spec.securityContext)

# The API server refuses seccomp profiles on Windows pods.
is_windows if input.request.object.spec.os.name == "windows"
