# METADATA
# title: A writer changes only what is its own
# description: >-
#   Being a GitOps controller is not enough: Flux does not write what Argo CD manages, a writer that is configured for
#   some applications does not write those of others, and no application takes over what belongs to another one.
# custom:
#   severity: error
#   match:
#     operations: [CREATE, UPDATE, DELETE]
#     actorClasses: [gitops]
#     managedOnly: true
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, object]
#   parameters:
#     adoptions: []
#     shareTools: false
#   parametersSchema:
#     adoptions:
#       type: array
#       items:
#         type: object
#         properties: { from: { type: string }, to: { type: string } }
#         required: [from, to]
#         additionalProperties: false
package holdfast.policies.gitops_ownership

import data.holdfast.lib.actors
import data.holdfast.lib.gitops
import data.holdfast.lib.naming
import data.holdfast.lib.orphans

deny contains {
	"code": "writer_of_another_tool",
	"message": $`{subject} is managed by {manager}, and "{writer.writer}" writes for {tool_names[writer.tool]}.`,
	"remedy": $`Declare it in one place: take it out of what "{writer.writer}" applies, or let {manager} release it first.`,
} if {
	applies
	not object.get(input.parameters, "shareTools", false)
	managed.tool in {"argocd", "flux"}
	managed.tool != writer.tool
}

deny contains {
	"code": "writer_of_another_application",
	"message": $`{subject} is managed by {manager}, which "{writer.writer}" does not write for.`,
	"remedy": $"{where_applications_stand}. If two applications declare this object, take it out of one of them.",
} if {
	applies
	not writes_for_all
}

# Argo CD only warns about a shared resource and takes it over: the last sync wins.
deny contains {
	"code": "application_took_over",
	"message": $`{subject} is managed by {manager}, and would be taken over by "{new_owner}".`,
	"remedy": $"{how_to_let_go} Where a move is meant, list it in {adoptions}, as {adoption_entry}.",
} if {
	applies
	managed.wasManaged
	is_string(old_owner)
	is_string(new_owner)
	old_owner != new_owner
	not adopted
	not orphans.is_left_behind(managed, input.parameters)
}

how_to_let_go := $"It is gone, and what it left behind may be taken over after {ceil(input.parameters.orphanAfterMs / 60000)} minutes." if {
	managed.leftBehind
} else := $"Remove it from the repository of {manager} first."

where_applications_stand := "The applications of a writer stand in identity.writers of Holdfast's configuration"

adoptions := "policies.settings.gitops_ownership.parameters.adoptions"

adoption_entry := $"\{from: \"{old_owner}\", to: \"{new_owner}\"}"

request := input.request

subject := naming.subject(request)

managed := input.facts.object

manager := naming.manager(managed)

tool_names := {"argocd": "Argo CD", "flux": "Flux"}

# Every controller may write the status of its own Application or Kustomization, whichever application declares it;
# gitops_proof and gitops_only_writes refuse an unproven writer.
applies if {
	actors.is_proven_writer(input.facts.actor)
	naming.subresource(request) == ""
	managed.self
	not gitops.steers(request, object.get(input.parameters, "argocdNamespace", "argocd"))
}

writer := found if {
	some found in input.parameters.writers
	found.username == input.facts.actor.username
}

writes_for_all if not writer.applications

# The one that it belongs to, and the one that takes it over.
writes_for_all if {
	writes_for(managed)
	every next in {moved | moved := managed.movesTo} {
		writes_for(next)
	}
}

writes_for(owned) if {
	some pattern in writer.applications
	some name in naming.applications(owned, home)
	fits(name, pattern)
}

fits(name, pattern) if name == pattern

fits(name, pattern) if {
	endswith(pattern, "*")
	startswith(name, trim_suffix(pattern, "*"))
}

home := object.get(input.parameters, "argocdNamespace", "argocd") if managed.tool == "argocd"

home := object.get(input.parameters, "fluxNamespace", "flux-system") if managed.tool == "flux"

old_owner := owner_of(request.oldObject)

new_owner := owner_of(request.object)

# The application that an object's own mark names, as written in the mark.
owner_of(stored) := split(stored.metadata.annotations["argocd.argoproj.io/tracking-id"], ":")[0] if {
	managed.tool == "argocd"
} else := stored.metadata.labels[object.get(input.parameters, "instanceLabelKey", "app.kubernetes.io/instance")] if {
	managed.tool == "argocd"
	startswith(managed.mark, "label ")
} else := $"{namespace}/{name}" if {
	managed.tool == "flux"
	namespace := stored.metadata.labels["kustomize.toolkit.fluxcd.io/namespace"]
	name := stored.metadata.labels["kustomize.toolkit.fluxcd.io/name"]
} else := $"{namespace}/{name}" if {
	managed.tool == "flux"
	namespace := stored.metadata.labels["helm.toolkit.fluxcd.io/namespace"]
	name := stored.metadata.labels["helm.toolkit.fluxcd.io/name"]
} else := null

adopted if {
	some adoption in input.parameters.adoptions
	adoption.from in {old_owner, "*"}
	adoption.to in {new_owner, "*"}
}
