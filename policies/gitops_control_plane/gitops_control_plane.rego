# METADATA
# title: What steers the GitOps controllers changes only through Git
# description: >-
#   Who may edit an Application, a Kustomization, their sources or Argo CD's settings can make the trusted controller
#   apply anything at all. So they are guarded like what they manage: changed by the writers, by the installations' own
#   controllers for their own fields, and by the configured editors.
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE, DELETE]
#     groups:
#       - ""
#       - argoproj.io
#       - helm.toolkit.fluxcd.io
#       - image.toolkit.fluxcd.io
#       - kustomize.toolkit.fluxcd.io
#       - notification.toolkit.fluxcd.io
#       - source.extensions.fluxcd.io
#       - source.toolkit.fluxcd.io
#     resources:
#       - alerts
#       - applications
#       - applicationsets
#       - appprojects
#       - artifactgenerators
#       - buckets
#       - configmaps
#       - externalartifacts
#       - gitrepositories
#       - helmcharts
#       - helmreleases
#       - helmrepositories
#       - imagepolicies
#       - imagerepositories
#       - imageupdateautomations
#       - kustomizations
#       - ocirepositories
#       - providers
#       - receivers
#       - secrets
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, object, change, grant]
#   parameters:
#     editors: []
#     allowRefresh: true
#   parametersSchema:
#     editors: { type: array, items: { type: string, minLength: 1 } }
package holdfast.policies.gitops_control_plane

import data.holdfast.lib.actors
import data.holdfast.lib.changes
import data.holdfast.lib.gitops
import data.holdfast.lib.grants
import data.holdfast.lib.healing
import data.holdfast.lib.naming
import data.holdfast.lib.platform
import data.holdfast.lib.syncs

# The message contains no value of a Secret: the list of changes hides them.
deny contains {
	"code": code,
	"message": $"{headline}{details}",
	"remedy": $"{remedy}{grants.offer}",
} if {
	gitops.steers(request, object.get(input.parameters, "argocdNamespace", "argocd"))
	not allowed
}

request := input.request

actor := input.facts.actor

change := input.facts.change

subject := naming.subject(request)

allowed if actors.is_proven_writer(actor)

# A grant for every resource does not cover the objects that control all others.
allowed if {
	actors.is_under_grant(actor)
	input.facts.grant.namesResource
}

allowed if actors.is_listed(actor, input.parameters.editors)

allowed if not change.semantic

allowed if platform.permits(request, actor, {"change": change, "object": input.facts.object, "parameters": input.parameters})

allowed if gitops.permits(request, actor, {"change": change, "parameters": input.parameters})

allowed if {
	input.parameters.allowRefresh
	changes.only_refresh(request, change)
}

allowed if healing.permits(request, actor, {"change": change, "parameters": input.parameters})

allowed if syncs.permits(request, actor, {"change": change, "parameters": input.parameters})

allowed if {
	request.operation == "DELETE"
	request.oldObject.metadata.deletionTimestamp
}

code := "writer_unproven" if {
	actor.class == "gitops"
} else := "inline_manifests_injected" if {
	injects_manifests
} else := "sync_override_refused" if {
	syncs.is_syncing_account(actor, input.parameters)
	syncs.asks_sync(request, change)
} else := "gitops_control_plane_changed"

# Argo CD applies `operation.sync.manifests` under its own account, whether or not they are in any repository.
injects_manifests if {
	naming.resource(request) == "applications.argoproj.io"
	count(request.object.operation.sync.manifests) > 0
}

headline := $"{subject} steers GitOps and is written only by its controllers. {actors.unproven(actor)}" if {
	code == "writer_unproven"
} else := $"{subject} was told to apply manifests that are in no repository: that is not GitOps." if {
	code == "inline_manifests_injected"
} else := $"{subject} was asked for a sync that is more than it declares." if {
	code == "sync_override_refused"
} else := $"{subject} decides what the GitOps controller applies, so it {verb} only through Git."

# What the operation asks for says more than the operation, which is one field.
details := concat("", [$"\n{line}" | some line in syncs.lines(request, input.parameters)]) if {
	code == "sync_override_refused"
} else := changes.below(request, change)

verb := {
	"CREATE": "is created",
	"UPDATE": "changes",
	"DELETE": "is deleted",
}[request.operation]

remedy := actors.unproven_remedy if {
	code == "writer_unproven"
} else := "Commit the manifests to the application's repository and let Argo CD sync them." if {
	code == "inline_manifests_injected"
} else := $"Refresh it first (argocd app get {naming.name(request)} --refresh) and sync again." if {
	code == "sync_override_refused"
	asks_another_revision
} else := $"Sync without it, or declare it in the Application in Git. What may be asked for beyond that stands in {overrides}." if {
	code == "sync_override_refused"
} else := $"Change it where it is declared in Git. Accounts that must edit it by hand are listed in {editors}."

editors := "policies.settings.gitops_control_plane.parameters.editors of Holdfast's configuration"

overrides := "ownership.argocd.syncOverrides of Holdfast's configuration"

# The newest commit, probably, which Argo CD has not compared yet.
asks_another_revision if {
	some line in syncs.lines(request, input.parameters)
	startswith(line, "operation.sync.revision")
}
