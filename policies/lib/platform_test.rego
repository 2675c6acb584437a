package holdfast.lib.platform_test

import data.holdfast.lib.platform
import data.holdfast.lib.platform_rows
import data.holdfast.lib.samples_test as sample

may(name, request, scope) if platform.permits(request, sample.platform(name), scope)

changes(segments) := {"change": sample.change([sample.changed(segments, "a", "b")])}

owned_by(api_version, kind) := {"metadata": {"ownerReferences": [{
	"apiVersion": api_version, "kind": kind, "name": "web", "uid": "web", "controller": true,
}]}}

child(resource, group, owner) := sample.request_for(resource, group, {"oldObject": owner, "object": owner})

makers := {
	"cronjob-controller": ["jobs", "batch", "batch/v1", "CronJob"],
	"daemon-set-controller": ["pods", "", "apps/v1", "DaemonSet"],
	"deployment-controller": ["replicasets", "apps", "apps/v1", "Deployment"],
	"job-controller": ["pods", "", "batch/v1", "Job"],
	"replicaset-controller": ["pods", "", "apps/v1", "ReplicaSet"],
	"replication-controller": ["pods", "", "v1", "ReplicationController"],
	"statefulset-controller": ["controllerrevisions", "apps", "apps/v1", "StatefulSet"],
}

test_each_controller_works_on_children_of_its_own_kind if {
	every name, row in makers {
		[resource, group, api_version, kind] := row
		request := child(resource, group, owned_by(api_version, kind))
		every operation in ["CREATE", "DELETE"] {
			may(name, object.union(request, {"operation": operation}), {"change": sample.whole})
			not may("endpoint-controller", object.union(request, {"operation": operation}), {"change": sample.whole})
		}
		may(name, request, changes(["metadata", "ownerReferences", "web"]))
		not may(name, request, changes(["spec", "template", "spec", "containers", "app", "image"]))
		not may(name, request, changes(["spec", "containers", "app", "image"]))
		not may(name, child(resource, group, owned_by("example.com/v1", kind)), changes(["metadata", "ownerReferences", "web"]))
		adopted := sample.request_for(resource, group, {"object": owned_by(api_version, kind)})
		not may(name, adopted, changes(["metadata", "ownerReferences", "web"]))
	}
}

test_a_deployment_scales_its_replica_sets if {
	request := child("replicasets", "apps", owned_by("apps/v1", "Deployment"))
	every segments in [["spec", "replicas"], ["spec", "minReadySeconds"], ["metadata", "annotations", "x"]] {
		may("deployment-controller", request, changes(segments))
	}
	not may("deployment-controller", request, changes(["metadata", "labels", "x"]))
	not may("deployment-controller", request, changes(["spec", "selector", "matchLabels", "x"]))
}

test_a_job_lets_its_pods_go if {
	request := child("pods", "", owned_by("batch/v1", "Job"))
	may("job-controller", request, changes(["metadata", "finalizers", "batch.kubernetes.io/job-tracking"]))
	not may("job-controller", request, changes(["metadata", "finalizers", "example.com/keep"]))
}

test_the_shared_name_has_token_requests_only if {
	token := sample.request_for("serviceaccounts", "", {"operation": "CREATE", "subResource": "token"})
	may("kube-controller-manager", token, {"change": sample.whole})
	account := sample.request_for("serviceaccounts", "", {"operation": "CREATE", "namespace": "kube-system"})
	may("kube-controller-manager", account, {"change": sample.whole})
	not may("kube-controller-manager", object.union(account, {"namespace": "shop"}), {"change": sample.whole})
	every _, row in makers {
		[resource, group, api_version, kind] := row
		request := object.union(child(resource, group, owned_by(api_version, kind)), {"operation": "DELETE"})
		not may("kube-controller-manager", request, {"change": sample.whole, "parameters": {}})
		may("kube-controller-manager", request, {"change": sample.whole, "parameters": {"sharedControllerManager": true}})
	}
}

test_the_shared_name_is_no_scheduler_and_no_api_server if {
	shared := {"change": sample.whole, "parameters": {"sharedControllerManager": true}}
	binding := sample.request_for("pods", "", {"operation": "CREATE", "subResource": "binding"})
	may("kube-scheduler", binding, shared)
	not may("kube-controller-manager", binding, shared)
	role := sample.request_for("clusterroles", "rbac.authorization.k8s.io", {"operation": "CREATE", "namespace": "", "name": "system:node"})
	may("apiserver", role, shared)
	not may("kube-controller-manager", role, shared)
}

test_tokens_are_put_into_token_secrets if {
	secret := {"type": "kubernetes.io/service-account-token"}
	request := sample.request_for("secrets", "", {"object": secret, "oldObject": secret})
	may("kube-controller-manager", request, changes(["data", "token"]))
	not may("kube-controller-manager", request, changes(["data", "password"]))
	opaque := object.union(request, {"object": {"type": "Opaque"}})
	not may("kube-controller-manager", opaque, changes(["data", "token"]))
}

