# What each control-plane identity may do to an object that Git manages: verb, resource, subresource, fields, and what
# must be true beside.
#
# Whoever may impersonate wears these names, so a row permits no more than the real controller does, and only where what
# makes it do so is known to be true. A fact that nobody could tell is never yes. The rows stand in `platform_rows`.
# Always-protected keys change only where a row names them in `fields`.
package holdfast.lib.platform

import data.holdfast.lib.addresses
import data.holdfast.lib.autoscalers
import data.holdfast.lib.changes
import data.holdfast.lib.credentials
import data.holdfast.lib.naming
import data.holdfast.lib.platform_rows

# Whether some row permits the whole request. The scope is what is known beyond the request: `change` and `object` of the
# facts, and the policy's `parameters`.
permits(request, actor, scope) if {
	actor.class == "platform"
	some row in rows_of(actor.name, scope)
	covers(row, request)
	holds_for(row, request, actor, scope)
	changes_only(row, request, object.get(scope, "change", nothing_known))
	not makes_declared(request, scope)
}

# No controller makes what Git declares. A mark that names the new object itself is forged; labels and an owner's annotations
# are copied all day.
makes_declared(request, scope) if {
	request.operation == "CREATE"
	naming.subresource(request) == ""
	naming.resource(request) != "bindings"
	scope.object.self
	startswith(object.get(scope.object, "mark", ""), "annotation ")
}

# Whether some row names this very key.
permits_protected(request, actor, scope) if {
	actor.class == "platform"
	some row in rows_of(actor.name, scope)
	row.fields
	covers(row, request)
	holds_for(row, request, actor, scope)
	changes_only(row, request, object.get(scope, "change", nothing_known))
}

# Every controller at once, where they have no accounts of their own and the configuration says so.
rows_of("kube-controller-manager", scope) := [row | some name; row := platform_rows.rows[name][_]; not name in others] if {
	scope.parameters.sharedControllerManager == true
} else := platform_rows.rows["kube-controller-manager"]

rows_of(name, _) := platform_rows.rows[name] if name != "kube-controller-manager"

# A change that nobody compared may be any.
nothing_known := {"truncated": true, "paths": [{"segments": []}]}

others := {"apiserver", "cloud-controller-manager", "cloud-node-controller", "kube-scheduler"}

covers(row, request) if {
	request.operation in row.verbs
	covers_resource(row, naming.resource(request))
	naming.subresource(request) in object.get(row, "subresources", {""})
	covers_name(row, naming.name(request))
	covers_namespace(row, object.get(request, "namespace", ""))
}

# Deleting one of these destroys what it holds, and no controller does so of its own accord.
covers_resource(row, resource) if {
	row.resources == "*"
	not resource in {"customresourcedefinitions.apiextensions.k8s.io", "namespaces"}
}

covers_resource(row, resource) if resource in row.resources

covers_name(row, _) if not row.names

covers_name(row, name) if name in row.names

# A name that ends in "*" is a beginning.
covers_name(row, name) if {
	some prefix in row.names
	endswith(prefix, "*")
	startswith(name, trim_suffix(prefix, "*"))
}

covers_namespace(row, _) if not row.namespaces

covers_namespace(row, namespace) if namespace in row.namespaces

holds_for(row, request, _, scope) if holds(row, request, scope)

# A pod that Git declares itself is ended, too, where the credential says that the real controller asks.
holds_for(row, _, actor, _) if {
	row.condition == "replaceable"
	credentials.is_known(actor)
}

holds(row, _, _) if not row.condition

# Conditions of a pod, and never where its traffic goes.
holds(row, request, _) if {
	row.condition == "keeps_addresses"
	not addresses.moves(request)
}

# Only aggregated roles.
holds(row, request, _) if {
	row.condition == "aggregated"
	count(request.oldObject.aggregationRule.clusterRoleSelectors) > 0
}

# What this very controller made: each makes things for its own kind of owner only. What has no owner yet is not taken
# over here: a dead owner would get it deleted.
holds(row, request, _) if {
	row.condition == "child"
	some owner in judged_state(request).metadata.ownerReferences
	owner.controller
	is_kind(owner, row.owner)
}

# The garbage collector deletes what has owners, and only once all of them are gone, or the last one waits for it.
holds(row, request, scope) if {
	row.condition == "owned"
	count(request.oldObject.metadata.ownerReferences) > 0
	count(scope.object.owners) == count(request.oldObject.metadata.ownerReferences)
	every owner in scope.object.owners {
		owner.state in {"foreground", "gone"}
	}
}

# It takes off owners that are gone or going, and tells the others not to wait. An owner that it added would get the
# object deleted; one that it took off while it lives would cut a child loose.
holds(row, request, scope) if {
	row.condition == "disowns"
	every path in object.get(scope, "change", nothing_known).paths {
		disowns(path)
	}
	ended := {owner.uid | some owner in object.get(scope.object, "owners", []); owner.state in {"deleting", "foreground", "gone"}}
	every uid in owner_uids(request.oldObject) - owner_uids(request.object) {
		uid in ended
	}
}

# A Job that says itself that it is to go when it has finished, and has.
holds(row, request, _) if {
	row.condition == "expiring"
	is_number(request.oldObject.spec.ttlSecondsAfterFinished)
	some condition in request.oldObject.status.conditions
	condition.type in {"Complete", "Failed"}
	condition.status == "True"
}

# The namespace is going.
holds(row, _, scope) if {
	row.condition == "terminating"
	scope.object.namespaceTerminating == true
}

