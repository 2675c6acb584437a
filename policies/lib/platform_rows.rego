# The rows of `platform`: what the real controllers write, and the condition under which they do.
#
# Source: kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go, and the controllers below
# pkg/controller. Each row was read with one question: what could somebody who wears this name do with it to what Git
# declares?
package holdfast.lib.platform_rows

status_of(resources) := {
	"verbs": {"UPDATE"},
	"resources": resources,
	"subresources": {"status"},
	"fields": [["status"]],
	"condition": "keeps_addresses",
}

# What a controller makes for owners of one kind. What it makes is held against the owner's template by
# `platform_children`; afterwards the controller changes the given fields and never the template.
children(resources, owner, fields) := [
	{
		"verbs": {"CREATE", "DELETE"},
		"resources": resources,
		"condition": "child",
		"owner": owner,
	},
	{
		"verbs": {"UPDATE"},
		"resources": resources,
		"condition": "child",
		"owner": owner,
		"fields": array.concat([["metadata", "ownerReferences"]], fields),
	},
]

labelled(resources, label, value) := {
	"verbs": {"CREATE", "UPDATE", "DELETE"},
	"resources": resources,
	"condition": "labelled",
	"label": label,
	"value": value,
}

slices_of(value) := labelled({"endpointslices.discovery.k8s.io"}, "endpointslice.kubernetes.io/managed-by", value)

# Taken off at the end of what they guard; the deletion itself was judged.
closing_finalizers(resources, names) := object.union(finalizers_of(resources, names), {"condition": "guarding"})

finalizers_of(resources, names) := {
	"verbs": {"UPDATE"},
	"resources": resources,
	"fields": [["metadata", "finalizers", name] | some name in names],
}

pod_conditions := status_of({"pods"})

pod_removal := {"verbs": {"DELETE"}, "resources": {"pods"}, "condition": "replaceable"}

# Addresses, taints and the labels that say where a node is.
node_upkeep := {
	"verbs": {"UPDATE"},
	"resources": {"nodes"},
	"fields": [
		["spec", "podCIDR"],
		["spec", "podCIDRs"],
		["spec", "providerID"],
		["spec", "taints"],
		["metadata", "annotations", "node.alpha.kubernetes.io/*"],
		["metadata", "annotations", "node.kubernetes.io/*"],
		["metadata", "labels", "beta.kubernetes.io/*"],
		["metadata", "labels", "failure-domain.beta.kubernetes.io/*"],
		["metadata", "labels", "kubernetes.io/*"],
		["metadata", "labels", "node.kubernetes.io/*"],
		["metadata", "labels", "topology.kubernetes.io/*"],
	],
}

node_removal := {"verbs": {"DELETE"}, "resources": {"nodes"}, "condition": "not_ready"}

volume_annotations := [
	["metadata", "annotations", "pv.kubernetes.io/*"],
	["metadata", "annotations", "volume.beta.kubernetes.io/*"],
	["metadata", "annotations", "volume.kubernetes.io/*"],
]

rows["apiserver"] := [
	{"verbs": {"CREATE", "UPDATE"}, "resources": {"services"}, "names": {"kubernetes"}, "namespaces": {"default"}},
	{
		"verbs": {"CREATE", "UPDATE", "DELETE"},
		"resources": {"endpoints", "endpointslices.discovery.k8s.io"},
		"names": {"kubernetes"},
		"namespaces": {"default"},
	},
	{
		"verbs": {"CREATE", "UPDATE", "DELETE"},
		"resources": {"apiservices.apiregistration.k8s.io"},
		"condition": "local",
	},
	{"verbs": {"CREATE", "UPDATE", "DELETE"}, "resources": {"ipaddresses.networking.k8s.io"}},
	# Tokens that stand in Secrets: when one was last used, and that it may be used again.
	{
		"verbs": {"UPDATE"},
		"resources": {"secrets"},
		"fields": [
			["metadata", "labels", "kubernetes.io/legacy-token-invalid-since"],
			["metadata", "labels", "kubernetes.io/legacy-token-last-used"],
		],
		"condition": "token_secret",
	},
	# Quotas and disruption budgets: what it counts before it lets an object be made or a pod be evicted.
	status_of({
		"apiservices.apiregistration.k8s.io", "customresourcedefinitions.apiextensions.k8s.io",
		"flowschemas.flowcontrol.apiserver.k8s.io", "poddisruptionbudgets.policy", "resourcequotas",
		"servicecidrs.networking.k8s.io", "storageversions.internal.apiserver.k8s.io",
	}),
	{
		"verbs": {"UPDATE"},
		"resources": {"customresourcedefinitions.apiextensions.k8s.io"},
		"subresources": {"", "status"},
		"fields": [["metadata", "finalizers", "customresourcecleanup.apiextensions.k8s.io"], ["status"]],
		"condition": "deleting",
	},
	{
		"verbs": {"CREATE"},
		"resources": {"clusterrolebindings.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io"},
		"names": {"admin", "cluster-admin", "edit", "system:*", "view"},
	},
	{
		"verbs": {"CREATE"},
		"resources": {"rolebindings.rbac.authorization.k8s.io", "roles.rbac.authorization.k8s.io"},
		"names": {"extension-apiserver-authentication-reader", "system:*"},
		"namespaces": {"kube-public", "kube-system"},
	},
	{
		"verbs": {"CREATE"},
		"resources": {"configmaps"},
		"names": {"extension-apiserver-authentication", "kube-apiserver-legacy-service-account-token-tracking"},
		"namespaces": {"kube-system"},
	},
	{
		"verbs": {"CREATE"},
		"resources": {"namespaces"},
		"names": {"default", "kube-node-lease", "kube-public", "kube-system"},
	},
	{"verbs": {"CREATE"}, "resources": {"priorityclasses.scheduling.k8s.io"}, "names": {"system-*"}},
	{
		"verbs": {"CREATE"},
		"resources": {
			"flowschemas.flowcontrol.apiserver.k8s.io",
			"prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
		},
		"names": {
			"catch-all", "endpoint-controller", "exempt", "global-default", "kube-controller-manager",
			"kube-scheduler", "kube-system-service-accounts", "leader-election", "node-high", "probes",
			"service-accounts", "system", "system-*", "workload-high", "workload-leader-election", "workload-low",
		},
	},
	{"verbs": {"CREATE"}, "resources": {"servicecidrs.networking.k8s.io"}, "names": {"kubernetes"}},
]

