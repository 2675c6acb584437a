# METADATA
# title: One sync removes a few objects, or a part of its application
# description: >-
#   A path that was renamed, a generator without elements or an empty rendering makes a sync delete everything that an application
#   had. The deletions of each application are counted; beyond a number, and a share of what it has, they are reported. Warned of by default.
# custom:
#   severity: critical
#   match:
#     operations: [DELETE]
#     subresources: [""]
#     actorClasses: [gitops]
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, object, deletions]
#   mode: warn
#   parameters:
#     objectsMax: 10
#     shareMax: 0.25
package holdfast.policies.deletion_budget

import data.holdfast.lib.actors
import data.holdfast.lib.naming

deny contains {
	"code": "deletion_budget_exceeded",
	"message": $"{naming.subject(request)} is one of too many: {manager} is deleting {asked}{listed}, and {budget} are allowed.",
	"remedy": $`If this is meant, set the annotation "holdfast.dev/allow-deletions" of the application to "{asked}" in Git, sync again, and take it off afterwards. Else put back what the last commit took away.`,
	"details": {"budget": budget},
} if {
	actors.is_proven_writer(input.facts.actor)
	input.facts.object.managed
	asked > budget
}

# What the sync is about to prune counts from its first deletion on, so that it is stopped before it has begun.
asked := max([deletions.deletedCount, deletions.plannedCount])

budget := max([parameters.objectsMax, share, deletions.allowedCount])

# Of the most that it has listed since its first deletion.
share := floor(parameters.shareMax * deletions.listedCount)

listed := $" of its {deletions.listedCount} objects" if {
	deletions.listedCount > 0
} else := " objects"

manager := naming.manager(input.facts.object)

deletions := input.facts.deletions

parameters := input.parameters

request := input.request