# The deletion of the object itself was judged.
holds(row, request, _) if {
	row.condition == "deleting"
	request.oldObject.metadata.deletionTimestamp
}

# Finalizers that guard what is in use are put on at any time, and taken off at its end.
holds(row, _, scope) if {
	row.condition == "guarding"
	every path in object.get(scope, "change", nothing_known).paths {
		path.kind == "added"
	}
}

holds(row, request, _) if {
	row.condition == "guarding"
	request.oldObject.metadata.deletionTimestamp
}

holds(row, request, scope) if {
	row.condition == "autoscaled"
	autoscalers.permits(request, scope.object, object.get(scope, "parameters", {}))
}

# Endpoints and slices of the controller itself, before and after: what people or other controllers wrote is theirs.
holds(row, request, _) if {
	row.condition == "labelled"
	every field in present(request) {
		request[field].metadata.labels[row.label] == row.value
	}
}

# What the API server serves itself. An APIService with a Service hands a whole group of the API to it.
holds(row, request, _) if {
	row.condition == "local"
	every field in present(request) {
		not request[field].spec.service
		request[field].metadata.labels["kube-aggregator.kubernetes.io/automanaged"] in {"onstart", "true"}
	}
}

# A volume that its claim has left for good, and that is to be deleted then.
holds(row, request, scope) if {
	row.condition == "released"
	request.oldObject.spec.persistentVolumeReclaimPolicy == "Delete"
	scope.object.claim == {"status": "known", "value": "gone"}
}

# A volume is bound to the claim that it was made for, or to one where it had none; it is released when that is gone.
holds(row, request, _) if {
	row.condition == "bound_as_before"
	not request.oldObject.spec.claimRef
}

holds(row, request, _) if {
	row.condition == "bound_as_before"
	old := request.oldObject.spec.claimRef
	new := request.object.spec.claimRef
	[old.namespace, old.name] == [new.namespace, new.name]
	uid := object.get(new, "uid", "")
	object.get(old, "uid", uid) == uid
}

holds(row, _, scope) if {
	row.condition == "bound_as_before"
	scope.object.claim == {"status": "known", "value": "gone"}
}

# The owners that the retention policy of the StatefulSet asks for: itself, where its claims go with it, and a pod of its
# own, where they go with the pod. Taking owners off keeps a claim.
holds(row, request, scope) if {
	row.condition == "retention"
	kept := {owner.uid | some owner in request.oldObject.metadata.ownerReferences}
	every owner in object.get(request.object.metadata, "ownerReferences", []) {
		is_retained(owner, kept, object.get(scope.object, ["volumeOwner", "value"], {}))
	}
}

# What ends pods ends those that somebody makes again; a pod that Git declares itself does not come back by itself.
holds(row, request, _) if {
	row.condition == "replaceable"
	some owner in request.oldObject.metadata.ownerReferences
	owner.controller
}

holds(row, request, _) if {
	row.condition == "replaceable"
	request.oldObject.status.phase in {"Failed", "Succeeded"}
}

# Cloud controllers take away the nodes whose machines are gone, and never one that is ready.
holds(row, request, _) if {
	row.condition == "not_ready"
	not is_ready(request.oldObject)
}

# Tokens are put into the Secrets that ask for them, and nothing else is.
holds(row, request, _) if {
	row.condition == "token_secret"
	every field in present(request) {
		request[field].type == "kubernetes.io/service-account-token"
	}
}

judged_state(request) := request.object if {
	request.operation == "CREATE"
} else := request.oldObject

# Fields, not their values: so that a policy gets only what is read of them.
present(request) := {field |
	some field in ["object", "oldObject"]
	is_object(request[field])
}

is_ready(node) if {
	some condition in node.status.conditions
	condition.type == "Ready"
	condition.status == "True"
}

# `ReplicaSet.apps`, `ReplicationController`: any version of the kind.
is_kind(owner, kind) if {
	[name, group] := split_kind(kind)
	owner.kind == name
	group_of(owner.apiVersion) == group
}

split_kind(kind) := [name, group] if {
	[name, group] := split(kind, ".")
} else := [kind, ""]

group_of(api_version) := group if {
	[group, _] := split(api_version, "/")
} else := ""

is_retained(owner, kept, _) if owner.uid in kept

is_retained(owner, _, stateful_set) if {
	stateful_set.whenDeleted == "Delete"
	is_kind(owner, "StatefulSet.apps")
	owner.uid == stateful_set.uid
}

is_retained(owner, _, stateful_set) if {
	stateful_set.whenScaled == "Delete"
	is_kind(owner, "Pod")
	startswith(owner.name, $"{stateful_set.name}-")
}

owner_uids(state) := {owner.uid | some owner in state.metadata.ownerReferences}

disowns(path) if {
	path.segments[1] == "finalizers"
	path.kind == "removed"
}

disowns(path) if {
	path.segments[1] == "ownerReferences"
	path.kind == "removed"
	count(path.segments) == 3
}

disowns(path) if {
	path.segments[1] == "ownerReferences"
	path.segments[3] == "blockOwnerDeletion"
}

changes_only(row, _, _) if not row.fields

changes_only(_, request, _) if request.operation != "UPDATE"

changes_only(row, _, change) if changes.only_below(change, row.fields)

# A long status is truncated in the list of changes; metadata comes first in it, and the API server drops the
# rest.
changes_only(row, request, change) if {
	naming.subresource(request) == "status"
	changes.all_below(change, row.fields)
}