test_slices_of_each_controller_are_its_own if {
	labels := {
		"endpoint-controller": ["endpoints", "", "endpoints.kubernetes.io/managed-by", "endpoint-controller"],
		"endpointslice-controller": ["endpointslices", "discovery.k8s.io", "endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io"],
		"endpointslicemirroring-controller": ["endpointslices", "discovery.k8s.io", "endpointslice.kubernetes.io/managed-by", "endpointslicemirroring-controller.k8s.io"],
	}
	every name, row in labels {
		[resource, group, key, value] := row
		own := {"metadata": {"labels": {key: value}}}
		plain := {"metadata": {"labels": {key: "somebody.else"}}}
		may(name, sample.request_for(resource, group, {"oldObject": own, "object": own}), changes(["endpoints", "0"]))
		every states in [[own, plain], [plain, own], [plain, plain]] {
			not may(name, sample.request_for(resource, group, {"oldObject": states[0], "object": states[1]}), changes(["endpoints", "0"]))
		}
	}
}

# A mark that names the new object itself is nobody's but the writer's.
test_no_row_makes_what_git_declares if {
	marked := object.union(sample.managed, {"mark": "annotation argocd.argoproj.io/tracking-id"})
	labelled := object.union(sample.managed, {"mark": "label app.kubernetes.io/instance"})
	makers_of_the_unowned := {
		"apiserver": ["ipaddresses", "networking.k8s.io"],
		"attachdetach-controller": ["volumeattachments", "storage.k8s.io"],
		"persistent-volume-binder": ["persistentvolumes", ""],
		"statefulset-controller": ["persistentvolumeclaims", ""],
	}
	every name, kind in makers_of_the_unowned {
		creation := sample.request_for(kind[0], kind[1], {"operation": "CREATE", "oldObject": null})
		may(name, creation, {"change": sample.whole, "object": sample.unmanaged})
		may(name, creation, {"change": sample.whole, "object": labelled})
		not may(name, creation, {"change": sample.whole, "object": marked})
	}
}

test_the_scheduler_binds_volumes_and_no_claims if {
	claim := sample.request_for("persistentvolumeclaims", "", {})
	may("kube-scheduler", claim, changes(["metadata", "annotations", "volume.kubernetes.io/selected-node"]))
	not may("kube-scheduler", claim, changes(["spec", "volumeName"]))
	may("persistent-volume-binder", claim, changes(["spec", "volumeName"]))
	volume := sample.request_for("persistentvolumes", "", {"oldObject": {"spec": {}}, "object": {"spec": {"claimRef": {"name": "a"}}}})
	may("kube-scheduler", volume, changes(["spec", "claimRef"]))
	not may("kube-scheduler", volume, changes(["spec", "persistentVolumeReclaimPolicy"]))
}

test_the_api_server_notes_the_use_of_legacy_tokens if {
	secret := {"type": "kubernetes.io/service-account-token"}
	request := sample.request_for("secrets", "", {"object": secret, "oldObject": secret})
	may("apiserver", request, changes(["metadata", "labels", "kubernetes.io/legacy-token-last-used"]))
	not may("apiserver", request, changes(["data", "token"]))
	opaque := object.union(request, {"object": {"type": "Opaque"}})
	not may("apiserver", opaque, changes(["metadata", "labels", "kubernetes.io/legacy-token-last-used"]))
}

# Admission of the API server itself counts what a quota limits, and eviction what a budget has left.
test_the_api_server_counts if {
	every resource in [["resourcequotas", ""], ["poddisruptionbudgets", "policy"]] {
		status := sample.request_for(resource[0], resource[1], {"subResource": "status"})
		may("apiserver", status, changes(["status", "used"]))
		not may("apiserver", object.remove(status, ["subResource"]), changes(["spec", "hard"]))
	}
}

test_nobody_but_the_api_server_reserves_addresses if {
	address := sample.request_for("ipaddresses", "networking.k8s.io", {"namespace": ""})
	may("apiserver", address, changes(["spec", "parentRef"]))
	not may("service-cidrs-controller", address, changes(["spec", "parentRef"]))
	attachment := sample.request_for("volumeattachments", "storage.k8s.io", {"namespace": ""})
	not may("attachdetach-controller", attachment, changes(["spec", "nodeName"]))
}

test_the_api_server_writes_its_own_names if {
	service := sample.request_for("services", "", {"name": "kubernetes", "namespace": "default"})
	may("apiserver", service, changes(["spec", "ports"]))
	not may("apiserver", object.union(service, {"namespace": "shop"}), changes(["spec", "ports"]))
	not may("apiserver", object.union(service, {"name": "web"}), changes(["spec", "ports"]))
	created := {"operation": "CREATE", "namespace": ""}
	role := sample.request_for("clusterroles", "rbac.authorization.k8s.io", created)
	may("apiserver", object.union(role, {"name": "system:node"}), {"change": sample.whole})
	not may("apiserver", object.union(role, {"name": "team-admin"}), {"change": sample.whole})
}

