# Names of objects in messages, as kubectl users write them: `deployments.apps shop/checkout`.
package holdfast.lib.naming

# The resource with its group: `deployments.apps`, `configmaps`.
resource(request) := request.resource.resource if request.resource.group == ""

resource(request) := $"{request.resource.resource}.{request.resource.group}" if {
	request.resource.group != ""
}

subresource(request) := object.get(request, "subResource", "")

# Items of a DELETECOLLECTION have no name in the request, and a CREATE may have only a prefix.
name(request) := names(request)[0] if {
	has_name(request)
} else := $"{request.object.metadata.generateName}…" if {
	is_string(request.object.metadata.generateName)
} else := "(no name)"

has_name(request) if count(names(request)) > 0

# The possible places of the name, by priority.
names(request) := [found |
	some found in [
		object.get(request, "name", ""),
		object.get(request, ["oldObject", "metadata", "name"], ""),
		object.get(request, ["object", "metadata", "name"], ""),
	]
	found != ""
]

# `shop/checkout`, or `shop` for a cluster-scoped object.
qualified_name(request) := name(request) if not namespaced(request)

qualified_name(request) := $"{request.namespace}/{name(request)}" if namespaced(request)

# A Namespace's own requests carry its name as their namespace.
namespaced(request) if {
	object.get(request, "namespace", "") != ""
	resource(request) != "namespaces"
}

# The whole subject of a message.
subject(request) := $"{resource(request)} {qualified_name(request)}"

# The object that manages another, from the object fact.
manager(object_fact) := $`the Argo CD application "{object_fact.app}"` if {
	object_fact.tool == "argocd"
	object_fact.app
} else := "Argo CD, which applied it and whose mark it lacks," if {
	object_fact.tool == "argocd"
} else := $`the Flux HelmRelease "{flux_name(object_fact)}"` if {
	object_fact.tool == "flux"
	object_fact.app
	startswith(object_fact.mark, "label helm.")
} else := $`the Flux Kustomization "{flux_name(object_fact)}"` if {
	object_fact.tool == "flux"
	object_fact.app
} else := "Flux, which applied it and whose labels it lacks," if {
	object_fact.tool == "flux"
} else := $`the Helm release "{flux_name(object_fact)}"` if {
	object_fact.tool == "helm"
} else := $`Git, as the selector "{object_fact.app}" of Holdfast's configuration says,` if {
	object_fact.tool == "selector"
} else := "its GitOps-only namespace"

flux_name(object_fact) := $"{object_fact.appNamespace}/{object_fact.app}"

# How a configuration may name the application: the control plane's own namespace is the default and may be left out.
applications(managed, home) := {$"{managed.appNamespace}/{managed.app}", managed.app} if {
	managed.appNamespace == home
} else := {$"{managed.appNamespace}/{managed.app}"}
