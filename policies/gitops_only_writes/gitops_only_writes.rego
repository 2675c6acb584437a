# METADATA
# title: Managed objects change only through Git
# description: >-
#   An object that a GitOps controller manages is changed by that controller alone. The control plane, the nodes and
#   the configured operators do their own work on it; everybody else, cluster-admins included, changes it in Git.
# custom:
#   severity: error
#   match:
#     operations: [CREATE, UPDATE, DELETE]
#     managedOnly: true
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, object, change]
#   optionalFacts: [source]
#   parameters:
#     allowRestart: false
#     allowRefresh: true
#     allowedAnnotations: []
#     scaleUpWithoutAnswer: true
#     unmanagedAutoscalers: false
#     emergency: In an emergency, ask the people who run Holdfast, and show them the decision.
#   parametersSchema:
#     allowedAnnotations: { type: array, items: { type: string, minLength: 1 } }
package holdfast.policies.gitops_only_writes

import data.holdfast.lib.actors
import data.holdfast.lib.autoscalers
import data.holdfast.lib.changes
import data.holdfast.lib.entries
import data.holdfast.lib.gitops
import data.holdfast.lib.grants
import data.holdfast.lib.healing
import data.holdfast.lib.naming
import data.holdfast.lib.operators
import data.holdfast.lib.orphans
import data.holdfast.lib.platform
import data.holdfast.lib.status_writers
import data.holdfast.lib.syncs

deny contains {
	"code": code,
	"message": $"{headline}{changes.below(request, change)}{scaling}",
	"remedy": remedy,
} if {
	not allowed
}

request := input.request

actor := input.facts.actor

managed := input.facts.object

change := input.facts.change

scope := {"change": change, "object": managed, "parameters": input.parameters}

subject := naming.subject(request)

manager := naming.manager(managed)

allowed if actors.is_proven_writer(actor)

allowed if actors.is_under_grant(actor)

# Says nothing about what is declared: exec and token requests are judged by gitops_accounts.
allowed if naming.subresource(request) in {"attach", "exec", "log", "portforward", "proxy", "token"}

# Storage migration, and applying what is there already. Not where the mark is lost: then nobody can tell what is
# declared, and only the GitOps controller puts it back in order.
allowed if {
	not change.semantic
	not lost_mark
}

allowed if {
	not change.semantic
	actor.class in {"platform", "node", "operator"}
}

# Deleting what is being deleted ends nothing that has not been decided. Only for DELETE: an update of an object in
# deletion may take its finalizers off.
allowed if {
	request.operation == "DELETE"
	request.oldObject.metadata.deletionTimestamp
}

# What an application left behind that was deleted without what it deployed. Only for accounts that the configuration names:
# whoever can make an application vanish could then delete what it had deployed.
allowed if orphans.permits(request, actor, scope)

allowed if platform.permits(request, actor, scope)

allowed if operators.permits(request, actor, scope)

allowed if gitops.permits(request, actor, {"change": change, "parameters": input.parameters})

# An Application that another one declares.
allowed if {
	syncs.permits(request, actor, scope)
	managed.self
}

allowed if {
	healing.permits(request, actor, scope)
	managed.self
}

allowed if {
	healing.permits_removal(request, actor, scope)
	managed.self
}

# Annotations that the configuration leaves to everybody.
allowed if {
	request.operation == "UPDATE"
	naming.subresource(request) == ""
	count(change.paths) > 0
	count(change.protectedKeys) == 0
	changes.only_below(change, free_annotations)
	managed.self
}

free_annotations := [["metadata", "annotations", key] | some key in input.parameters.allowedAnnotations]

# The kubelet's own work; the API server's NodeRestriction limits each node to its own pods.
allowed if {
	actor.class == "node"
	naming.resource(request) in {"pods", "persistentvolumeclaims"}
	naming.subresource(request) == "status"
	changes.all_below(change, [["status"]])
}

allowed if {
	actor.class == "node"
	naming.resource(request) == "pods"
	naming.subresource(request) == ""
	request.operation in {"CREATE", "DELETE"}
}

allowed if status_writers.permits(request, actor, change)

# `kubectl rollout restart`: replaces the pods and declares nothing new.
allowed if {
	input.parameters.allowRestart
	is_restart
	managed.self
}

allowed if {
	object.get(input.parameters, "allowRefresh", true)
	changes.only_refresh(request, change)
	managed.self
}

lost_mark if {
	managed.scope == "managed"
	not managed.self
}

is_restart if {
	request.operation == "UPDATE"
	naming.resource(request) in {"daemonsets.apps", "deployments.apps", "statefulsets.apps"}
	naming.subresource(request) == ""
	not change.truncated
	count(change.protectedKeys) == 0
	count(change.paths) == 1
	change.paths[0].kind != "removed"
	change.paths[0].segments == [
		"spec", "template", "metadata", "annotations",
		"kubectl.kubernetes.io/restartedAt",
	]
}

takes_mark_off if {
	some path in change.paths
	path.kind == "removed"
	path.segments[2] in {
		"argocd.argoproj.io/tracking-id",
		"kustomize.toolkit.fluxcd.io/name",
		"kustomize.toolkit.fluxcd.io/namespace",
		"helm.toolkit.fluxcd.io/name",
		"helm.toolkit.fluxcd.io/namespace",
	}
}

