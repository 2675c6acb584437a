# What each control-plane identity may do to an object that Git manages: verb, resource, subresource, fields.
#
# Exact, and by the identity's row in `facts.actor.name`. Whoever may do more than its row says could be used to undo
# what Git declares. Always-protected keys change only where a row names them in `fields`.
package holdfast.lib.platform

import data.holdfast.lib.autoscalers
import data.holdfast.lib.changes
import data.holdfast.lib.naming

# Whether some row permits the whole request.
permits(request, actor, change) if permits_in(request, actor, {"change": change})

# The same, with what is known of the object beyond the request: `object` of the facts, and the policy's parameters.
permits_in(request, actor, scope) if {
	actor.class == "platform"
	some row in rows_of(actor.name)
	covers(row, request)
	holds(row, request, scope)
	changes_only(row, request, scope.change)
}

# Whether some row names this very key.
permits_protected(request, actor, change) if {
	actor.class == "platform"
	some row in rows_of(actor.name)
	row.fields
	covers(row, request)
	holds(row, request, {"change": change})
	changes_only(row, request, change)
}

# Everything at once, where the controllers have no accounts of their own.
rows_of("kube-controller-manager") := [row | some name; row := rows[name][_]; not name in others]

rows_of(name) := rows[name] if name != "kube-controller-manager"

others := {"apiserver", "cloud-controller-manager", "cloud-node-controller", "kube-scheduler"}

covers(row, request) if {
	request.operation in row.verbs
	covers_resource(row, naming.resource(request))
	naming.subresource(request) in object.get(row, "subresources", {""})
	covers_name(row, naming.name(request))
}

covers_resource(row, _) if row.resources == "*"

covers_resource(row, resource) if resource in row.resources

covers_name(row, _) if not row.names

covers_name(row, name) if name in row.names

# What must be true beside verb, resource and name. Each stops somebody who wears a controller's name.
holds(row, _, _) if not row.condition

# Only roles that say which rules are gathered into them.
holds(row, request, _) if {
	row.condition == "aggregated"
	count(request.oldObject.aggregationRule.clusterRoleSelectors) > 0
}

# What a controller made: nothing that Git declares has a controller above it.
holds(row, request, _) if {
	row.condition == "child"
	request.operation == "CREATE"
	is_child(request.object)
}

holds(row, request, _) if {
	row.condition == "child"
	request.operation != "CREATE"
	is_child(request.oldObject)
}

# The garbage collector deletes what has owners, and nothing else.
holds(row, request, _) if {
	row.condition == "owned"
	count(request.oldObject.metadata.ownerReferences) > 0
}

# It takes owners off and tells them not to wait. An owner that it added would get the object deleted.
holds(row, _, scope) if {
	row.condition == "disowns"
	every path in scope.change.paths {
		disowns(path)
	}
}

# A Job that says itself that it is to go when it has finished.
holds(row, request, _) if {
	row.condition == "expiring"
	is_number(request.oldObject.spec.ttlSecondsAfterFinished)
}

# The namespace is going. Where nobody could tell, it may be: namespaces that never go away are worse.
holds(row, _, scope) if {
	row.condition == "terminating"
	not is_living(scope)
}

holds(row, request, scope) if {
	row.condition == "autoscaled"
	autoscalers.permits(request, scope.object, object.get(scope, "parameters", {}))
}

is_child(state) if {
	some owner in state.metadata.ownerReferences
	owner.controller
}

is_living(scope) if scope.object.namespaceTerminating == false

disowns(path) if path.segments[1] == "finalizers"

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

changes_only(row, request, _) if {
	row.fields
	request.operation != "UPDATE"
}

changes_only(row, request, change) if {
	row.fields
	request.operation == "UPDATE"
	changes.only_below(change, row.fields)
}

# A long status is cut in the list of changes; metadata comes first in it, and the API server drops the rest.
changes_only(row, request, change) if {
	row.fields
	request.operation == "UPDATE"
	naming.subresource(request) == "status"
	changes.all_below(change, row.fields)
}

