# What an application left behind that was deleted without what it deployed: no controller will ever write it again.
#
# That it is gone, and for how long, is what Holdfast saw itself; nothing in the cluster says so that somebody could write.
package holdfast.lib.orphans

import data.holdfast.lib.actors
import data.holdfast.lib.changes
import data.holdfast.lib.naming

# Gone for long enough: an application that is made again in the meantime has left nothing behind.
is_left_behind(managed, parameters) if {
	managed.self
	managed.leftBehind.goneForMs >= parameters.orphanAfterMs
}

# The same of an object that the deletion of its namespace destroys.
is_abandoned(reference, parameters) if {
	reference.leftBehind.goneForMs >= parameters.orphanAfterMs
	not reference.leftBehind.listedBy
}

# Nobody declares it any more. Another application that lists it is about to take it over.
is_orphan(managed, parameters) if {
	is_left_behind(managed, parameters)
	not managed.leftBehind.listedBy
}

# The listed accounts delete it, or release it.
permits(request, actor, scope) if {
	is_orphan(scope.object, scope.parameters)
	actors.is_listed(actor, scope.parameters.orphanEditors)
	naming.subresource(request) == ""
	clears(request, scope)
}

clears(request, _) if request.operation == "DELETE"

clears(request, scope) if releases(request, scope)

# Takes the marks off, all of them and nothing else. By the objects themselves: a list of changes names a map that came or
# went as a whole.
releases(request, scope) if {
	request.operation == "UPDATE"
	changes.only_below(scope.change, [["metadata", "annotations"], ["metadata", "labels"]])
	keys := mark_keys | {trim_prefix(scope.object.mark, "label ")}
	every field in ["annotations", "labels"] {
		texts(request.object, field) == object.remove(texts(request.oldObject, field), keys)
	}
}

mark_keys := {
	"argocd.argoproj.io/installation-id",
	"argocd.argoproj.io/tracking-id",
	"helm.toolkit.fluxcd.io/name",
	"helm.toolkit.fluxcd.io/namespace",
	"kustomize.toolkit.fluxcd.io/name",
	"kustomize.toolkit.fluxcd.io/namespace",
}

texts(state, field) := found if {
	found := state.metadata[field]
	is_object(found)
} else := {}

# What frees it, for a message: undefined for marks that no command takes off.
release_command(request, managed) := $"kubectl annotate {target(request)} argocd.argoproj.io/tracking-id-" if {
	managed.mark == "annotation argocd.argoproj.io/tracking-id"
}

release_command(request, managed) := $"kubectl label {target(request)} {trim_prefix(managed.mark, "label ")}-" if {
	managed.tool == "argocd"
	startswith(managed.mark, "label ")
}

release_command(request, managed) := $"kubectl label {target(request)} {group}/name- {group}/namespace-" if {
	managed.tool == "flux"
	group := trim_suffix(trim_prefix(managed.mark, "label "), "/name")
}

target(request) := $"{naming.resource(request)} {naming.name(request)}{in_namespace(request)}"

in_namespace(request) := $" -n {request.namespace}" if {
	naming.namespaced(request)
} else := ""
