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
	"message": concat("", [
		naming.subject(request), " was not written: the running operation of ",
		naming.manager(input.facts.object), " applies manifests that are in no repository.",
	]),
	"remedy": "End the operation (argocd app terminate-op), find out who started it, and commit the change to Git.",
} if {
	actors.is_proven_writer(input.facts.actor)
	input.facts.source.inlineManifests
}

# Argo CD marks whatever it renders from a repository, and nothing that was handed to it inline.
deny contains {
	"code": "source_unknown",
	"message": concat("", [
		naming.subject(request), " was not written: the GitOps account \"", object.get(input.facts.actor, "name", ""),
		"\" applied it without a tracking mark, so it comes from no repository.",
	]),
	"remedy": concat("", [
		"Look for an Application whose operation carries inline manifests and for who started it. ",
		"What belongs to the cluster is committed to Git.",
	]),
} if {
	actors.is_proven_writer(input.facts.actor)
	object.get(input.parameters, "refuseUnmarked", true)
	request.operation in {"CREATE", "UPDATE"}
	is_argocd
	not input.facts.object.mark
	not is_never_marked
}

# Stops inline manifests that bear the mark of another application, whose own operation is clean: the controller writes
# an application's objects only while that application's operation runs. The API server keeps nothing of a dry run.
deny contains {
	"code": "source_not_syncing",
	"message": concat("", [
		naming.subject(request), " was not written: it bears the mark of ", naming.manager(input.facts.object),
		", which ", idle_words[input.facts.source.operation], ".",
	]),
	"remedy": concat("", [
		"Look for another Application whose operation carries inline manifests and for who started it. ",
		"Whatever belongs to the application is committed to its repository.",
	]),
} if {
	actors.is_proven_writer(input.facts.actor)
	object.get(input.parameters, "refuseIdle", true)
	not object.get(request, "dryRun", false)
	is_argocd
	input.facts.object.tool == "argocd"
	input.facts.object.app
	idle_words[input.facts.source.operation]
	not is_never_marked
}

idle_words := {"absent": "does not exist", "idle": "is not syncing now"}

request := input.request

is_argocd if {
	some writer in input.parameters.writers
	writer.username == input.facts.actor.username
	writer.tool == "argocd"
}

# What the controller writes on its own behalf, or leaves without a mark on purpose.
is_never_marked if gitops.steers(request, object.get(input.parameters, "argocdNamespace", "argocd"))

is_never_marked if request.resource.group == "argoproj.io"

is_never_marked if request.namespace == object.get(input.parameters, "argocdNamespace", "argocd")

is_never_marked if naming.resource(request) in {
	"customresourcedefinitions.apiextensions.k8s.io",
	"events",
	"events.events.k8s.io",
	"leases.coordination.k8s.io",
	"namespaces",
	"selfsubjectaccessreviews.authorization.k8s.io",
	"subjectaccessreviews.authorization.k8s.io",
	"tokenreviews.authentication.k8s.io",
}
