# METADATA
# title: What reaches an application was verified in the one before
# description: >-
#   A signature says who made a commit, not that anybody has tried it. What is deployed to production must have been verified in
#   staging: the same commit, or one whose history contains it.
# custom:
#   severity: error
#   match:
#     operations: [CREATE, UPDATE, DELETE]
#     subresources: [""]
#     actorClasses: [gitops]
#   failure: deny
#   deadlineMs: 500
#   facts: [actor, object, source]
#   parameters:
#     unavailable: deny
#   parametersSchema:
#     unavailable: { enum: [deny, warn, allow] }
package holdfast.policies.promotion_order

import data.holdfast.lib.actors
import data.holdfast.lib.naming
import data.holdfast.lib.retries

deny contains {
	"code": "commit_not_promoted",
	"message": $`{naming.subject(request)} was not written: commit {short_id(commit)} of {commit.repository} was not verified in {promotion.from} before, as the promotion "{promotion.name}" demands.`,
	"remedy": $"Deploy the commit, or a later one of the same branch, to {promotion.from} first. Flux then tries again by itself; in Argo CD, sync the application once more.",
} if {
	some [commit, promotion] in promotions
	promotion.status == "missing"
}

# Nothing can be shown of a commit that nobody has verified. Stops what comes from a repository that no rule names.
deny contains {
	"code": "promotion_unverified",
	"message": $`{naming.subject(request)} was not written: its source {commit.repository} has no verified commit, as the promotion "{promotion.name}" demands.`,
	"remedy": "Name the repository in a rule of commits.rules, and deploy a commit that the rule accepts.",
} if {
	some [commit, promotion] in promotions
	promotion.status == "unverified"
}

deny contains {
	"code": "promotion_unavailable",
	"message": $`{naming.subject(request)}: nobody can tell now whether its commit of {commit.repository} was verified in {promotion.from}, as the promotion "{promotion.name}" demands. {promotion.reason}.`,
	"remedy": retries.try_again,
} if {
	some [commit, promotion] in promotions
	promotion.status == "unavailable"
	not input.parameters.unavailable in {"warn", "allow"}
}

warn contains {
	"code": "promotion_unavailable",
	"message": $`{naming.subject(request)}: nobody can tell now whether its commit of {commit.repository} was verified in {promotion.from}, as the promotion "{promotion.name}" demands. {promotion.reason}.`,
	"remedy": retries.try_again,
} if {
	some [commit, promotion] in promotions
	promotion.status == "unavailable"
	input.parameters.unavailable == "warn"
}

# Of each source, every promotion that names the application.
promotions contains [commit, promotion] if {
	actors.is_proven_writer(input.facts.actor)
	input.facts.object.managed
	some commit in object.get(input.facts.source, "commits", [])
	some promotion in object.get(commit, "promotions", [])
}

short_id(commit) := substring(object.get(object.get(commit, "content", {}), "objectId", ""), 0, 12)

request := input.request