test_the_api_server_points_no_group_at_a_service if {
	local := {"metadata": {"labels": {"kube-aggregator.kubernetes.io/automanaged": "onstart"}}, "spec": {}}
	remote := object.union(local, {"spec": {"service": {"name": "x"}}})
	request := sample.request_for("apiservices", "apiregistration.k8s.io", {"namespace": ""})
	may("apiserver", object.union(request, {"oldObject": local, "object": local}), changes(["spec", "versionPriority"]))
	every states in [[local, remote], [remote, local], [remote, remote]] {
		not may("apiserver", object.union(request, {"oldObject": states[0], "object": states[1]}), changes(["spec", "service"]))
	}
	unlabelled := object.remove(local, ["metadata"])
	not may("apiserver", object.union(request, {"oldObject": unlabelled, "object": unlabelled}), changes(["spec", "group"]))
}

test_pods_that_do_not_come_back_are_not_evicted if {
	deletion := sample.request_for("pods", "", {"operation": "DELETE"})
	every name in ["kube-scheduler", "node-controller", "pod-garbage-collector", "taint-eviction-controller"] {
		unproven := sample.with_credential(sample.platform(name), sample.absent_credential)
		not platform.permits(deletion, unproven, {"change": sample.whole})
		may(name, object.union(deletion, {"oldObject": owned_by("apps/v1", "ReplicaSet")}), {"change": sample.whole})
		may(name, object.union(deletion, {"oldObject": {"status": {"phase": "Failed"}}}), {"change": sample.whole})
		may(name, deletion, {"change": sample.whole})
	}
}

ready(status) := {"oldObject": {"status": {"conditions": [{"type": "Ready", "status": status}]}}}

test_only_nodes_that_are_not_ready_are_taken_away if {
	deletion := sample.request_for("nodes", "", {"operation": "DELETE", "namespace": ""})

	may("node-controller", object.union(deletion, ready("Unknown")), {"change": sample.whole})
	not may("node-controller", object.union(deletion, ready("True")), {"change": sample.whole})
}

test_finalizers_guard_until_the_end if {
	claim := sample.request_for("persistentvolumeclaims", "", {})
	protection := sample.changed(["metadata", "finalizers", "kubernetes.io/pvc-protection"], "a", "b")
	added := {"change": sample.change([object.union(protection, {"kind": "added"})])}
	removed := {"change": sample.change([object.union(protection, {"kind": "removed"})])}
	may("pvc-protection-controller", claim, added)
	not may("pvc-protection-controller", claim, removed)
	ending := object.union(claim, {"oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}})
	may("pvc-protection-controller", ending, removed)
}

# The object fact is absent where nothing was asked, and nothing that is absent is yes.
test_no_deletion_of_everything_without_a_fact if {
	every name, _ in platform_rows.rows {
		deletion := sample.request_for("deployments", "apps", {
			"operation": "DELETE",
			"oldObject": owned_by("example.com/v1", "Widget"),
		})
		not may(name, deletion, {"change": sample.whole, "object": sample.managed})
	}
}

test_no_row_deletes_what_holds_other_things if {
	known := object.union(sample.managed, {"namespaceTerminating": true, "owners": [{"uid": "web", "state": "gone"}]})
	holders := [
		["customresourcedefinitions", "apiextensions.k8s.io"], ["namespaces", ""],
		["clusterroles", "rbac.authorization.k8s.io"], ["persistentvolumes", ""],
	]
	every name, _ in platform_rows.rows {
		every holder in holders {
			[resource, group] := holder
			deletion := sample.request_for(resource, group, {"operation": "DELETE", "namespace": "", "oldObject": {"metadata": {}}})
			not may(name, deletion, {"change": sample.whole, "object": object.remove(known, ["namespaceTerminating"])})
		}
	}
}

# Services send where a pod's status says, and a kubelet alone knows that.
test_no_controller_moves_a_pods_address if {
	status := sample.request_for("pods", "", {"subResource": "status"})
	conditions := changes(["status", "conditions", "DisruptionTarget"])
	every name in ["disruption-controller", "kube-scheduler", "node-controller", "resource-claim-controller"] {
		may(name, status, conditions)
		every field in [{"podIP": "192.0.2.66"}, {"podIPs": [{"ip": "192.0.2.66"}]}] {
			moved := object.union(status, {"object": {"status": field}, "oldObject": {"status": {"podIP": "10.0.0.1"}}})
			not may(name, moved, changes(["status", "podIP"]))
		}
	}
}
