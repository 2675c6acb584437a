# METADATA
# title: Control-plane identities show their own credentials
# description: >-
#   Whoever may impersonate has the name of every controller, node and operator, but not its certificate or token. With a
#   credential that is not known, an identity goes on with what harms nothing that Git declares; the rest waits until
#   somebody accepts the credential.
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE, DELETE]
#     actorClasses: [platform, node, operator]
#     managedOnly: true
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, object, change]
package holdfast.policies.control_plane_credentials

import data.holdfast.lib.changes
import data.holdfast.lib.credentials
import data.holdfast.lib.naming

deny contains finding if {
	not credentials.is_believed(actor)
	not is_routine
}

# Where the configuration only observes.
audit contains finding if {
	credentials.is_believed(actor)
	not is_routine
}

# An identity that always shows a credential and shows none was impersonated, or authenticates in another way from now on.
# What harms nothing goes on, because it may be the real one; it is recorded and paged, because it may be an attack.
audit contains finding if {
	credentials.is_missing(actor)
	is_routine
}

finding := {
	"code": "control_plane_credential_unknown",
	"message": $`{naming.subject(request)} is managed by {naming.manager(managed)}, and {credentials.showed(actor)}.`,
	"remedy": $"{credentials.remedy(actor)}",
} if credentials.is_unknown(actor)

request := input.request

actor := input.facts.actor

managed := input.facts.object

change := input.facts.change

# What the controllers do by themselves, and what others have decided: it harms nothing that Git declares. What each may do
# at all is judged by gitops_only_writes and the policies beside it.
is_routine if not change.semantic

is_routine if naming.subresource(request) in {"binding", "finalize", "status", "token"}

# The deletion itself was judged.
is_routine if {
	request.operation == "DELETE"
	request.oldObject.metadata.deletionTimestamp
}

# A kubelet ends the pods of its node. The registration does not even ask about that, so that nodes can be emptied.
is_routine if {
	actor.class == "node"
	request.operation == "DELETE"
	naming.resource(request) == "pods"
}

is_routine if {
	request.operation == "DELETE"
	managed.namespaceTerminating == true
}

is_routine if {
	request.operation == "DELETE"
	count(request.oldObject.metadata.ownerReferences) > 0
	count(managed.owners) == count(request.oldObject.metadata.ownerReferences)
	every owner in managed.owners {
		owner.state in {"foreground", "gone"}
	}
}

# What a controller made for something else, with copied marks.
is_routine if {
	actor.class == "platform"
	some owner in judged_state.metadata.ownerReferences
	owner.controller
}

is_routine if {
	actor.class == "platform"
	naming.resource(request) in {"endpoints", "endpointslices.discovery.k8s.io"}
}

# Within the bounds of an autoscaler from Git.
is_routine if {
	actor.name == "horizontal-pod-autoscaler"
	actor.class == "platform"
	naming.subresource(request) == "scale"
}

# A claim without a volume gets one, and finalizers guard what is in use.
is_routine if {
	actor.class == "platform"
	request.operation == "UPDATE"
	changes.only_below(change, [
		["metadata", "annotations", "pv.kubernetes.io/*"],
		["metadata", "annotations", "volume.beta.kubernetes.io/*"],
		["metadata", "annotations", "volume.kubernetes.io/*"],
		["metadata", "finalizers"],
		["metadata", "ownerReferences"],
		["spec", "volumeName"],
	])
	object.get(request.oldObject, ["spec", "volumeName"], "") in {"", object.get(request.object, ["spec", "volumeName"], "")}
}

judged_state := request.object if {
	request.operation == "CREATE"
} else := request.oldObject
