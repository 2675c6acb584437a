# METADATA
# title: Where GitOps and Holdfast run, nothing changes by hand
# description: >-
#   Whoever changes the image of the repository server, the selector of its Service or the settings of Holdfast decides
#   what is applied. So the namespaces of the installations are guarded whole, managed or not: they change from Git, by
#   the configured editors, and by the controllers for what they really write.
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE, DELETE]
#     installationsOnly: true
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, change, object, grant]
#   parameters:
#     editors: []
#     allowPodDeletion: true
#     freeResources:
#       - breakglassgrants.holdfast.dev
#       - events
#       - events.events.k8s.io
#   parametersSchema:
#     editors: { type: array, items: { type: string, minLength: 1 } }
package holdfast.policies.gitops_namespaces

import data.holdfast.lib.actors
import data.holdfast.lib.addresses
import data.holdfast.lib.changes
import data.holdfast.lib.credentials
import data.holdfast.lib.gitops
import data.holdfast.lib.grants
import data.holdfast.lib.installations
import data.holdfast.lib.naming
import data.holdfast.lib.operators
import data.holdfast.lib.platform

deny contains {
	"code": "gitops_installation_changed",
	"message": $"{headline}{changes.below(request, change)}",
	"remedy": $"Change it where the installation is declared in Git. Accounts that install by hand are listed in {editors}.{grants.offer}",
} if {
	not judged_elsewhere
	not is_own_certificate
	not allowed
}

# Whoever writes it is served in our place, and may read what the API server asks and answer it. Git would roll back every
# renewal, and a key in Git is none. Stops a proven writer, editors and operators as well as everybody else.
deny contains {
	"code": "own_certificate_changed",
	"message": $"{naming.subject(request)} holds the authority and the certificate that Holdfast makes itself, so nobody else writes it.{changes.below(request, change)}",
	"remedy": $"Leave it to Holdfast, which renews it. To have both made anew, delete it under a grant: docs/operations/certificates.md says what follows.{grants.offer}",
} if {
	is_own_certificate
	not writes_own_certificate
}

# What only a name says, and what would steer the controllers if it were not so.
deny contains {
	"code": "control_plane_credential_unknown",
	"message": $"{naming.subject(request)} belongs to an installation of GitOps or Holdfast, and {credentials.showed(actor)}.{changes.below(request, change)}",
	"remedy": $"{credentials.remedy(actor)}",
} if {
	needs_credential
	change.semantic
	credentials.is_unknown(actor)
	not credentials.is_believed(actor)
}

request := input.request

actor := input.facts.actor

change := input.facts.change

scope := {"change": change, "object": input.facts.object, "parameters": input.parameters}

headline := $`{naming.subject(request)} belongs to an installation of GitOps or Holdfast, so it {verb} only through Git.`

verb := {
	"CREATE": "is created",
	"UPDATE": "changes",
	"DELETE": "is deleted",
}[request.operation]

editors := "policies.settings.gitops_namespaces.parameters.editors of Holdfast's configuration"

is_own_certificate if installations.is_own_certificate(request)

writes_own_certificate if installations.permits(request, actor, input.parameters)

# Where we run outside of the cluster, our account is listed as an editor.
writes_own_certificate if {
	actor.username == $"system:serviceaccount:{request.namespace}:holdfast"
	actors.is_listed(actor, input.parameters.editors)
}

writes_own_certificate if is_granted

# The end of the namespace, and bookkeeping of the API server.
writes_own_certificate if {
	request.operation == "DELETE"
	platform.permits(request, actor, scope)
}

writes_own_certificate if {
	request.operation == "UPDATE"
	not change.semantic
}

writes_own_certificate if {
	request.operation == "DELETE"
	request.oldObject.metadata.deletionTimestamp
}

# Applications, sources and settings: gitops_control_plane. Tokens and ephemeral containers: gitops_accounts.
judged_elsewhere if gitops.steers(request, object.get(input.parameters, "argocdNamespace", "argocd"))

