# METADATA
# title: The volumes of a managed StatefulSet are kept
# description: >-
#   Claims that were made from volumeClaimTemplates carry no mark, and deleting one deletes data. A bound one is deleted
#   only where Git says so, by the StatefulSet's retention policy or an annotation; and nobody gives it an owner whose
#   absence would get it deleted.
# custom:
#   severity: critical
#   match:
#     operations: [UPDATE, DELETE]
#     groups: [""]
#     resources: [persistentvolumeclaims]
#     subresources: [""]
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, object, change]
#   parameters:
#     editors: []
package holdfast.policies.managed_volumes

import data.holdfast.lib.actors
import data.holdfast.lib.naming
import data.holdfast.lib.platform

deny contains {
	"code": "managed_volume_deleted",
	"message": $"{subject} holds the data of {owner_set}, which is managed by {manager}, and is bound.",
	"remedy": $"To let its volumes be deleted, set persistentVolumeClaimRetentionPolicy of {owner_set} in Git, or {consent}.",
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
	"message": $"{subject} is bound, has no owner, and its namespace is not being deleted: no controller deletes such a claim.",
	"remedy": "Delete it as yourself, so that it can be judged whose data it holds.",
} if {
	is_loss
	is_cleaner
	not is_of_no_set
	not allowed
}

deny contains {
	"code": "managed_volume_given_away",
	"message": $"{subject} holds the data of {owner_set}, and would be deleted with its new owner.",
	"remedy": "Leave the owners of volumes to the StatefulSet controller; its retention policy stands in Git.",
	"details": {"owner": owner},
} if {
	request.operation == "UPDATE"
	owner
	not allowed
}

# Without an answer it may hold the data of a managed StatefulSet.
deny contains {
	"code": "volume_owner_unknown",
	"message": $"Whether {subject} holds the data of a managed StatefulSet could not be found out: {reason}.",
	"remedy": "Try again.",
} if {
	input.facts.object.volumeOwner.status == "unavailable"
	is_loss_or_gift
	not allowed
}

request := input.request

actor := input.facts.actor

owner := found if {
	found := input.facts.object.volumeOwner.value
	is_object(found)
}

subject := naming.subject(request)

owner_set := $`StatefulSet "{owner.name}"`

manager := naming.manager(object.union({"mark": ""}, owner))

consent := `its annotation "holdfast.dev/allow-volume-deletion" to "true"`

reason := input.facts.object.volumeOwner.reason

# What has no volume holds nothing. The status is no proof of that: many may write it.
is_loss if {
	request.operation == "DELETE"
	object.get(request.oldObject.spec, "volumeName", "") != ""
}

is_loss_or_gift if is_loss

is_loss_or_gift if request.operation == "UPDATE"

is_of_no_set if input.facts.object.volumeOwner == {"status": "known", "value": null}

is_cleaner if {
	actor.class == "platform"
	actor.name != "statefulset-controller"
}

allowed if request.oldObject.metadata.deletionTimestamp

allowed if actors.is_listed(actor, input.parameters.editors)

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

# Taking owners off keeps a claim.
allowed if {
	request.operation == "UPDATE"
	every uid in owners(request.object) {
		uid in owners(request.oldObject)
	}
}

owners(state) := {reference.uid | some reference in state.metadata.ownerReferences}
