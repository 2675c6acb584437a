# What each control-plane identity may do, written down a second time, as a person reads it. A row that permits more than
# stands here fails, so that a slip of one verb, resource, field or name cannot pass: nothing else in the tests would ask for
# exactly that.
package holdfast.lib.platform_rows_test

import data.holdfast.lib.platform_rows

permitted := {
	"apiserver": [
		"CREATE DELETE UPDATE apiservices.apiregistration.k8s.io if local",
		"CREATE DELETE UPDATE endpoints endpointslices.discovery.k8s.io named kubernetes in default",
		"CREATE DELETE UPDATE ipaddresses.networking.k8s.io",
		"CREATE UPDATE services named kubernetes in default",
		"CREATE clusterrolebindings.rbac.authorization.k8s.io clusterroles.rbac.authorization.k8s.io named admin cluster-admin edit system:* view",
		"CREATE configmaps named extension-apiserver-authentication kube-apiserver-legacy-service-account-token-tracking in kube-system",
		"CREATE flowschemas.flowcontrol.apiserver.k8s.io prioritylevelconfigurations.flowcontrol.apiserver.k8s.io named catch-all endpoint-controller exempt global-default kube-controller-manager kube-scheduler kube-system-service-accounts leader-election node-high probes service-accounts system system-* workload-high workload-leader-election workload-low",
		"CREATE namespaces named default kube-node-lease kube-public kube-system",
		"CREATE priorityclasses.scheduling.k8s.io named system-*",
		"CREATE rolebindings.rbac.authorization.k8s.io roles.rbac.authorization.k8s.io named extension-apiserver-authentication-reader system:* in kube-public kube-system",
		"CREATE servicecidrs.networking.k8s.io named kubernetes",
		"UPDATE apiservices.apiregistration.k8s.io customresourcedefinitions.apiextensions.k8s.io flowschemas.flowcontrol.apiserver.k8s.io poddisruptionbudgets.policy resourcequotas servicecidrs.networking.k8s.io storageversions.internal.apiserver.k8s.io / status fields status if keeps_addresses",
		"UPDATE customresourcedefinitions.apiextensions.k8s.io / itself status fields metadata|finalizers|customresourcecleanup.apiextensions.k8s.io status if deleting",
		"UPDATE secrets fields metadata|labels|kubernetes.io/legacy-token-invalid-since metadata|labels|kubernetes.io/legacy-token-last-used if token_secret",
	],
	"attachdetach-controller": [
		"CREATE DELETE volumeattachments.storage.k8s.io",
		"UPDATE nodes / status fields status if keeps_addresses",
	],
	"certificate-controller": [
		"DELETE certificatesigningrequests.certificates.k8s.io",
		"UPDATE certificatesigningrequests.certificates.k8s.io / approval fields status",
		"UPDATE certificatesigningrequests.certificates.k8s.io / status fields status if keeps_addresses",
	],
	"cloud-controller-manager": [
		"DELETE nodes if not_ready",
		"UPDATE nodes fields metadata|annotations|node.alpha.kubernetes.io/* metadata|annotations|node.kubernetes.io/* metadata|labels|beta.kubernetes.io/* metadata|labels|failure-domain.beta.kubernetes.io/* metadata|labels|kubernetes.io/* metadata|labels|node.kubernetes.io/* metadata|labels|topology.kubernetes.io/* spec|podCIDR spec|podCIDRs spec|providerID spec|taints",
		"UPDATE nodes services / status fields status if keeps_addresses",
		"UPDATE services fields metadata|finalizers|service.kubernetes.io/load-balancer-cleanup if guarding",
	],
	"cloud-node-controller": [
		"DELETE nodes if not_ready",
		"UPDATE nodes / status fields status if keeps_addresses",
		"UPDATE nodes fields metadata|annotations|node.alpha.kubernetes.io/* metadata|annotations|node.kubernetes.io/* metadata|labels|beta.kubernetes.io/* metadata|labels|failure-domain.beta.kubernetes.io/* metadata|labels|kubernetes.io/* metadata|labels|node.kubernetes.io/* metadata|labels|topology.kubernetes.io/* spec|podCIDR spec|podCIDRs spec|providerID spec|taints",
	],
	"clusterrole-aggregation-controller": [
		"UPDATE clusterroles.rbac.authorization.k8s.io fields rules if aggregated",
	],
	"cronjob-controller": [
		"CREATE DELETE jobs.batch if child CronJob.batch",
		"UPDATE cronjobs.batch / status fields status if keeps_addresses",
		"UPDATE jobs.batch fields metadata|ownerReferences if child CronJob.batch",
	],
	"daemon-set-controller": [
		"CREATE DELETE controllerrevisions.apps if child DaemonSet.apps",
		"CREATE DELETE pods if child DaemonSet.apps",
		"UPDATE controllerrevisions.apps fields metadata|labels|controller-revision-hash metadata|ownerReferences revision if child DaemonSet.apps",
		"UPDATE daemonsets.apps / status fields status if keeps_addresses",
		"UPDATE pods fields metadata|labels|controller-revision-hash metadata|ownerReferences if child DaemonSet.apps",
	],
	"deployment-controller": [
		"CREATE DELETE replicasets.apps if child Deployment.apps",
		"UPDATE deployments.apps / status fields metadata|annotations|deployment.kubernetes.io/revision status",
		"UPDATE deployments.apps fields metadata|annotations|deployment.kubernetes.io/revision",
		"UPDATE replicasets.apps fields metadata|annotations metadata|ownerReferences spec|minReadySeconds spec|replicas if child Deployment.apps",
	],
	"device-taint-eviction-controller": [
		"DELETE pods if replaceable",
		"UPDATE devicetaintrules.resource.k8s.io pods / status fields status if keeps_addresses",
	],
	"disruption-controller": [
		"UPDATE poddisruptionbudgets.policy / status fields status if keeps_addresses",
		"UPDATE pods / status fields status if keeps_addresses",
	],
	"endpoint-controller": [
		"CREATE DELETE UPDATE endpoints if labelled endpoints.kubernetes.io/managed-by endpoint-controller",
	],
	"endpointslice-controller": [
		"CREATE DELETE UPDATE endpointslices.discovery.k8s.io if labelled endpointslice.kubernetes.io/managed-by endpointslice-controller.k8s.io",
	],
	"endpointslicemirroring-controller": [
		"CREATE DELETE UPDATE endpointslices.discovery.k8s.io if labelled endpointslice.kubernetes.io/managed-by endpointslicemirroring-controller.k8s.io",
	],
	"ephemeral-volume-controller": [
		"CREATE persistentvolumeclaims if child Pod",
	],
	"expand-controller": [
		"UPDATE persistentvolumeclaims / status fields status if keeps_addresses",
		"UPDATE persistentvolumeclaims persistentvolumes fields metadata|annotations|pv.kubernetes.io/* metadata|annotations|volume.beta.kubernetes.io/* metadata|annotations|volume.kubernetes.io/* spec|capacity",
	],
	"generic-garbage-collector": [
		"DELETE * if owned",
		"UPDATE * fields metadata|finalizers|foregroundDeletion metadata|finalizers|orphan metadata|ownerReferences if disowns",
	],
	"horizontal-pod-autoscaler": [
		"UPDATE * / scale fields spec|replicas if autoscaled",
		"UPDATE horizontalpodautoscalers.autoscaling / status fields status if keeps_addresses",
	],
	"job-controller": [
		"CREATE DELETE pods if child Job.batch",
		"UPDATE jobs.batch / status fields status if keeps_addresses",
		"UPDATE jobs.batch fields metadata|annotations|batch.kubernetes.io/job-tracking",
		"UPDATE pods fields metadata|finalizers|batch.kubernetes.io/job-tracking metadata|ownerReferences if child Job.batch",
	],
	"kube-controller-manager": [
		"CREATE serviceaccounts / token",
		"CREATE serviceaccounts in kube-system",
		"UPDATE secrets fields data|ca.crt data|namespace data|token metadata|annotations|kubernetes.io/service-account.uid if token_secret",
	],
	"kube-scheduler": [
		"CREATE bindings",
		"CREATE pods / binding",
		"DELETE pods if replaceable",
		"UPDATE persistentvolumeclaims fields metadata|annotations|pv.kubernetes.io/* metadata|annotations|volume.beta.kubernetes.io/* metadata|annotations|volume.kubernetes.io/*",
		"UPDATE persistentvolumes fields metadata|annotations|pv.kubernetes.io/* metadata|annotations|volume.beta.kubernetes.io/* metadata|annotations|volume.kubernetes.io/* spec|claimRef if bound_as_before",
		"UPDATE pods resourceclaims.resource.k8s.io / status fields status if keeps_addresses",
	],
	"legacy-service-account-token-cleaner": [
		"UPDATE secrets fields metadata|labels|kubernetes.io/legacy-token-invalid-since if token_secret",
	],
	"namespace-controller": [
		"DELETE * if terminating",
		"UPDATE namespaces / finalize status fields spec|finalizers status if deleting",
	],
	"node-controller": [
		"DELETE nodes if not_ready",
		"DELETE pods if replaceable",
		"UPDATE nodes / status fields status if keeps_addresses",
		"UPDATE nodes fields metadata|annotations|node.alpha.kubernetes.io/* metadata|annotations|node.kubernetes.io/* metadata|labels|beta.kubernetes.io/* metadata|labels|failure-domain.beta.kubernetes.io/* metadata|labels|kubernetes.io/* metadata|labels|node.kubernetes.io/* metadata|labels|topology.kubernetes.io/* spec|podCIDR spec|podCIDRs spec|providerID spec|taints",
		"UPDATE pods / status fields status if keeps_addresses",
	],
	"persistent-volume-binder": [
		"CREATE persistentvolumes",
		"DELETE persistentvolumes if released",
		"UPDATE persistentvolumeclaims fields metadata|annotations|pv.kubernetes.io/* metadata|annotations|volume.beta.kubernetes.io/* metadata|annotations|volume.kubernetes.io/* spec|volumeName",
		"UPDATE persistentvolumeclaims persistentvolumes / status fields status if keeps_addresses",
		"UPDATE persistentvolumes fields metadata|annotations|pv.kubernetes.io/* metadata|annotations|volume.beta.kubernetes.io/* metadata|annotations|volume.kubernetes.io/* metadata|finalizers|external-provisioner.volume.kubernetes.io/finalizer metadata|finalizers|kubernetes.io/pv-controller spec|claimRef if bound_as_before",
	],
	"pod-garbage-collector": [
		"DELETE pods if replaceable",
		"UPDATE pods / status fields status if keeps_addresses",
	],
	"podcertificaterequestcleaner": [
		"DELETE podcertificaterequests.certificates.k8s.io",
	],
	"pv-protection-controller": [
		"UPDATE persistentvolumes fields metadata|finalizers|kubernetes.io/pv-protection if guarding",
	],
	"pvc-protection-controller": [
		"UPDATE persistentvolumeclaims fields metadata|finalizers|kubernetes.io/pvc-protection if guarding",
	],
	"replicaset-controller": [
		"CREATE DELETE pods if child ReplicaSet.apps",
		"UPDATE pods fields metadata|ownerReferences if child ReplicaSet.apps",
		"UPDATE replicasets.apps / status fields status if keeps_addresses",
	],
	"replication-controller": [
		"CREATE DELETE pods if child ReplicationController",
		"UPDATE pods fields metadata|ownerReferences if child ReplicationController",
		"UPDATE replicationcontrollers / status fields status if keeps_addresses",
	],
	"resource-claim-controller": [
		"CREATE DELETE resourceclaims.resource.k8s.io if child Pod",
		"UPDATE pods resourceclaims.resource.k8s.io / status fields status if keeps_addresses",
		"UPDATE resourceclaims.resource.k8s.io fields metadata|finalizers|resource.kubernetes.io/delete-protection",
		"UPDATE resourceclaims.resource.k8s.io fields metadata|ownerReferences if child Pod",
	],
	"resourcequota-controller": [
		"UPDATE resourcequotas / status fields status if keeps_addresses",
	],
	"root-ca-cert-publisher": [
		"CREATE UPDATE configmaps named kube-root-ca.crt",
	],
	"route-controller": [
		"UPDATE nodes / status fields status if keeps_addresses",
	],
	"selinux-warning-controller": [],
	"service-account-controller": [
		"CREATE serviceaccounts named default",
	],
	"service-cidrs-controller": [
		"UPDATE servicecidrs.networking.k8s.io / status fields status if keeps_addresses",
		"UPDATE servicecidrs.networking.k8s.io fields metadata|finalizers|networking.k8s.io/service-cidr-finalizer if guarding",
	],
	"service-controller": [
		"UPDATE services / status fields status if keeps_addresses",
		"UPDATE services fields metadata|finalizers|service.kubernetes.io/load-balancer-cleanup if guarding",
	],
	"statefulset-controller": [
		"CREATE DELETE controllerrevisions.apps if child StatefulSet.apps",
		"CREATE DELETE pods if child StatefulSet.apps",
		"CREATE persistentvolumeclaims",
		"UPDATE controllerrevisions.apps fields metadata|labels|controller-revision-hash metadata|ownerReferences revision if child StatefulSet.apps",
		"UPDATE persistentvolumeclaims fields metadata|ownerReferences if retention",
		"UPDATE pods fields metadata|labels|apps.kubernetes.io/pod-index metadata|labels|statefulset.kubernetes.io/pod-name metadata|ownerReferences if child StatefulSet.apps",
		"UPDATE statefulsets.apps / status fields status if keeps_addresses",
	],
	"storage-version-garbage-collector": [
		"UPDATE storageversions.internal.apiserver.k8s.io / status fields status if keeps_addresses",
	],
	"storage-version-migrator-controller": [
		"UPDATE storageversionmigrations.storagemigration.k8s.io / status fields status if keeps_addresses",
	],
	"taint-eviction-controller": [
		"DELETE pods if replaceable",
		"UPDATE pods / status fields status if keeps_addresses",
	],
	"ttl-after-finished-controller": [
		"DELETE jobs.batch if expiring",
	],
	"ttl-controller": [
		"UPDATE nodes fields metadata|annotations|node.alpha.kubernetes.io/ttl",
	],
	"validatingadmissionpolicy-status-controller": [
		"UPDATE validatingadmissionpolicies.admissionregistration.k8s.io / status fields status if keeps_addresses",
	],
	"volumeattributesclass-protection-controller": [
		"UPDATE volumeattributesclasses.storage.k8s.io fields metadata|finalizers|kubernetes.io/vac-protection if guarding",
	],
}

