# METADATA
# title: A deletion is judged by what it destroys
# description: >-
#   Deleting a Namespace, a CustomResourceDefinition or an Application with a finalizer deletes everything below it
#   without asking for each. Who may not delete the managed objects may not delete what holds them.
# custom:
#   severity: critical
#   match:
#     operations: [DELETE]
#     groups:
#       - ""
#       - apiextensions.k8s.io
#       - argoproj.io
#       - helm.toolkit.fluxcd.io
#       - kustomize.toolkit.fluxcd.io
#     resources:
#       - applications
#       - applicationsets
#       - customresourcedefinitions
#       - helmreleases
#       - kustomizations
#       - namespaces
#     subresources: [""]
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, object]
#   parameters:
#     editors: []
#     protectedCrds:
#       - applications.argoproj.io
#       - applicationsets.argoproj.io
#       - appprojects.argoproj.io
#       - breakglassgrants.holdfast.dev
#       - buckets.source.toolkit.fluxcd.io
#       - externalartifacts.source.toolkit.fluxcd.io
#       - freezes.holdfast.dev
#       - gitrepositories.source.toolkit.fluxcd.io
#       - helmcharts.source.toolkit.fluxcd.io
#       - helmreleases.helm.toolkit.fluxcd.io
#       - helmrepositories.source.toolkit.fluxcd.io
#       - imagepolicies.image.toolkit.fluxcd.io
#       - imagerepositories.image.toolkit.fluxcd.io
#       - imageupdateautomations.image.toolkit.fluxcd.io
#       - kustomizations.kustomize.toolkit.fluxcd.io
#       - ocirepositories.source.toolkit.fluxcd.io
#   parametersSchema:
#     editors: { type: array, items: { type: string, minLength: 1 } }
package holdfast.policies.deletion_by_proxy

import data.holdfast.lib.actors
import data.holdfast.lib.grants
import data.holdfast.lib.naming
import data.holdfast.lib.orphans
import data.holdfast.lib.platform

# The number of objects that the message names; the rest is counted.
named_max := 3

deny contains {
	"code": "namespace_holds_managed_objects",
	"message": $`Deleting namespace "{naming.name(request)}" would delete {listed}, which Git manages.`,
	"remedy": $"{how_to_empty}{grants.offer}",
	"details": {"destroys": input.facts.object.destroys},
} if {
	naming.resource(request) == "namespaces"
	count(input.facts.object.destroys) > 0
	not allowed
}

deny contains {
	"code": "crd_deletion_destroys_resources",
	"message": $`Deleting the CustomResourceDefinition "{naming.name(request)}" would delete {all_of_its_kind}{among_them}.`,
	"remedy": $"Remove its objects and then the definition from Git, and let the GitOps controller prune them.{grants.offer}",
} if {
	naming.resource(request) == "customresourcedefinitions.apiextensions.k8s.io"
	is_protected_crd
	not allowed
}

deny contains {
	"code": "application_deletion_destroys_resources",
	"message": $"{naming.subject(request)} carries a finalizer that deletes everything the application has deployed.",
	"remedy": $`Remove the application from Git. To keep what it deployed, take the finalizer "{finalizer}" off in Git first.{grants.offer}`,
} if {
	naming.resource(request) in {"applications.argoproj.io", "applicationsets.argoproj.io"}
	some finalizer in request.oldObject.metadata.finalizers
	startswith(finalizer, "resources-finalizer.argocd.argoproj.io")
	not allowed
}

deny contains {
	"code": "application_deletion_destroys_resources",
	"message": $"{naming.subject(request)} is pruned by Flux: deleting it deletes everything that it has applied.",
	"remedy": $"Remove it from Git. To keep what it applied, {way_to_keep} in Git first.{grants.offer}",
} if {
	way_to_keep
	not allowed
}

# Source: Flux kustomize-controller `spec.prune` and `spec.deletionPolicy`, helm-controller's uninstallation.
way_to_keep := "set spec.deletionPolicy to \"Orphan\"" if {
	naming.resource(request) == "kustomizations.kustomize.toolkit.fluxcd.io"
	carries_flux_finalizer
	prunes(request.oldObject.spec)
}

way_to_keep := "set spec.suspend to true" if {
	naming.resource(request) == "helmreleases.helm.toolkit.fluxcd.io"
	carries_flux_finalizer
	not request.oldObject.spec.suspend
}

# Without the finalizer, Flux is not notified before the deletion is complete.
carries_flux_finalizer if "finalizers.fluxcd.io" in request.oldObject.metadata.finalizers

prunes(spec) if {
	object.get(spec, "deletionPolicy", "MirrorPrune") == "MirrorPrune"
	spec.prune
	not spec.suspend
}

prunes(spec) if {
	object.get(spec, "deletionPolicy", "MirrorPrune") in {"Delete", "WaitForTermination"}
	not spec.suspend
}

# What Git manages of a kind that somebody else has installed.
among_them := $", {listed} among them, which Git manages" if {
	count(input.facts.object.destroys) > 0
} else := ""

all_of_its_kind := "every object of its kind in the whole cluster, without asking for any of them"

request := input.request

actor := input.facts.actor

is_protected_crd if input.facts.object.managed

is_protected_crd if count(input.facts.object.destroys) > 0

is_protected_crd if naming.name(request) in input.parameters.protectedCrds

allowed if actors.is_proven_writer(actor)

allowed if actors.is_under_grant(actor)

allowed if actors.is_listed(actor, input.parameters.editors)

# Deletes objects whose owner or namespace is being deleted. Namespaces and definitions no controller deletes: whoever
# wears its name would destroy what they hold.
allowed if platform.permits(request, actor, {"object": input.facts.object, "parameters": input.parameters})

# All that is left are objects whose applications have been gone for long enough. The list is cut, but what an application
# stands behind comes first in it, and then what was left behind last.
allowed if {
	naming.resource(request) == "namespaces"
	actors.is_listed(actor, input.parameters.orphanEditors)
	is_abandoned
}

is_abandoned if {
	every reference in input.facts.object.destroys {
		orphans.is_abandoned(reference, input.parameters)
	}
}

how_to_empty := "What is in it was left behind by applications that are gone. Let an account in ownership.orphans.editors delete the namespace." if {
	is_abandoned
} else := "Remove the applications from Git first and let the GitOps controller prune them; then delete the empty namespace."

# The ApplicationSet controller ends the Applications that it made.
allowed if {
	naming.resource(request) == "applications.argoproj.io"
	some owner in request.oldObject.metadata.ownerReferences
	owner.controller
	owner.kind == "ApplicationSet"
	actors.is_account(actor, input.parameters.argocdNamespace, "argocd-applicationset-controller")
}

allowed if request.oldObject.metadata.deletionTimestamp

listed := $`{concat(", ", named)}{rest}` if {
	destroys := input.facts.object.destroys

	# The order of the look-up is random; sorting makes equal denials have equal texts.
	described_all := sort([described(reference) | some reference in destroys])
	named := array.slice(described_all, 0, named_max)
	rest := rest_of(count(destroys) - named_max)
}

rest_of(hidden) := " and more" if hidden > 0

rest_of(hidden) := "" if hidden <= 0

described(reference) := $`{reference.kind} {reference.name} (application "{reference.app}")` if reference.app

described(reference) := $"{reference.kind} {reference.name}" if not reference.app
