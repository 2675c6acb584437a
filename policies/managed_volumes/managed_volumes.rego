# METADATA
# title: The volumes of what Git declares are kept
# description: >-
#   Claims that were made from volumeClaimTemplates carry no mark, and neither does the volume behind a claim; deleting
#   one deletes data. What is bound is deleted only where Git says so, by the StatefulSet's retention policy or an
#   annotation; nobody gives it an owner whose absence would get it deleted, and nobody takes off what holds it.
# custom:
#   severity: critical
#   match:
#     operations: [UPDATE, DELETE]
#     groups: [""]
#     resources: [persistentvolumeclaims, persistentvolumes]
#     subresources: ["", status]
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, object, change]
#   parameters:
#     editors: []
#   parametersSchema:
#     editors: { type: array, items: { type: string, minLength: 1 } }
package holdfast.policies.managed_volumes

import data.holdfast.lib.actors
import data.holdfast.lib.naming
import data.holdfast.lib.orphans
import data.holdfast.lib.platform

deny contains {
	"code": "managed_volume_deleted",
	"message": $"{subject} holds the data of {holder}, which is managed by {manager}, and is bound.",
	"remedy": $"To let its volumes be deleted, {consent}.",
	"details": {"owner": owner},
} if {
	is_loss
	owner
	not allowed
}

# Controllers that clean up delete what has owners that are gone, or what is in a namespace that is going. The owners may be
# of a kind that nobody lets us read: then it counts whether the claim is a managed StatefulSet's.
deny contains {
	"code": "managed_volume_deleted",
	"message": $"{subject} is bound, has no owner, and its namespace is not known to be going: no controller deletes such a claim.",
	"remedy": "Delete it as yourself, so that it can be judged whose data it holds.",
} if {
	is_loss
	is_claim
	is_cleaner
	not is_of_no_set
	not allowed
}

# The control plane deletes volumes after their claims.
deny contains {
	"code": "managed_volume_deleted",
	"message": $"{subject} is bound, and its claim is not known to be gone: no controller deletes such a volume.",
	"remedy": "Delete it as yourself, so that it can be judged whose data it holds.",
} if {
	is_loss
	not is_claim
	actor.class == "platform"
	not allowed
}

deny contains {
	"code": "managed_volume_given_away",
	"message": $"{subject} holds the data of {holder}, and would be deleted with its new owner.",
	"remedy": "Leave the owners of volumes to the StatefulSet controller; its retention policy stands in Git.",
	"details": {"owner": owner},
} if {
	is_gift
	owner
	not allowed
}

deny contains {
	"code": "managed_volume_released",
	"message": $"{subject} holds the data of {holder}, which is managed by {manager}, and {loosened} keeps that data from being deleted.",
	"remedy": $"Leave it as it is. To let its volumes be deleted, {consent}.",
	"details": {"owner": owner},
} if {
	loosened
	owner
	not allowed
}

# Without an answer it may hold the data of what Git declares.
deny contains {
	"code": "volume_owner_unknown",
	"message": $"Whether {subject} holds the data of something that Git declares could not be found out: {reason}.",
	"remedy": "Try again.",
} if {
	input.facts.object.volumeOwner.status == "unavailable"
	endangers
	not allowed
}

request := input.request

actor := input.facts.actor

owner := found if {
	found := input.facts.object.volumeOwner.value
	is_object(found)
}

subject := naming.subject(request)

holder := $`StatefulSet "{owner.name}"` if {
	owner.resource == "statefulsets"
} else := $`PersistentVolumeClaim "{owner.namespace}/{owner.name}"`

manager := naming.manager(object.union({"mark": ""}, owner))

consent := $`set persistentVolumeClaimRetentionPolicy of {holder} in Git, or its annotation "holdfast.dev/allow-volume-deletion" to "true"` if {
	owner.resource == "statefulsets"
} else := $`set the annotation "holdfast.dev/allow-volume-deletion" of {holder} to "true" in Git`

reason := input.facts.object.volumeOwner.reason

is_claim if naming.resource(request) == "persistentvolumeclaims"

holds_volume if {
	request.operation == "UPDATE"
	naming.resource(request) == "persistentvolumes"
}

# By what is bound, in both directions. A phase says nothing: whoever writes the status could set it to Pending first.
is_bound if request.oldObject.spec.volumeName != ""

is_bound if request.oldObject.spec.claimRef.name != ""

is_loss if {
	request.operation == "DELETE"
	is_bound
}

# Sets, so that thousands of owners cost no more than each of them once. Taking owners off keeps a claim. An update of the
# status writes owners and finalizers too: the API server resets only the spec in it.
is_gift if count(owners(request.object) - owners(request.oldObject)) > 0

owners(state) := {reference.uid | some reference in state.metadata.ownerReferences}

# What keeps a bound volume, and would be gone: the first of it, for the message.
loosened := [part | some part in loosened_parts][0]

loosened_parts contains $`its finalizer "{name}"` if {
	is_update
	some name in ["kubernetes.io/pv-protection", "kubernetes.io/pvc-protection"]
	name in finalizers(request.oldObject)
	not name in finalizers(request.object)
}

loosened_parts contains "its claimRef" if changes_binding

loosened_parts contains "its reclaim policy" if {
	is_update
	request.object.spec.persistentVolumeReclaimPolicy == "Delete"
	request.oldObject.spec.persistentVolumeReclaimPolicy != "Delete"
}

loosened_parts contains "its phase" if {
	is_update
	phase(request.object) != phase(request.oldObject)
}

changes_binding if {
	is_update
	some field in ["namespace", "name", "uid"]
	bound_to(request.object, field) != bound_to(request.oldObject, field)
}

is_update if {
	request.operation == "UPDATE"
	is_bound
}

bound_to(state, field) := object.get(state, ["spec", "claimRef", field], "")

phase(state) := object.get(state, ["status", "phase"], "")

finalizers(state) := {name | some name in state.metadata.finalizers}

endangers if is_loss

endangers if is_gift

endangers if loosened

is_of_no_set if is_null(input.facts.object.volumeOwner.value)

is_cleaner if {
	actor.class == "platform"
	actor.name != "statefulset-controller"
}

# What has been decided. A volume in deletion may still be held back for a claim that nobody deleted.
allowed if {
	request.oldObject.metadata.deletionTimestamp
	not holds_volume
}

allowed if actors.is_listed(actor, input.parameters.editors)

# A claim that Git declared itself, and that its application left behind.
allowed if orphans.permits(request, actor, {
	"change": input.facts.change,
	"object": input.facts.object,
	"parameters": input.parameters,
})

allowed if {
	actors.is_proven_writer(actor)
	owner.deletionAllowed
}

# The StatefulSet controller gives claims the owners that the retention policy asks for, and deletes those of pods it
# scaled away; the garbage collector and the namespace controller delete what was condemned with its owner or namespace.
allowed if {
	platform.permits(request, actor, {
		"change": input.facts.change,
		"object": input.facts.object,
		"parameters": input.parameters,
	})
}