status_of(resources) := {
	"verbs": {"UPDATE"},
	"resources": resources,
	"subresources": {"status"},
	"fields": [["status"]],
}

children(resources) := {
	"verbs": {"CREATE", "UPDATE", "DELETE"},
	"resources": resources,
	"condition": "child",
}

all_of(resources) := {"verbs": {"CREATE", "UPDATE", "DELETE"}, "resources": resources}

finalizers_of(resources, names) := {
	"verbs": {"UPDATE"},
	"resources": resources,
	"fields": [["metadata", "finalizers", name] | some name in names],
}

pod_conditions := status_of({"pods"})

pod_removal := {"verbs": {"DELETE"}, "resources": {"pods"}}

volume_annotations := [
	["metadata", "annotations", "pv.kubernetes.io/*"],
	["metadata", "annotations", "volume.beta.kubernetes.io/*"],
	["metadata", "annotations", "volume.kubernetes.io/*"],
]

rows["apiserver"] := [
	{"verbs": {"CREATE", "UPDATE"}, "resources": {"services"}, "names": {"kubernetes"}},
	all_of({"endpoints", "endpointslices.discovery.k8s.io"}),
	all_of({"apiservices.apiregistration.k8s.io", "ipaddresses.networking.k8s.io"}),
	status_of({
		"apiservices.apiregistration.k8s.io", "customresourcedefinitions.apiextensions.k8s.io",
		"flowschemas.flowcontrol.apiserver.k8s.io", "servicecidrs.networking.k8s.io",
	}),
	finalizers_of(
		{"customresourcedefinitions.apiextensions.k8s.io"},
		{"customresourcecleanup.apiextensions.k8s.io"},
	),
	{
		"verbs": {"CREATE"},
		"resources": {
			"clusterrolebindings.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io",
			"configmaps", "flowschemas.flowcontrol.apiserver.k8s.io", "namespaces",
			"priorityclasses.scheduling.k8s.io",
			"prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
			"rolebindings.rbac.authorization.k8s.io", "roles.rbac.authorization.k8s.io",
			"servicecidrs.networking.k8s.io",
		},
	},
]

rows["attachdetach-controller"] := [
	all_of({"volumeattachments.storage.k8s.io"}),
	status_of({"nodes"}),
]

rows["certificate-controller"] := [
	status_of({"certificatesigningrequests.certificates.k8s.io"}),
	{
		"verbs": {"UPDATE"},
		"resources": {"certificatesigningrequests.certificates.k8s.io"},
		"subresources": {"approval"},
		"fields": [["status"]],
	},
	{"verbs": {"DELETE"}, "resources": {"certificatesigningrequests.certificates.k8s.io"}},
]

rows["cloud-controller-manager"] := [
	status_of({"services", "nodes"}),
	finalizers_of({"services"}, {"service.kubernetes.io/load-balancer-cleanup"}),
	all_of({"nodes"}),
]

rows["cloud-node-controller"] := [all_of({"nodes"}), status_of({"nodes"})]

rows["clusterrole-aggregation-controller"] := [{
	"verbs": {"UPDATE"},
	"resources": {"clusterroles.rbac.authorization.k8s.io"},
	"fields": [["rules"]],
	"condition": "aggregated",
}]

rows["cronjob-controller"] := [children({"jobs.batch"}), status_of({"cronjobs.batch"})]

rows["daemon-set-controller"] := [
	children({"pods", "controllerrevisions.apps"}),
	status_of({"daemonsets.apps"}),
	{"verbs": {"CREATE"}, "resources": {"pods"}, "subresources": {"binding"}},
]

