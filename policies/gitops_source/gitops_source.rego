# METADATA
# title: What the GitOps controller applies comes from Git
# description: >-
#   Argo CD applies manifests that somebody wrote into an Application's operation under its own trusted account. The
#   account alone is therefore no proof: what it applies must come from the application's repository.
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE, DELETE]
#     subresources: [""]
#     actorClasses: [gitops]
#   failure: deny
#   deadlineMs: 500
#   facts: [actor, object, source]
#   parameters:
#     refuseUnmarked: true
#     refuseIdle: true
package holdfast.policies.gitops_source

import data.holdfast.lib.actors
import data.holdfast.lib.gitops
import data.holdfast.lib.naming

deny contains {
	"code": "source_inline_manifests",
	"message": $"{not_written}: the running operation of {manager} applies manifests that are in no repository.",
	"remedy": "End the operation (argocd app terminate-op), find out who started it, and commit the change to Git.",
} if {
	actors.is_proven_writer(input.facts.actor)
	input.facts.source.inlineManifests
}

# Argo CD marks everything that it renders from a repository, and no inline manifests.
deny contains {
	"code": "source_unknown",
	"message": $"{not_written}: {account} applied it without a tracking mark, so it comes from no repository.",
	"remedy": $"Look for an Application {with_inline_manifests}. What belongs to the cluster is committed to Git.",
} if {
	actors.is_proven_writer(input.facts.actor)
	object.get(input.parameters, "refuseUnmarked", true)
	request.operation in {"CREATE", "UPDATE"}
	is_argocd
	not input.facts.object.mark
	not is_never_marked
}

# Stops inline manifests with the mark of another application, whose own operation has none: the controller writes an
# application's objects only while that application's operation runs. A dry run stores nothing.
deny contains {
	"code": "source_not_syncing",
	"message": $"{not_written}: it bears the mark of {manager}, which {idle_words[input.facts.source.operation]}.",
	"remedy": $"Look for another Application {with_inline_manifests}. {commit_what_belongs_to_it}.",
} if {
	actors.is_proven_writer(input.facts.actor)
	object.get(input.parameters, "refuseIdle", true)
	not object.get(request, "dryRun", false)
	is_argocd
	input.facts.object.tool == "argocd"
	idle_words[input.facts.source.operation]
	not is_never_marked
}

idle_words := {
	"absent": "does not exist",
	"elsewhere": "deploys to another cluster",
	"idle": "is not syncing now",
}

not_written := $"{naming.subject(request)} was not written"

# Where another application takes the object over, that one applies it.
manager := naming.manager(object.get(input.facts.object, "movesTo", input.facts.object))

account := $`the GitOps account "{input.facts.actor.name}"`

with_inline_manifests := "whose operation carries inline manifests and for who started it"

commit_what_belongs_to_it := "Whatever belongs to the application is committed to its repository"

request := input.request

is_argocd if {
	some writer in input.parameters.writers
	writer.username == input.facts.actor.username
	writer.tool == "argocd"
}

is_never_marked if gitops.is_never_marked(request, object.get(input.parameters, "argocdNamespace", "argocd"))
