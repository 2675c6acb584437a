# What the controllers' own accounts really write where they are installed, beside the objects that steer them.
#
# Leases and events are nobody's here, and their own kinds stand in `gitops`. The repository server, Dex and Redis write
# nothing after their start. Sources: the Roles of Argo CD's and Flux's own manifests, and their code.
package holdfast.lib.installations

import data.holdfast.lib.actors
import data.holdfast.lib.naming

# Whether some row permits the whole request.
permits(request, actor, parameters) if {
	some row in rows
	naming.resource(request) == row.resource
	request.operation in row.verbs
	request.namespace == namespace_of(row.tool, parameters)
	actors.is_account(actor, request.namespace, row.account)
	holds(row, request)
}

# Our own count of the uses of grants. We may run outside of the cluster, with a token of the account that no pod has;
# gitops_accounts lets nobody else get one.
permits(request, actor, _) if {
	naming.resource(request) == "configmaps"
	naming.name(request) == "holdfast-grant-uses"
	request.operation in {"CREATE", "UPDATE"}
	actor.username == $"system:serviceaccount:{request.namespace}:holdfast"
	actors.is_service_account(actor)
}

# The policies of Gatekeeper's constraints, which are signed: whoever writes the ConfigMap can put an older bundle there.
permits(request, actor, _) if {
	naming.resource(request) == "configmaps"
	naming.name(request) == "holdfast-gatekeeper"
	request.operation in {"CREATE", "UPDATE"}
	actors.is_account(actor, request.namespace, "holdfast-gatekeeper")
}

# People who stop deployments, and let them go on. Whom a refusal names must be the one who did it, so that nobody stops others in
# somebody else's name, or ends a freeze unseen. One that is over stays as it was.
permits(request, actor, parameters) if {
	naming.resource(request) == "freezes.holdfast.dev"
	naming.subresource(request) == ""
	actors.is_listed(actor, parameters.freezeOperators)
	names_its_author(request, actor)
}

# Our own circuit breakers: the objects that they have made, and no others. We may run outside of the cluster, as above.
permits(request, actor, _) if {
	naming.resource(request) == "freezes.holdfast.dev"
	request.operation in {"CREATE", "UPDATE"}
	actor.username == $"system:serviceaccount:{request.namespace}:holdfast"
	actors.is_service_account(actor)
	request.object.spec.breaker
	was_of_a_breaker(request)
}

was_of_a_breaker(request) if request.operation == "CREATE"

was_of_a_breaker(request) if request.oldObject.spec.breaker

names_its_author(request, actor) if {
	request.operation == "CREATE"
	request.object.spec.by == actor.username
	not request.object.spec.breaker
}

names_its_author(request, actor) if {
	request.operation == "UPDATE"
	request.object.spec.ended
	request.object.spec.endedBy == actor.username
	not request.oldObject.spec.ended
	object.remove(request.object.spec, end_members) == object.remove(request.oldObject.spec, end_members)
}

names_its_author(request, _) if request.operation == "DELETE"

end_members := ["ended", "endedBy", "endedReason"]

# What we learned of credentials, and our own certificates. Whoever writes the first makes any credential known, and whoever
# writes the second serves in our place, so the token must be that of our running pod. Where we run outside of the cluster,
# our account is listed as an editor.
permits(request, actor, _) if {
	naming.resource(request) == "secrets"
	naming.name(request) in {"holdfast-certificates", "holdfast-credentials"}
	request.operation in {"CREATE", "UPDATE"}
	actors.is_account(actor, request.namespace, "holdfast")
}

# The authority and the certificate that Holdfast makes itself (certificates.manage). Old or new: its name, or its type.
is_own_certificate(request) if {
	naming.resource(request) == "secrets"
	naming.name(request) == "holdfast-certificates"
}

is_own_certificate(request) if {
	naming.resource(request) == "secrets"
	some field in ["object", "oldObject"]
	request[field].type == "holdfast.dev/certificates"
}

# Each by its name: a parameter whose name is computed would have all of them read.
namespace_of("argocd", parameters) := parameters.argocdNamespace

namespace_of("flux", parameters) := parameters.fluxNamespace

holds(row, request) if naming.name(request) in row.names

holds(row, request) if request.object.type == row.type

holds(row, request) if request.oldObject.type == row.type

rows := [
	# Its session key, its certificate, the admin's password: it makes them at its first start and changes them on request.
	{
		"tool": "argocd",
		"account": "argocd-server",
		"resource": "secrets",
		"names": {"argocd-initial-admin-secret", "argocd-secret"},
		"verbs": {"CREATE", "UPDATE"},
	},
	# `argocd admin redis-initial-password`, in the init container of Redis.
	{
		"tool": "argocd",
		"account": "argocd-redis",
		"resource": "secrets",
		"names": {"argocd-redis"},
		"verbs": {"CREATE"},
	},
	# What Helm remembers of its releases.
	{
		"tool": "flux",
		"account": "helm-controller",
		"resource": "secrets",
		"type": "helm.sh/release.v1",
		"verbs": {"CREATE", "UPDATE", "DELETE"},
	},
]
