# METADATA
# title: What controllers made for a managed object is theirs
# description: >-
#   A ReplicaSet, a ControllerRevision, a Job or a Pod carries no mark, but runs what a managed object declares. Whoever
#   edits one runs what nobody declared. Deleting a pod and evicting it are no edits: its controller makes another.
# custom:
#   severity: error
#   match:
#     operations: [UPDATE, DELETE]
#     groups: ["", apps, batch]
#     resources: [controllerrevisions, jobs, pods, replicasets]
#     subresources: ["", ephemeralcontainers, resize, scale]
#     actorClasses: [breakglass, operator, other]
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, object, change]
#   parameters:
#     guarded:
#       - controllerrevisions.apps
#       - jobs.batch
#       - pods
#       - pods/resize
#       - replicasets.apps
#       - replicasets.apps/scale
#     deletable: [jobs.batch, pods]
#     editors: []
package holdfast.policies.managed_children

import data.holdfast.lib.actors
import data.holdfast.lib.changes
import data.holdfast.lib.naming
import data.holdfast.lib.operators

deny contains {
	"code": code,
	"message": $"{headline}{changes.below(request, change)}",
	"remedy": $`Change {root.resource} "{root.name}" in Git, and its controller will follow.`,
	"details": {"root": root},
} if {
	is_guarded
	root
	not allowed
}

# Without an answer it may belong to a managed object.
deny contains {
	"code": "child_owner_unknown",
	"message": $"Whether Git manages what {subject} was made for could not be found out: {input.facts.object.root.reason}.",
	"remedy": "Try again, or change the object that it was made for in Git.",
} if {
	is_guarded
	input.facts.object.root.status == "unavailable"
	not allowed
}

request := input.request

actor := input.facts.actor

change := input.facts.change

root := found if {
	found := input.facts.object.root.value
	is_object(found)
}

guarded_name := naming.resource(request) if naming.subresource(request) == ""

guarded_name := $"{naming.resource(request)}/{naming.subresource(request)}" if {
	naming.subresource(request) != ""
}

is_guarded if {
	guarded_name in input.parameters.guarded
	not is_free_deletion
}

is_free_deletion if {
	request.operation == "DELETE"
	guarded_name in input.parameters.deletable
}

allowed if not change.semantic

allowed if {
	request.operation == "DELETE"
	request.oldObject.metadata.deletionTimestamp
}

allowed if actors.is_listed(actor, input.parameters.editors)

allowed if {
	operators.permits(request, actor, {"change": change, "object": input.facts.object, "parameters": input.parameters})
}

# Controllers of their own kinds (Rollouts, CloneSets) work on the ReplicaSets and revisions that they made.
allowed if {
	actors.is_service_account(actor)
	not root.group in {"apps", "batch"}
	input.facts.object.root.status == "known"
}

# A label or a note on a pod declares nothing. It may take the pod out of its Service: then its controller makes another.
allowed if {
	request.operation == "UPDATE"
	naming.resource(request) in {"jobs.batch", "pods"}
	changes.only_below(change, [["metadata", "annotations"], ["metadata", "labels"]])
}

code := "managed_child_deleted" if {
	request.operation == "DELETE"
} else := "managed_child_changed"

verb := {"UPDATE": "changes", "DELETE": "is deleted"}[request.operation]

subject := naming.subject(request)

manager := naming.manager(object.union({"mark": ""}, root))

headline := $`{subject} was made for {root.resource} "{root.name}", which is managed by {manager} and {verb} with it only.`