rows["deployment-controller"] := [
	children({"replicasets.apps"}),
	# Where it first sees a rollout it writes the revision together with the status.
	{
		"verbs": {"UPDATE"},
		"resources": {"deployments.apps"},
		"subresources": {"status"},
		"fields": [["status"], ["metadata", "annotations", "deployment.kubernetes.io/revision"]],
	},
	{
		"verbs": {"UPDATE"},
		"resources": {"deployments.apps"},
		"fields": [["metadata", "annotations", "deployment.kubernetes.io/revision"]],
	},
]

rows["device-taint-eviction-controller"] := [pod_removal, pod_conditions]

rows["disruption-controller"] := [
	status_of({"poddisruptionbudgets.policy"}),
	pod_conditions,
]

rows["endpoint-controller"] := [all_of({"endpoints"})]

rows["endpointslice-controller"] := [all_of({"endpointslices.discovery.k8s.io"})]

rows["endpointslicemirroring-controller"] := [all_of({"endpointslices.discovery.k8s.io"})]

rows["ephemeral-volume-controller"] := [{"verbs": {"CREATE"}, "resources": {"persistentvolumeclaims"}}]

rows["expand-controller"] := [
	status_of({"persistentvolumeclaims"}),
	{
		"verbs": {"UPDATE"},
		"resources": {"persistentvolumeclaims", "persistentvolumes"},
		"fields": array.concat([["spec", "capacity"]], volume_annotations),
	},
]

# Deletes what its owner took along, and releases what it keeps. Its guard is that nobody else may edit owners.
rows["generic-garbage-collector"] := [
	{
		"verbs": {"UPDATE"},
		"resources": "*",
		"fields": [
			["metadata", "ownerReferences"],
			["metadata", "finalizers", "foregroundDeletion"],
			["metadata", "finalizers", "orphan"],
		],
		"condition": "disowns",
	},
	{"verbs": {"DELETE"}, "resources": "*", "condition": "owned"},
]

rows["horizontal-pod-autoscaler"] := [
	{
		"verbs": {"UPDATE"},
		"resources": "*",
		"subresources": {"scale"},
		"fields": [["spec", "replicas"]],
		"condition": "autoscaled",
	},
	status_of({"horizontalpodautoscalers.autoscaling"}),
]

rows["job-controller"] := [
	children({"pods"}),
	status_of({"jobs.batch"}),
	{
		"verbs": {"UPDATE"},
		"resources": {"jobs.batch"},
		"fields": [["metadata", "annotations", "batch.kubernetes.io/job-tracking"]],
	},
]

rows["kube-scheduler"] := [
	{"verbs": {"CREATE"}, "resources": {"pods"}, "subresources": {"binding"}},
	{"verbs": {"CREATE"}, "resources": {"bindings"}},
	pod_removal,
	status_of({"pods", "resourceclaims.resource.k8s.io"}),
	{
		"verbs": {"UPDATE"},
		"resources": {"persistentvolumeclaims", "persistentvolumes"},
		"fields": array.concat([["spec", "claimRef"], ["spec", "volumeName"]], volume_annotations),
	},
]

rows["legacy-service-account-token-cleaner"] := [{
	"verbs": {"UPDATE"},
	"resources": {"secrets"},
	"fields": [["metadata", "labels", "kubernetes.io/legacy-token-invalid-since"]],
}]

# What it deletes was condemned with the namespace: that deletion is judged where somebody asks for it.
rows["namespace-controller"] := [
	{"verbs": {"DELETE"}, "resources": "*", "condition": "terminating"},
	{"verbs": {"UPDATE"}, "resources": {"namespaces"}, "subresources": {"finalize", "status"}},
]

rows["node-controller"] := [all_of({"nodes"}), status_of({"nodes"}), pod_removal, pod_conditions]

