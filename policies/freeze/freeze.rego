# METADATA
# title: Nothing is deployed while deployments are frozen
# description: >-
#   At the end of a quarter, while an incident is being worked on, or while errors rise, nothing new goes out. The windows of the
#   configuration, the freezes of people and open circuit breakers stop what the GitOps controllers would change.
# custom:
#   severity: error
#   match:
#     operations: [CREATE, UPDATE, DELETE]
#     subresources: [""]
#     actorClasses: [gitops]
#   failure: warn
#   deadlineMs: 200
#   facts: [actor, change, object, freeze]
#   parameters:
#     unavailable: warn
#   parametersSchema:
#     unavailable: { enum: [deny, warn, allow] }
package holdfast.policies.freeze

import data.holdfast.lib.actors
import data.holdfast.lib.deployments
import data.holdfast.lib.naming

deny contains {
	"code": code,
	"message": $"{naming.subject(request)} was not {verb}: deployments of {naming.manager(input.facts.object)} are {stopped} until {longest.until} by {origin}: {trim_right(longest.reason, ".")}{more}.",
	"remedy": $"{remedy} In an emergency, change the object by hand under a break-glass grant. Afterwards Flux tries again by itself; in Argo CD, sync the application once more.",
} if {
	deploys
	longest
	not input.facts.freeze.isRevert
}

deny contains unreadable if input.parameters.unavailable == "deny"

warn contains unreadable if input.parameters.unavailable == "warn"

unreadable := {
	"code": "freeze_unavailable",
	"message": $"{naming.subject(request)}: nobody can tell now whether somebody has frozen deployments of {naming.manager(input.facts.object)}: {input.facts.freeze.unknown}.",
	"remedy": "Windows of the configuration still count. See whether Holdfast may list and watch freezes.holdfast.dev in its namespace.",
} if {
	deploys
	input.facts.freeze.unknown
	count(freezes) == 0
}

# What the controllers compare, note for themselves, or end the deletion of deploys nothing.
deploys if {
	actors.is_proven_writer(input.facts.actor)
	input.facts.object.managed
	not deployments.is_stored_nowhere(request)
	not is_bookkeeping
	not is_being_deleted
}

# A rule of its own: `not` of a function whose argument is unknown would let the write pass.
is_bookkeeping if deployments.is_bookkeeping(request, input.facts.change)

is_being_deleted if {
	request.operation == "DELETE"
	request.oldObject.metadata.deletionTimestamp
}

freezes := input.facts.freeze.freezes

# The one that ends last.
longest := freezes[0]

more := $", and {count(freezes) - 1} more" if {
	count(freezes) > 1
} else := ""

code := "breaker_open" if {
	longest.kind == "breaker"
} else := "freeze_in_force"

stopped := "halted" if {
	longest.kind == "breaker"
} else := "frozen"

origin := $`the window "{longest.name}"` if {
	longest.kind == "window"
} else := $`the circuit breaker "{longest.by}"` if {
	longest.kind == "breaker"
} else := longest.by

remedy := $`Wait, or change the window "{longest.name}" in freeze.windows of Holdfast's configuration.` if {
	longest.kind == "window"
} else := $`Wait until the circuit breaker closes, or end it: holdfast freeze end {longest.name} --reason WHY.` if {
	longest.kind == "breaker"
} else := $`Wait, or end it: holdfast freeze end {longest.name} --reason WHY.`

verb := {
	"CREATE": "created",
	"UPDATE": "changed",
	"DELETE": "deleted",
}[request.operation]

request := input.request
