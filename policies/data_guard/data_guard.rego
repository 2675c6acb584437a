# METADATA
# title: A commit deletes no data by the way
# description: >-
#   Data outlives a mistake in Git: a claim or a volume that is bound and stands in Git is not pruned, and neither a StatefulSet
#   nor a volume begins to delete what it holds, unless Git says so by an annotation. Warned of by default.
# custom:
#   severity: critical
#   match:
#     operations: [UPDATE, DELETE]
#     groups: ["", apps]
#     resources: [persistentvolumeclaims, persistentvolumes, statefulsets]
#     subresources: [""]
#     actorClasses: [gitops]
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, object]
#   mode: warn
package holdfast.policies.data_guard

import data.holdfast.lib.actors
import data.holdfast.lib.naming

# The claims of StatefulSets, and the volumes of claims that Git declares, are for managed_volumes.
deny contains {
	"code": "claim_pruned",
	"message": $"{subject} holds data, and would be deleted: {manager} does not declare it any more, or is being deleted.",
	"remedy": $"To keep it, commit it again, with the annotation argocd.argoproj.io/sync-options: Prune=false,Delete=false or kustomize.toolkit.fluxcd.io/prune: disabled. To let it go, {consent} before it is removed from Git.",
} if {
	is_judged
	request.operation == "DELETE"
	resource == "persistentvolumeclaims"
	request.oldObject.spec.volumeName != ""
	is_lost
}

deny contains {
	"code": "volume_pruned",
	"message": $"{subject} holds data, and would be deleted: {manager} does not declare it any more, or is being deleted.",
	"remedy": $"To keep it, commit it again, with the annotation argocd.argoproj.io/sync-options: Prune=false,Delete=false or kustomize.toolkit.fluxcd.io/prune: disabled. To let it go, {consent} before it is removed from Git.",
} if {
	is_judged
	request.operation == "DELETE"
	resource == "persistentvolumes"
	request.oldObject.spec.claimRef.name != ""
	is_lost
}

deny contains {
	"code": "volume_reclaim_deletes",
	"message": $"{subject} would be wiped as soon as its claim is gone: {manager} sets its reclaim policy to Delete, and it was {before}.",
	"path": "spec.persistentVolumeReclaimPolicy",
	"remedy": $"Leave the reclaim policy as it is. To have the volume deleted with its claim, {consent} in the same commit.",
} if {
	is_judged
	resource == "persistentvolumes"
	before := object.get(request.oldObject, ["spec", "persistentVolumeReclaimPolicy"], "Retain")
	before != "Delete"
	request.object.spec.persistentVolumeReclaimPolicy == "Delete"
	not has_consent(request.object)
}

deny contains {
	"code": "retention_deletes_claims",
	"message": $"{subject} would delete its claims, and with them its data, {occasion}: {manager} sets {field} of its retention policy to Delete, and it was {before}.",
	"path": $"spec.persistentVolumeClaimRetentionPolicy.{field}",
	"remedy": $"Leave the retention policy as it is. To have claims deleted, {consent} in the same commit.",
} if {
	is_judged
	resource == "statefulsets.apps"
	some field, occasion in {"whenDeleted": "when it is deleted", "whenScaled": "when it is scaled down"}
	before := retention(request.oldObject, field)
	before != "Delete"
	retention(request.object, field) == "Delete"
	not has_consent(request.object)
}

# What bears a mark of Git: everything else the writer has made on the way.
is_judged if {
	actors.is_proven_writer(input.facts.actor)
	input.facts.object.managed
}

# What is being deleted already has been judged.
is_lost if {
	not request.oldObject.metadata.deletionTimestamp
	not has_consent(request.oldObject)
	not is_held
}

is_held if is_object(input.facts.object.volumeOwner.value)

# Only the writer sets it: the object is managed.
has_consent(state) if state.metadata.annotations["holdfast.dev/allow-volume-deletion"] == "true"

consent := `set its annotation "holdfast.dev/allow-volume-deletion" to "true" in Git`

retention(state, field) := object.get(state, ["spec", "persistentVolumeClaimRetentionPolicy", field], "Retain")

manager := naming.manager(object.get(input.facts.object, "movesTo", input.facts.object))

subject := naming.subject(request)

resource := naming.resource(request)

request := input.request