test_no_identity_may_do_more_than_was_reviewed if {
	object.keys(platform_rows.rows) == object.keys(permitted)
	every name, rows in platform_rows.rows {
		sort([line(row) | some row in rows]) == permitted[name]
	}
}

# VERBS RESOURCES [/ SUBRESOURCES] [named NAMES] [in NAMESPACES] [fields SEGMENT|SEGMENT] [if CONDITION OF-WHAT]
line(row) := concat("", [
	words(row.verbs),
	" ",
	resources(row),
	part(row, "subresources", " / "),
	part(row, "names", " named "),
	part(row, "namespaces", " in "),
	fields(row),
	condition(row),
])

words(items) := concat(" ", sort([shown(item) | some item in items]))

shown("") := "itself"

shown(item) := item if item != ""

resources(row) := row.resources if is_string(row.resources)

resources(row) := words(row.resources) if not is_string(row.resources)

part(row, key, before) := $"{before}{words(row[key])}" if row[key]

part(row, key, _) := "" if not row[key]

fields(row) := $" fields {words({concat("|", field) | some field in row.fields})}" if row.fields

fields(row) := "" if not row.fields

condition(row) := $" if {concat(" ", [row[key] | some key in ["condition", "owner", "label", "value"]; row[key]])}" if {
	row.condition
}

condition(row) := "" if not row.condition
