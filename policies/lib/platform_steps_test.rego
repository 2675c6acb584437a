# From each row of the platform table: the requests that it is for, which pass, and those that are one step off it, which
# do not.
package holdfast.lib.platform_steps_test

import data.holdfast.lib.naming
import data.holdfast.lib.platform
import data.holdfast.lib.platform_rows
import data.holdfast.lib.samples_test as sample

may(name, request, scope) if platform.permits(request, sample.platform(name), scope)

test_each_row_permits_what_it_is_for if {
	every name, rows in platform_rows.rows {
		every row in rows {
			every request in requests_of(row) {
				may(name, request, scope_of(row))
			}
		}
	}
}

test_nothing_one_step_off_a_row_is_permitted if {
	every name, rows in platform_rows.rows {
		every row in rows {
			every request in requests_of(row) {
				every other in one_step_off(row, request) {
					not passes(name, rows, other, scope_of(row))
				}
				every change in wider_changes(row, request) {
					not may(name, request, object.union(scope_of(row), {"change": change}))
				}
			}
		}
	}
}

# What another row of the same identity lists is its own business.
passes(name, rows, request, scope) if {
	may(name, request, scope)
	not is_listed(rows, request)
}

is_listed(rows, request) if {
	some row in rows
	request.operation in row.verbs
	is_among(naming.resource(request), row.resources)
	naming.subresource(request) in object.get(row, "subresources", {""})
	request.name in object.get(row, "names", {request.name})
	request.namespace in object.get(row, "namespaces", {request.namespace})
}

is_listed(rows, request) if {
	some row in rows
	request.operation in row.verbs
	is_among(naming.resource(request), row.resources)
	some name in object.get(row, "names", set())
	request.name == trim_suffix(name, "*")
}

is_among(resource, resources) if resource in resources

is_among(_, "*")

requests_of(row) := {object.union(base, changes) |
	base := state_of(row)
	some verb in row.verbs
	some resource in some_resources(row)
	some subresource in object.get(row, "subresources", {""})
	some name in object.get(row, "names", {"checkout"})
	some namespace in object.get(row, "namespaces", {"shop"})
	[plain, group] := split_resource(resource)
	changes := {
		"operation": verb,
		"resource": {"group": group, "version": "v1", "resource": plain},
		"subResource": subresource,
		"name": trim_suffix(name, "*"),
		"namespace": namespace,
	}
}

some_resources(row) := {"deployments.apps"} if row.resources == "*"

some_resources(row) := row.resources if row.resources != "*"

split_resource(resource) := [substring(resource, 0, at), substring(resource, at + 1, -1)] if {
	at := indexof(resource, ".")
	at > 0
}

split_resource(resource) := [resource, ""] if indexof(resource, ".") < 0

one_step_off(row, request) := union({
	{object.union(request, {"operation": verb}) | some verb in ({"CREATE", "UPDATE", "DELETE", "CONNECT"} - row.verbs)},
	{object.union(request, {"subResource": other}) | some other in ({"", "status", "scale", "approve"} - object.get(row, "subresources", {""}))},
	{object.union(request, {"resource": {"group": group, "version": "v1", "resource": "secrets"}}) |
		row.resources != "*"
		some group in ["", "example.com"]
	},
	{object.union(request, {"name": "another"}) | row.names},
	{object.union(request, {"namespace": "another"}) | row.namespaces},
})

# The field beside, the field above, and a change that nobody could list.
wider_changes(row, request) := {change |
	row.fields
	request.operation == "UPDATE"
	not row.condition in {"disowns", "guarding"}
	some field in row.fields
	some segments in [["spec", "another"], ["metadata", "labels", "another"], array.slice(field, 0, count(field) - 1)]
	every allowed in row.fields {
		not starts_with(segments, allowed)
	}
	change := sample.change([sample.changed(segments, "a", "b")])
}

starts_with(segments, [field]) if segments[0] == field

starts_with(segments, field) if array.slice(segments, 0, count(field)) == field

starts_with(segments, ["metadata", "labels", "*"]) if segments[1] == "labels"

# An object for which the condition of a row is true.
state_of(row) := sample.overlay(sample.deployment, object.get(states, object.get(row, "condition", ""), {})) if {
	object.get(row, "condition", "") != "child"
	row.condition != "labelled"
} else := sample.overlay(sample.deployment, {"object": owned, "oldObject": owned}) if {
	row.condition == "child"
	[kind, group] := split_resource(row.owner)
	owned := owned_by(kind, group)
} else := sample.overlay(sample.deployment, {"object": labelled, "oldObject": labelled}) if {
	row.condition == "labelled"
	labelled := {"metadata": {"labels": {row.label: row.value}}}
} else := sample.deployment

owned_by(kind, group) := {"metadata": {"ownerReferences": [{
	"apiVersion": concat("/", [part | some part in [group, "v1"]; part != ""]),
	"kind": kind,
	"name": "web",
	"uid": "web",
	"controller": true,
}]}}

both(state) := {"object": state, "oldObject": state}

token_secret := {"type": "kubernetes.io/service-account-token"}

gone_owner := owned_by("Deployment", "apps")

states := {
	"aggregated": both({"aggregationRule": {"clusterRoleSelectors": [{}]}}),
	"autoscaled": {"object": {"spec": {"replicas": 3}}, "oldObject": {"spec": {"replicas": 2}}},
	"deleting": both({"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}),
	"disowns": {"object": {"metadata": {}}, "oldObject": gone_owner},
	"expiring": both({
		"spec": {"ttlSecondsAfterFinished": 10},
		"status": {"conditions": [{"type": "Complete", "status": "True"}]},
	}),
	"local": both({"metadata": {"labels": {"kube-aggregator.kubernetes.io/automanaged": "onstart"}}, "spec": {}}),
	"owned": both(gone_owner),
	"released": both({"spec": {"persistentVolumeReclaimPolicy": "Delete"}}),
	"replaceable": both(gone_owner),
	"token_secret": both(token_secret),
}

scope_of(row) := {
	"change": sample.change([change |
		some field in row.fields
		change := object.union(sample.changed(whole_segments(field), "a", "b"), kind_of(row))
	]),
	"parameters": {},
	"object": {
		"managed": true,
		"self": true,
		"namespaceTerminating": true,
		"owners": [{"uid": "web", "state": "gone"}],
		"claim": {"status": "known", "value": "gone"},
		"scalers": {"status": "known", "value": [{"name": "a", "managed": true, "replicasMin": 1, "replicasMax": 5}]},
	},
}

kind_of(row) := {"kind": "added"} if row.condition == "guarding"

kind_of(row) := {"kind": "removed"} if row.condition == "disowns"

kind_of(row) := {} if not row.condition in {"disowns", "guarding"}

whole_segments(["metadata", "ownerReferences"]) := ["metadata", "ownerReferences", "web"]

whole_segments(field) := [trim_suffix(segment, "*") | some segment in field] if field != ["metadata", "ownerReferences"]
