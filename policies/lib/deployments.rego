# What of a GitOps controller's writes deploys nothing: comparisons that are stored nowhere, and its own notes in an object.
package holdfast.lib.deployments

import data.holdfast.lib.changes

# Argo CD compares by dry runs (ServerSideDiff) before it syncs: a refusal would keep it from ever applying the next, good commit.
is_stored_nowhere(request) if object.get(request, "dryRun", false)

# The controllers keep their own state in objects that another application declares: the status of an Application, which has no
# subresource, finalizers, managedFields. No commit says it, and without it no sync could go on.
is_bookkeeping(request, change) if {
	request.operation == "UPDATE"
	changes.only_below(change, state_paths(request))
	not brings_source(request)
}

# The status of an Application can change in more places than a list of changes holds.
is_bookkeeping(request, change) if {
	is_of_argocd(request)
	not change.truncated == false
	has_same_content(request)
	not brings_source(request)
}

# Stops a commit that says nothing but an operation, or the state of one, with a source of its own: the controller would apply that
# source. It only takes over from one of the two places into the other what is there already, or the repositories of the specification.
brings_source(request) if {
	some place in operations
	some key in ["manifests", "source", "sources"]
	brought := object.get(request.object, array.concat(place, ["sync", key]), null)
	not is_known(request, key, brought)
}

is_known(_, _, null)

is_known(_, _, [])

is_known(request, key, brought) if {
	some place in operations
	object.get(request.oldObject, array.concat(place, ["sync", key]), null) == brought
}

is_known(request, "source", brought) if brought.repoURL in repositories(request)

is_known(request, "sources", brought) if {
	known := repositories(request)
	every one in brought { one.repoURL in known }
}

repositories(request) := {url |
	some place in [["source"], ["sourceHydrator", "drySource"], ["sourceHydrator", "syncSource"]]
	url := object.get(request.object, array.concat(["spec"], array.concat(place, ["repoURL"])), null)
	url != null
} | {one.repoURL | some one in object.get(request.object, ["spec", "sources"], [])}

operations := [["operation"], ["status", "operationState", "operation"]]

is_of_argocd(request) if request.resource.group == "argoproj.io"

state_paths(request) := array.concat(tool_paths, [["operation"], ["status"]]) if {
	is_of_argocd(request)
} else := tool_paths

tool_paths := array.concat(
	[["metadata", "annotations", name] | some name in tool_annotations],
	[["metadata", "finalizers", $"{start}*"] | some start in tool_finalizers],
)

# What a commit can say about an object is the same before and after. Maps are compared key by key, as OPA compares two whole ones in
# the square of their size.
has_same_content(request) if {
	new := request.object
	old := request.oldObject
	every key in (object.keys(new) | object.keys(old)) - {"metadata", "operation", "status"} {
		is_same(object.get(new, key, null), object.get(old, key, null))
	}
	is_same(labels(new), labels(old))
	is_same(annotations(new), annotations(old))
	owners(new) == owners(old)
	finalizers(new) == finalizers(old)
}

is_same(new, old) if {
	count(new) == count(old)
	every key, value in new { old[key] == value }
}

is_same(new, old) if {
	not is_object(new)
	new == old
}

labels(state) := object.get(state, ["metadata", "labels"], {})

annotations(state) := object.remove(object.get(state, ["metadata", "annotations"], {}), tool_annotations)

owners(state) := object.get(state, ["metadata", "ownerReferences"], [])

finalizers(state) := [each |
	some each in object.get(state, ["metadata", "finalizers"], [])
	not strings.any_prefix_match(each, tool_finalizers)
]

tool_annotations := [
	"argocd.argoproj.io/hydrate",
	"argocd.argoproj.io/refresh",
	"kubectl.kubernetes.io/last-applied-configuration",
]

tool_finalizers := [
	"argocd.argoproj.io/",
	"finalizers.fluxcd.io",
	"post-delete-finalizer.argocd.argoproj.io",
	"pre-delete-finalizer.argocd.argoproj.io",
	"resources-finalizer.argocd.argoproj.io",
]
