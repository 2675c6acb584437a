# METADATA
# title: A rollback goes to a version that was verified, and not again and again
# description: >-
#   Whoever brings an application back to an older version brings back its faults, too. A rollback goes to a version that the
#   application's lineage knows as verified; an application that was rolled back too often keeps its version for a while. Warned of by default.
# custom:
#   severity: error
#   match:
#     operations: [CREATE, UPDATE, DELETE]
#     subresources: [""]
#     actorClasses: [gitops]
#   failure: deny
#   deadlineMs: 500
#   facts: [actor, change, object, rollback]
#   mode: warn
package holdfast.policies.rollback_guard

import data.holdfast.lib.actors
import data.holdfast.lib.changes
import data.holdfast.lib.deployments
import data.holdfast.lib.naming

# The freeze first: what is frozen for everything is not explained by one version.
deny contains {
	"code": "application_frozen",
	"message": $"{naming.subject(request)} was not written: {manager} was rolled back too often and keeps its version until {rollback.frozenUntil}; this is version {short(rollback.revision)}.",
	"remedy": "Find out what brings it back to the version that was rolled back, and end that in Git. A version that a pipeline verifies meanwhile is let in (holdfast lineage verify).",
} if {
	is_judged
	is_frozen
}

deny contains {
	"code": "rollback_unverified",
	"message": $"{naming.subject(request)} was not written: this rolls {manager} back from version {short(rollback.previousRevision)} to {short(rollback.revision)}, which is not verified.",
	"remedy": "Go on to a new commit instead (git revert), or roll back to a version that is verified (holdfast lineage list).",
} if {
	is_judged
	not is_frozen
	rollback.isRollback
	not rollback.isVerified
}

is_judged if {
	actors.is_proven_writer(input.facts.actor)
	input.facts.object.managed
	not deployments.is_stored_nowhere(request)
	not is_bookkeeping
}

# The controllers keep their own state in objects that another application declares: no version says it, and without it no sync could
# go on.
is_bookkeeping if {
	request.operation == "UPDATE"
	changes.only_below(input.facts.change, [["metadata", "finalizers"]])
}

# An Application has no subresource for its status, which can change in more places than a list of changes holds.
is_bookkeeping if {
	request.operation == "UPDATE"
	request.resource.group == "argoproj.io"
	request.object.spec == request.oldObject.spec
	labels(request.object) == labels(request.oldObject)
}

labels(state) := object.get(state, ["metadata", "labels"], {})

is_frozen if rollback.frozenUntil != ""

short(revision) := concat("+", [substring(part, 0, 12) | some part in split(revision, "+")])

manager := naming.manager(input.facts.object)

rollback := input.facts.rollback

request := input.request