rows["attachdetach-controller"] := [
	{"verbs": {"CREATE", "DELETE"}, "resources": {"volumeattachments.storage.k8s.io"}},
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
	closing_finalizers({"services"}, {"service.kubernetes.io/load-balancer-cleanup"}),
	node_upkeep,
	node_removal,
]

rows["cloud-node-controller"] := [node_upkeep, node_removal, status_of({"nodes"})]

rows["clusterrole-aggregation-controller"] := [{
	"verbs": {"UPDATE"},
	"resources": {"clusterroles.rbac.authorization.k8s.io"},
	"fields": [["rules"]],
	"condition": "aggregated",
}]

rows["cronjob-controller"] := array.concat(
	children({"jobs.batch"}, "CronJob.batch", []),
	[status_of({"cronjobs.batch"})],
)

rows["daemon-set-controller"] := array.concat(
	array.concat(
		children({"pods"}, "DaemonSet.apps", [["metadata", "labels", "controller-revision-hash"]]),
		children({"controllerrevisions.apps"}, "DaemonSet.apps", revision_fields),
	),
	[status_of({"daemonsets.apps"})],
)

revision_fields := [["revision"], ["metadata", "labels", "controller-revision-hash"]]

rows["deployment-controller"] := array.concat(children({"replicasets.apps"}, "Deployment.apps", replica_set_fields), [
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
])

# It scales its ReplicaSets, and copies the annotations of the Deployment to them.
replica_set_fields := [["spec", "replicas"], ["spec", "minReadySeconds"], ["metadata", "annotations"]]

rows["device-taint-eviction-controller"] := [
	pod_removal,
	status_of({"devicetaintrules.resource.k8s.io", "pods"}),
]

rows["disruption-controller"] := [
	status_of({"poddisruptionbudgets.policy"}),
	pod_conditions,
]

rows["endpoint-controller"] := [labelled({"endpoints"}, "endpoints.kubernetes.io/managed-by", "endpoint-controller")]

rows["endpointslice-controller"] := [slices_of("endpointslice-controller.k8s.io")]

rows["endpointslicemirroring-controller"] := [slices_of("endpointslicemirroring-controller.k8s.io")]

rows["ephemeral-volume-controller"] := [{
	"verbs": {"CREATE"},
	"resources": {"persistentvolumeclaims"},
	"condition": "child",
	"owner": "Pod",
}]

rows["expand-controller"] := [
	status_of({"persistentvolumeclaims"}),
	{
		"verbs": {"UPDATE"},
		"resources": {"persistentvolumeclaims", "persistentvolumes"},
		"fields": array.concat([["spec", "capacity"]], volume_annotations),
	},
]

# Deletes what its owner took along, and releases what it keeps.
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

rows["job-controller"] := array.concat(children({"pods"}, "Job.batch", [job_finalizer]), [
	status_of({"jobs.batch"}),
	{
		"verbs": {"UPDATE"},
		"resources": {"jobs.batch"},
		"fields": [["metadata", "annotations", "batch.kubernetes.io/job-tracking"]],
	},
])

# A pod keeps it until it has been counted.
job_finalizer := ["metadata", "finalizers", "batch.kubernetes.io/job-tracking"]