# It makes volumes, releases them and reclaims them; what a volume is stays as Git says.
rows["persistent-volume-binder"] := [
	{"verbs": {"CREATE", "DELETE"}, "resources": {"persistentvolumes"}},
	{
		"verbs": {"UPDATE"},
		"resources": {"persistentvolumes"},
		"fields": array.concat(
			[
				["spec", "claimRef"],
				["metadata", "finalizers", "external-provisioner.volume.kubernetes.io/finalizer"],
				["metadata", "finalizers", "kubernetes.io/pv-controller"],
			],
			volume_annotations,
		),
	},
	status_of({"persistentvolumes", "persistentvolumeclaims"}),
	{
		"verbs": {"UPDATE"},
		"resources": {"persistentvolumeclaims"},
		"fields": array.concat([["spec", "volumeName"]], volume_annotations),
	},
]

rows["pod-garbage-collector"] := [pod_removal, pod_conditions]

rows["podcertificaterequestcleaner"] := [{
	"verbs": {"DELETE"},
	"resources": {"podcertificaterequests.certificates.k8s.io"},
}]

rows["pv-protection-controller"] := [finalizers_of({"persistentvolumes"}, {"kubernetes.io/pv-protection"})]

rows["pvc-protection-controller"] := [finalizers_of({"persistentvolumeclaims"}, {"kubernetes.io/pvc-protection"})]

rows["replicaset-controller"] := [children({"pods"}), status_of({"replicasets.apps"})]

rows["replication-controller"] := [children({"pods"}), status_of({"replicationcontrollers"})]

rows["resource-claim-controller"] := [
	all_of({"resourceclaims.resource.k8s.io"}),
	status_of({"pods", "resourceclaims.resource.k8s.io"}),
]

rows["resourcequota-controller"] := [status_of({"resourcequotas"})]

rows["root-ca-cert-publisher"] := [{
	"verbs": {"CREATE", "UPDATE"},
	"resources": {"configmaps"},
	"names": {"kube-root-ca.crt"},
}]

rows["route-controller"] := [status_of({"nodes"})]

rows["selinux-warning-controller"] := []

rows["service-account-controller"] := [{
	"verbs": {"CREATE"},
	"resources": {"serviceaccounts"},
	"names": {"default"},
}]

rows["service-cidrs-controller"] := [
	all_of({"ipaddresses.networking.k8s.io"}),
	status_of({"servicecidrs.networking.k8s.io"}),
	finalizers_of({"servicecidrs.networking.k8s.io"}, {"networking.k8s.io/service-cidr-finalizer"}),
]

rows["service-controller"] := [
	status_of({"services"}),
	finalizers_of({"services"}, {"service.kubernetes.io/load-balancer-cleanup"}),
]

rows["statefulset-controller"] := [
	children({"pods", "controllerrevisions.apps"}),
	status_of({"statefulsets.apps"}),
	{"verbs": {"CREATE"}, "resources": {"persistentvolumeclaims"}},
	# Its retention policy: the claim then goes with its StatefulSet or its pod. `deletion_by_proxy` asks whether it says so.
	{
		"verbs": {"UPDATE"},
		"resources": {"persistentvolumeclaims"},
		"fields": [["metadata", "ownerReferences"]],
	},
]

rows["storage-version-garbage-collector"] := [status_of({"storageversions.internal.apiserver.k8s.io"})]

# Rewrites objects as they are: no semantic change, which everybody may make.
rows["storage-version-migrator-controller"] := [status_of({"storageversionmigrations.storagemigration.k8s.io"})]

rows["taint-eviction-controller"] := [pod_removal, pod_conditions]

rows["ttl-after-finished-controller"] := [{
	"verbs": {"DELETE"},
	"resources": {"jobs.batch"},
	"condition": "expiring",
}]

rows["ttl-controller"] := [{
	"verbs": {"UPDATE"},
	"resources": {"nodes"},
	"fields": [["metadata", "annotations", "node.alpha.kubernetes.io/ttl"]],
}]

rows["validatingadmissionpolicy-status-controller"] := [status_of({"validatingadmissionpolicies.admissionregistration.k8s.io"})]

rows["volumeattributesclass-protection-controller"] := [finalizers_of(
	{"volumeattributesclasses.storage.k8s.io"},
	{"kubernetes.io/vac-protection"},
)]