evicts if naming.subresource(request) == "eviction"

scales if naming.subresource(request) == "scale"

code := "writer_unproven" if {
	actor.class == "gitops"
} else := "gitops_only_namespace" if {
	managed.scope == "gitops-only"
} else := "managed_mark_forged" if {
	request.operation == "CREATE"
	naming.subresource(request) == ""
	naming.resource(request) != "bindings"
} else := "managed_object_deleted" if {
	request.operation == "DELETE"
} else := "managed_object_deleted" if {
	evicts
} else := "managed_mark_removed" if {
	takes_mark_off
} else := "managed_object_scaled" if {
	scales
} else := "managed_object_changed"

headline := $"{subject} is managed by {manager} and is written only by its controller. {actors.unproven(actor)}" if {
	code == "writer_unproven"
} else := $"{subject} carries the mark of {manager}, which does not list it as its own: a restore brings back only what it lists." if {
	code == "managed_mark_forged"
	actor.class == "operator"
	managed.listed == {"status": "known", "value": false}
} else := $"{subject} carries the mark of {manager}, and whether that lists it could not be found out: {managed.listed.reason}." if {
	code == "managed_mark_forged"
	actor.class == "operator"
	managed.listed.status == "unavailable"
} else := $`Namespace "{request.namespace}" changes only through Git, so {subject} cannot be {verb} by hand.` if {
	code == "gitops_only_namespace"
} else := $"{subject} carries the mark of {manager}: only its GitOps controller creates what bears it." if {
	code == "managed_mark_forged"
} else := $"{subject} is managed by {manager} and is deleted only through Git." if {
	code == "managed_object_deleted"
} else := $"{subject} is managed by {manager} and changes only through Git. This would take it out of Git's hands." if {
	code == "managed_mark_removed"
} else := $"{subject} is managed by {manager} and is scaled only through Git or by its autoscaler." if {
	code == "managed_object_scaled"
} else := $"{subject} is managed by {manager} and changes only through Git."

verb := {"CREATE": "created", "UPDATE": "changed", "DELETE": "deleted"}[request.operation]

# For those who would be allowed to scale.
scaling := $"\n{autoscalers.reason(request, managed, input.parameters)}" if {
	request.operation == "UPDATE"
	scales
	managed.scalers
} else := ""

remedy := actors.unproven_remedy if {
	code == "writer_unproven"
} else := $"{instruction}{entry}{grants.offer}" if {
	grants.is_possible
} else := $"{instruction} {input.parameters.emergency}{entry}" if {
	object.get(input.parameters, "emergency", "") != ""
} else := $"{instruction}{entry}"

instruction := $"Its application is gone. Declare it in an application in Git again, or let {an_orphan_editor} delete it{or_release}" if {
	is_gone
	orphans.is_orphan(managed, input.parameters)
} else := $"Its application has been gone for {minutes_gone} of {minutes_needed} minutes; then it may be deleted or released by {an_orphan_editor}." if {
	is_gone
} else := $"Its application is not there, and for how long cannot be told yet. Declare it in Git again, or try later." if {
	seems_gone
} else := $"{what_to_do}{place}{then}"

# Nobody has followed it for long enough, or one of the same name is elsewhere.
seems_gone if {
	request.operation != "CREATE"
	input.facts.source.operation == "absent"
	not managed.leftBehind
}

is_gone if {
	request.operation != "CREATE"
	naming.subresource(request) == ""
	managed.leftBehind
	not managed.leftBehind.listedBy
}

minutes_gone := floor(managed.leftBehind.goneForMs / 60000)

minutes_needed := ceil(input.parameters.orphanAfterMs / 60000)

or_release := $", or release it: {orphans.release_command(request, managed)}" if {
	orphans.release_command(request, managed)
} else := "."

an_orphan_editor := "an account in ownership.orphans.editors"

# Once: the policy of protected keys says it where one of them changes.
entry := entries.offer if {
	count(change.protectedKeys) == 0
} else := ""

what_to_do := "Leave its mark to the controller, and create it" if {
	code == "managed_mark_forged"
} else := "Remove it" if {
	code == "managed_object_deleted"
} else := "Put it" if {
	code == "gitops_only_namespace"
	request.operation == "CREATE"
} else := "Remove it" if {
	request.operation == "DELETE"
} else := "Change it or remove it" if {
	code == "managed_mark_removed"
} else := "Delete its pods one by one to restart them, or change the pod template" if {
	is_restart
} else := "Change spec.replicas" if {
	scales
} else := "Change it"

# Where the object lives in Git, as exactly as it is known.
place := $" under {source_path} in {repository}" if {
	source_path != ""
	source_path != "."
} else := $"{preposition}{repository}" if {
	repository
} else := $"{preposition}the Git repository of {manager}" if {
	managed.app
} else := $"{preposition}its Git repository"

source_path := input.facts.source.path if repository

repository := input.facts.source.repository if input.facts.source.repository != ""

# One removes something from a repository, puts it into one, and changes it in one.
preposition := " from " if {
	what_to_do == "Remove it"
} else := " into " if {
	what_to_do == "Put it"
} else := " in "

then := " and let Argo CD sync it." if {
	managed.tool == "argocd"
} else := " and let Flux reconcile it." if {
	managed.tool == "flux"
} else := " and let the GitOps controller apply it."