judged_elsewhere if naming.subresource(request) in {"ephemeralcontainers", "token"}

# What proves itself where it is read: signed grants, and what decides nothing.
allowed if naming.resource(request) in input.parameters.freeResources

allowed if actors.is_proven_writer(actor)

allowed if is_granted

# A grant for every resource was not meant for what decides about all of them.
is_granted if {
	actors.is_under_grant(actor)
	input.facts.grant.namesResource
}

allowed if actors.is_listed(actor, input.parameters.editors)

allowed if not change.semantic

allowed if {
	platform.permits(request, actor, scope)
	not differs_from_its_template
	not redirects
}

allowed if operators.permits(request, actor, scope)

allowed if installations.permits(request, actor, input.parameters)

# Restarts: its controller makes another from a template that nobody changes by hand. So do evictions of a drain.
allowed if {
	input.parameters.allowPodDeletion
	naming.resource(request) == "pods"
	restarts
}

# The kubelet's own work; the API server's NodeRestriction limits each node to its own pods.
allowed if {
	actor.class == "node"
	naming.resource(request) == "pods"
	naming.subresource(request) == "status"
	changes.all_below(change, [["status"]])
}

# What a controller observed at what others have made: the address of an Ingress, the size of a volume. Not of pods and
# workloads, by which traffic and rollouts are steered, nor of the namespace itself. The control plane has its rows.
allowed if {
	naming.subresource(request) == "status"
	request.operation == "UPDATE"
	not request.resource.group in {"apps", "batch"}
	not naming.resource(request) in {"namespaces", "pods", "replicationcontrollers"}
	actor.class != "platform"
	actors.is_service_account(actor)
	changes.all_below(change, [["status"]])
}

# An autoscaler that was installed with it. None of them ends a controller.
allowed if {
	actor.class == "platform"
	actor.name == "horizontal-pod-autoscaler"
	naming.subresource(request) == "scale"
	request.operation == "UPDATE"
	request.object.spec.replicas > 0
	changes.only_below(change, [["spec", "replicas"]])
}

# Whether the namespace is there at all is not what it holds.
allowed if {
	naming.resource(request) == "namespaces"
	request.operation == "CREATE"
}

allowed if {
	request.operation == "DELETE"
	request.oldObject.metadata.deletionTimestamp
}

# The installation's own controllers elect their leaders. Whoever takes such a lease stops the controller.
allowed if {
	naming.resource(request) == "leases.coordination.k8s.io"
	actors.is_service_account(actor)
	startswith(actor.username, $"system:serviceaccount:{request.namespace}:")
}

# The traffic of the repository server goes where its pods' addresses say.
needs_credential if {
	actor.class == "node"
	addresses.moves(request)
}

# The authority of the API server, and tokens of accounts.
needs_credential if {
	actor.class == "platform"
	naming.resource(request) in {"configmaps", "secrets"}
	request.operation == "UPDATE"
}

# A new leader whose certificate nobody has accepted yet is told why.
needs_credential if redirects

# An endpoint controller lists pods of the namespace by their own addresses, whoever it is: others answer for the Service.
redirects if {
	actor.class == "platform"
	naming.resource(request) in {"endpoints", "endpointslices.discovery.k8s.io"}
	request.operation in {"CREATE", "UPDATE"}
	not sends_to_pods
	not credentials.is_known(actor)
	not mirrors
}

sends_to_pods if input.facts.object.foreignAddresses == {"status": "known", "value": []}

# Of a Service without a selector, whose Endpoints somebody wrote and had judged.
mirrors if {
	actor.name == "endpointslicemirroring-controller"
	credentials.is_believed(actor)
}

restarts if request.operation == "DELETE"

restarts if naming.subresource(request) == "eviction"

# A pod that wears the owner of the controller's pods, and runs something else.
differs_from_its_template if {
	template := input.facts.object.template.value
	is_object(template)
	not template.isOwned
}

differs_from_its_template if count(input.facts.object.template.value.differences) > 0

differs_from_its_template if input.facts.object.template.status == "unavailable"