# With accounts of their own for its controllers, it makes those accounts and asks for their tokens, and fills the Secrets
# of service accounts. Without, it needs all their rows: `identity.sharedControllerManager`.
rows["kube-controller-manager"] := [
	{"verbs": {"CREATE"}, "resources": {"serviceaccounts"}, "namespaces": {"kube-system"}},
	{"verbs": {"CREATE"}, "resources": {"serviceaccounts"}, "subresources": {"token"}},
	{
		"verbs": {"UPDATE"},
		"resources": {"secrets"},
		"condition": "token_secret",
		"fields": [
			["data", "ca.crt"],
			["data", "namespace"],
			["data", "token"],
			["metadata", "annotations", "kubernetes.io/service-account.uid"],
		],
	},
]

rows["kube-scheduler"] := [
	{"verbs": {"CREATE"}, "resources": {"pods"}, "subresources": {"binding"}},
	{"verbs": {"CREATE"}, "resources": {"bindings"}},
	pod_removal,
	status_of({"pods", "resourceclaims.resource.k8s.io"}),
	# It binds a volume to a claim, and says on which node a claim is wanted. The claim is bound by the volume binder.
	{
		"verbs": {"UPDATE"},
		"resources": {"persistentvolumes"},
		"fields": array.concat([["spec", "claimRef"]], volume_annotations),
		"condition": "bound_as_before",
	},
	{
		"verbs": {"UPDATE"},
		"resources": {"persistentvolumeclaims"},
		"fields": volume_annotations,
	},
]

rows["legacy-service-account-token-cleaner"] := [{
	"verbs": {"UPDATE"},
	"resources": {"secrets"},
	"fields": [["metadata", "labels", "kubernetes.io/legacy-token-invalid-since"]],
	"condition": "token_secret",
}]

# What it deletes was condemned with the namespace: that deletion was judged where somebody asked for it.
rows["namespace-controller"] := [
	{"verbs": {"DELETE"}, "resources": "*", "condition": "terminating"},
	{
		"verbs": {"UPDATE"},
		"resources": {"namespaces"},
		"subresources": {"finalize", "status"},
		"fields": [["spec", "finalizers"], ["status"]],
		"condition": "deleting",
	},
]

rows["node-controller"] := [node_upkeep, node_removal, status_of({"nodes"}), pod_removal, pod_conditions]

# It makes volumes, releases them and reclaims them; what a volume is stays as Git says.
rows["persistent-volume-binder"] := [
	{"verbs": {"CREATE"}, "resources": {"persistentvolumes"}},
	{"verbs": {"DELETE"}, "resources": {"persistentvolumes"}, "condition": "released"},
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
		"condition": "bound_as_before",
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

rows["pv-protection-controller"] := [closing_finalizers({"persistentvolumes"}, {"kubernetes.io/pv-protection"})]

rows["pvc-protection-controller"] := [closing_finalizers({"persistentvolumeclaims"}, {"kubernetes.io/pvc-protection"})]

rows["replicaset-controller"] := array.concat(
	children({"pods"}, "ReplicaSet.apps", []),
	[status_of({"replicasets.apps"})],
)

rows["replication-controller"] := array.concat(
	children({"pods"}, "ReplicationController", []),
	[status_of({"replicationcontrollers"})],
)

rows["resource-claim-controller"] := array.concat(children({"resourceclaims.resource.k8s.io"}, "Pod", []), [
	finalizers_of({"resourceclaims.resource.k8s.io"}, {"resource.kubernetes.io/delete-protection"}),
	status_of({"pods", "resourceclaims.resource.k8s.io"}),
])

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
	status_of({"servicecidrs.networking.k8s.io"}),
	closing_finalizers({"servicecidrs.networking.k8s.io"}, {"networking.k8s.io/service-cidr-finalizer"}),
]

rows["service-controller"] := [
	status_of({"services"}),
	closing_finalizers({"services"}, {"service.kubernetes.io/load-balancer-cleanup"}),
]

rows["statefulset-controller"] := array.concat(
	array.concat(
		children({"pods"}, "StatefulSet.apps", [
			["metadata", "labels", "apps.kubernetes.io/pod-index"],
			["metadata", "labels", "statefulset.kubernetes.io/pod-name"],
		]),
		children({"controllerrevisions.apps"}, "StatefulSet.apps", revision_fields),
	),
	stateful_set_rows,
)

stateful_set_rows := [
	status_of({"statefulsets.apps"}),
	{"verbs": {"CREATE"}, "resources": {"persistentvolumeclaims"}},
	# Its retention policy: the claim then goes with its StatefulSet or its pod.
	{
		"verbs": {"UPDATE"},
		"resources": {"persistentvolumeclaims"},
		"fields": [["metadata", "ownerReferences"]],
		"condition": "retention",
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

rows["volumeattributesclass-protection-controller"] := [closing_finalizers(
	{"volumeattributesclasses.storage.k8s.io"},
	{"kubernetes.io/vac-protection"},
)]
