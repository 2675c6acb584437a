package holdfast.policies.managed_children_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.managed_children

codes(request, actor, facts) := {finding.code | some finding in denied(request, actor, facts)}

denied(request, actor, facts) := guarding(
	[
		"bindings", "controllerrevisions.apps", "endpoints", "endpointslices.discovery.k8s.io", "jobs.batch",
		"jobs.batch/status", "pods", "pods/binding", "pods/resize", "pods/status", "replicasets.apps",
		"replicasets.apps/scale", "replicasets.apps/status",
	],
	[request, actor, facts],
)

guarding(guarded, [request, actor, facts]) := findings if {
	defaults := {"actor": actor, "object": child_of(deployment), "change": sample.change([sample.image])}
	findings := managed_children.deny with input as {
		"request": request,
		"facts": sample.overlay(defaults, facts),
		"parameters": object.union(sample.parameters, {
			"editors": ["bob"],
			"guarded": guarded,
			"endpointWriters": ["system:serviceaccount:kube-system:cilium-operator"],
			"schedulers": ["system:serviceaccount:kube-system:second-scheduler"],
			"deletable": ["jobs.batch", "pods"],
		}),
	}
}

deployment := {
	"group": "apps", "version": "v1", "resource": "deployments", "kind": "Deployment",
	"namespace": "shop", "name": "checkout", "tool": "argocd", "app": "checkout", "appNamespace": "argocd",
}

rollout := object.union(deployment, {"group": "argoproj.io", "resource": "rollouts", "kind": "Rollout"})

owned := {"metadata": {"ownerReferences": [{"uid": "rs-1", "controller": true}]}}

child(resource, group, changes) := sample.request_for(resource, group, object.union({"oldObject": owned, "object": owned}, changes))

child_of(root) := object.union(sample.unmanaged, {"root": {"status": "known", "value": root}})

unknown := object.union(sample.unmanaged, {"root": {"status": "unavailable", "reason": "the API server is away"}})

replicaset := child("replicasets", "apps", {"name": "checkout-5794cc9dbd"})

pod := child("pods", "", {"name": "checkout-5794cc9dbd-x"})

job := child("jobs", "batch", {})

service_account := sample.robot("system:serviceaccount:argo-rollouts:argo-rollouts")

test_a_replicaset_of_a_managed_deployment if {
	denied(replicaset, sample.human, {}) == {{
		"code": "managed_child_changed",
		"message": concat("\n", [
			`replicasets.apps shop/checkout-5794cc9dbd was made for deployments "checkout", which is managed by the Argo CD application "checkout" and changes with it only.`,
			"spec.template.spec.containers[app].image: shop/checkout:1.0.0 → evil:latest",
		]),
		"remedy": `Change deployments "checkout" in Git, and its controller will follow.`,
		"details": {"root": deployment},
	}}
}

test_a_node_works_on_pods_alone if {
	codes(replicaset, sample.node, {}) == {"managed_child_changed"}
	codes(child("replicasets", "apps", {"subResource": "scale"}), sample.node, {}) == {"managed_child_changed"}
	codes(pod, sample.node, {}) == set()
}

service := {
	"group": "", "version": "v1", "resource": "services", "kind": "Service",
	"namespace": "shop", "name": "checkout", "tool": "argocd", "app": "checkout", "appNamespace": "argocd",
}

serving(services) := object.union(sample.unmanaged, {"services": {"status": "known", "value": services}})

slice := sample.request_for("endpointslices", "discovery.k8s.io", {"name": "checkout-abc"})

endpoints := sample.request_for("endpoints", "", {"name": "checkout"})

test_a_slice_of_a_managed_service if {
	denied(slice, sample.human, {"object": serving([service])}) == {{
		"code": "managed_service_redirected",
		"message": `endpointslices.discovery.k8s.io shop/checkout-abc says where the traffic of services "checkout" goes, which is managed by the Argo CD application "checkout": its endpoint controllers alone write that.`,
		"remedy": "Change the Service or its pods in Git, or declare the endpoints beside the Service in Git. Accounts that write endpoints are listed in policies.settings.managed_children.parameters.endpointWriters of Holdfast's configuration.",
		"details": {"service": service},
	}}
}

test_endpoints_are_written_by_nobody_else if {
	every request in [slice, endpoints] {
		every operation in ["CREATE", "UPDATE", "DELETE"] {
			every actor in [sample.human, sample.operator, sample.node, service_account] {
				asked := object.union(request, {"operation": operation})
				codes(asked, actor, {"object": serving([service])}) == {"managed_service_redirected"}
				codes(asked, actor, {"object": serving([])}) == set()
			}
		}
	}
}

test_endpoints_without_an_answer if {
	away := object.union(sample.unmanaged, {"services": {"status": "unavailable", "reason": "the API server is away"}})
	codes(slice, sample.human, {"object": away}) == {"child_owner_unknown"}
	codes(slice, sample.robot("system:serviceaccount:kube-system:cilium-operator"), {"object": away}) == {"child_owner_unknown"}
}

test_endpoints_by_who_may if {
	facts := {"object": serving([service])}
	cilium := "system:serviceaccount:kube-system:cilium-operator"
	codes(slice, sample.robot(cilium), facts) == set()
	codes(slice, sample.impersonated(cilium), facts) == {"managed_service_redirected"}
	codes(slice, object.union(sample.human, {"username": "bob"}), facts) == set()
	unchanged := {"object": serving([service]), "change": object.union(sample.change([]), {"semantic": false})}
	codes(slice, sample.human, unchanged) == set()
}

binding := sample.request_for("pods", "", {"operation": "CREATE", "subResource": "binding", "name": "checkout-1-x", "oldObject": null})

legacy_binding := sample.request_for("bindings", "", {"operation": "CREATE", "name": "checkout-1-x", "oldObject": null})

test_a_pod_is_bound_by_its_scheduler if {
	denied(binding, sample.human, {"change": sample.whole}) == {{
		"code": "managed_child_bound",
		"message": `pods shop/checkout-1-x says on which node a pod of deployments "checkout" runs, which is managed by the Argo CD application "checkout": its scheduler alone decides that.`,
		"remedy": "Let the scheduler that the pod names bind it. Accounts that bind pods of the default scheduler are listed in policies.settings.managed_children.parameters.schedulers of Holdfast's configuration.",
		"details": {"root": deployment},
	}}
}

scheduled_by(name) := object.union(child_of(deployment), {"schedulerName": {"status": "known", "value": name}})

test_who_binds_pods if {
	every request in [binding, legacy_binding] {
		every actor in [sample.human, sample.node, sample.operator, service_account] {
			codes(request, actor, {"change": sample.whole}) == {"managed_child_bound"}
			codes(request, actor, {"change": sample.whole, "object": scheduled_by("default-scheduler")}) == {"managed_child_bound"}
		}
		codes(request, service_account, {"change": sample.whole, "object": scheduled_by("volcano")}) == set()
		codes(request, sample.human, {"change": sample.whole, "object": scheduled_by("volcano")}) == {"managed_child_bound"}
		second := "system:serviceaccount:kube-system:second-scheduler"
		codes(request, sample.robot(second), {"change": sample.whole}) == set()
		codes(request, sample.impersonated(second), {"change": sample.whole}) == {"managed_child_bound"}
		codes(request, sample.human, {"change": sample.whole, "object": child_of(null)}) == set()
	}
}

test_the_status_of_a_child_is_its_controllers if {
	reported := {"change": sample.change([sample.changed(["status", "replicas"], "1", "7")])}
	every kind in [["replicasets", "apps"], ["jobs", "batch"]] {
		status := child(kind[0], kind[1], {"subResource": "status"})
		codes(status, sample.human, reported) == {"managed_child_changed"}
		codes(status, sample.node, reported) == {"managed_child_changed"}
	}

	# A queue takes the start time back of a Job that it suspends.
	codes(child("jobs", "batch", {"subResource": "status"}), service_account, reported) == set()
	codes(child("replicasets", "apps", {"subResource": "status"}), service_account, reported) == {"managed_child_changed"}
}

# Network plugins write the addresses of a pod that way, some with tokens that are bound to none.
test_a_note_with_the_status_of_a_pod if {
	status := child("pods", "", {"subResource": "status"})
	note := sample.changed(["metadata", "annotations", "cni.projectcalico.org/podIP"], "", "10.0.0.1")
	minted := object.union(service_account, {"proof": {"grade": "unbound", "sufficient": true}})
	every actor in [sample.human, minted, service_account] {
		codes(status, actor, {"change": sample.change([note])}) == set()
	}
	phase := sample.changed(["status", "phase"], "Running", "Failed")
	both := {"change": sample.change([note, phase])}
	codes(status, sample.human, both) == {"managed_child_changed"}
	codes(status, minted, both) == {"managed_child_changed"}

	# A virtual kubelet reports what a node's own does.
	codes(status, service_account, both) == set()
}

test_its_history_is_not_deleted if {
	every resource in ["replicasets", "controllerrevisions"] {
		request := child(resource, "apps", {"operation": "DELETE"})
		some finding in denied(request, sample.human, {"change": sample.whole})
		finding.code == "managed_child_deleted"
		contains(finding.message, " and is deleted with it only.")
	}
}

test_by_flux if {
	by_flux := object.union(deployment, {"tool": "flux", "app": "apps", "appNamespace": "flux-system"})
	some finding in denied(replicaset, sample.human, {"object": child_of(by_flux)})
	contains(finding.message, `which is managed by the Flux Kustomization "flux-system/apps" and`)
}

test_scaling_a_replicaset if {
	request := object.union(replicaset, {"subResource": "scale"})
	codes(request, sample.human, {"change": sample.change([sample.replicas])}) == {"managed_child_changed"}
}

test_pods_and_jobs_are_not_edited if {
	codes(pod, sample.human, {}) == {"managed_child_changed"}
	codes(object.union(pod, {"subResource": "resize"}), sample.human, {}) == {"managed_child_changed"}
	codes(job, sample.human, {}) == {"managed_child_changed"}
}

test_pods_and_jobs_are_deleted if {
	codes(object.union(pod, {"operation": "DELETE"}), sample.human, {"change": sample.whole}) == set()
	codes(object.union(job, {"operation": "DELETE"}), sample.human, {"change": sample.whole}) == set()
}

labelled(request, before, after) := object.union(request, {
	"oldObject": {"metadata": {"labels": before}},
	"object": {"metadata": {"labels": after}},
})

label_change := {"change": sample.change([sample.changed(["metadata", "labels", "x"], "a", "b")])}

test_a_note_on_a_pod if {
	every member in ["annotations", "labels"] {
		note := {"change": sample.change([sample.changed(["metadata", member, "team"], "a", "b")])}
		codes(pod, sample.human, note) == set()
		codes(job, sample.human, note) == set()
		codes(replicaset, sample.human, note) == {"managed_child_changed"}
	}
}

test_a_label_by_which_controllers_select_is_no_note if {
	every key in [
		"pod-template-hash", "controller-revision-hash", "controller-uid", "job-name", "apps.kubernetes.io/pod-index",
		"statefulset.kubernetes.io/pod-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name",
	] {
		codes(labelled(pod, {key: "1"}, {}), sample.human, label_change) == {"managed_child_released"}
	}
}

test_taken_off_changed_or_added if {
	every actor in [sample.human, sample.operator, service_account] {
		codes(labelled(pod, {hash: "1"}, {}), actor, label_change) == {"managed_child_released"}
		codes(labelled(pod, {hash: "1"}, {hash: "2"}), actor, label_change) == {"managed_child_released"}
		codes(labelled(pod, {}, {hash: "2"}), actor, label_change) == {"managed_child_released"}
		codes(labelled(pod, {hash: "1"}, {hash: "1", "team": "a"}), actor, label_change) == set()
	}
}

hash := "pod-template-hash"

test_the_labels_of_the_selector_are_no_notes if {
	selecting := child_of(object.union(deployment, {"selectorKeys": ["app"]}))
	facts := object.union(label_change, {"object": selecting})
	codes(labelled(pod, {"app": "web"}, {}), sample.human, facts) == {"managed_child_released"}
	codes(labelled(pod, {"role": "replica"}, {"role": "primary"}), service_account, facts) == set()
	codes(labelled(pod, {"role": "replica"}, {"role": "primary"}), sample.human, facts) == {"managed_child_changed"}

	# Where the selector is not known.
	codes(labelled(pod, {"role": "replica"}, {"role": "primary"}), sample.human, label_change) == {"managed_child_released"}
	codes(labelled(pod, {}, {"role": "primary"}), sample.human, label_change) == set()
}

# Services and network policies of Git select by them, whoever's selector that is.
test_labels_that_the_template_declares if {
	declaring := child_of(object.union(deployment, {"selectorKeys": ["app"], "declaredLabels": ["app", "tier"]}))
	facts := object.union(label_change, {"object": declaring})
	every after in [{}, {"tier": "back"}] {
		codes(labelled(pod, {"tier": "front"}, after), sample.human, facts) == {"managed_child_changed"}
		codes(labelled(pod, {"tier": "front"}, after), sample.impersonated("system:serviceaccount:shop:x"), facts) == {"managed_child_changed"}
		codes(labelled(pod, {"tier": "front"}, after), service_account, facts) == set()
	}
	codes(labelled(pod, {"role": "replica"}, {"role": "primary"}), sample.human, facts) == set()
	codes(labelled(pod, {"tier": "front"}, {"tier": "front", "team": "a"}), sample.human, facts) == set()
}

test_a_release_is_told_with_the_way_to_debug if {
	some finding in denied(labelled(pod, {"pod-template-hash": "1"}, {}), sample.human, label_change)
	finding.message == concat("\n", [
		`pods shop/checkout-5794cc9dbd-x was made for deployments "checkout", which is managed by the Argo CD application "checkout", and this is how its controller knows it and decides which ones to keep.`,
		"metadata.labels.x: a → b",
	])
	finding.remedy == `Delete the pod to have another made, or copy it to look into it: kubectl debug checkout-5794cc9dbd-x --copy-to=NAME. What it runs changes in deployments "checkout" in Git.`
}

test_owners_deletion_cost_and_job_finalizers_are_no_notes if {
	note := {"change": sample.change([sample.changed(["metadata", "annotations", "x"], "a", "b")])}
	every state in [
		{"metadata": {"ownerReferences": []}},
		{"metadata": {"annotations": {"controller.kubernetes.io/pod-deletion-cost": "2147483647"}}},
		{"metadata": {"finalizers": ["batch.kubernetes.io/job-tracking"]}},
	] {
		every actor in [sample.human, service_account] {
			codes(object.union(pod, {"object": state}), actor, note) == {"managed_child_released"}
		}
	}
}

test_what_runs_in_the_cluster_works_on_pods_and_jobs if {
	gate := {"change": sample.change([sample.changed(["spec", "schedulingGates"], "a", "b")])}
	codes(pod, service_account, gate) == set()
	codes(pod, sample.human, gate) == {"managed_child_changed"}
	suspended := {"change": sample.change([sample.changed(["spec", "suspend"], "true", "false")])}
	codes(job, service_account, suspended) == set()
	codes(job, sample.human, suspended) == {"managed_child_changed"}
	codes(pod, service_account, {"change": sample.change([sample.changed(["metadata", "finalizers", "x"], "a", "b")])}) == set()
	codes(pod, service_account, {}) == {"managed_child_changed"}
}

test_autoscalers_resize_pods if {
	resize := object.union(pod, {"subResource": "resize"})
	resources := {"change": sample.change([sample.changed(["spec", "containers", "app", "resources", "limits", "cpu"], "1", "2")])}
	codes(resize, service_account, resources) == set()
	codes(resize, sample.human, resources) == {"managed_child_changed"}
	codes(resize, service_account, {}) == {"managed_child_changed"}
}

test_the_status_of_a_pod_is_the_nodes if {
	status := object.union(pod, {"subResource": "status"})
	phase := {"change": sample.change([sample.changed(["status", "phase"], "Running", "Failed")])}
	gate := {"change": sample.change([sample.changed(["status", "conditions", "x"], "a", "b")])}
	codes(status, sample.human, phase) == {"managed_child_changed"}
	codes(status, sample.human, gate) == {"managed_child_changed"}
	codes(status, service_account, gate) == set()
	codes(status, service_account, phase) == set()
	image := {"change": sample.change([sample.image])}
	codes(status, service_account, image) == {"managed_child_changed"}
}

creation(resource, group) := sample.request_for(resource, group, {
	"operation": "CREATE",
	"name": "evil",
	"oldObject": null,
	"object": {"metadata": {"labels": {"app": "checkout"}}},
})

adopted_by(workload) := object.union(sample.unmanaged, {"adopters": {"status": "known", "value": [workload]}})

test_nobody_makes_what_a_controller_would_adopt if {
	every actor in [sample.human, service_account, sample.operator] {
		every kind in [["pods", ""], ["replicasets", "apps"], ["controllerrevisions", "apps"]] {
			codes(creation(kind[0], kind[1]), actor, {"change": sample.whole, "object": adopted_by(deployment)}) == {"managed_child_adopted"}
		}
	}
	some finding in denied(creation("pods", ""), sample.human, {"change": sample.whole, "object": adopted_by(deployment)})
	finding.message == `pods shop/evil has the labels by which deployments "checkout" selects, which is managed by the Argo CD application "checkout": it would be taken for one of its own.`
	nobodys := object.union(sample.unmanaged, {"adopters": {"status": "known", "value": []}})
	codes(creation("pods", ""), sample.human, {"change": sample.whole, "object": nobodys}) == set()
	codes(creation("pods", ""), sample.human, {"change": sample.whole, "object": sample.unmanaged}) == set()
	codes(creation("pods", ""), sample.robot("bob"), {"change": sample.whole, "object": adopted_by(deployment)}) == set()
	away := object.union(sample.unmanaged, {"adopters": {"status": "unavailable", "reason": "it is away"}})
	codes(creation("pods", ""), service_account, {"change": sample.whole, "object": away}) == {"child_owner_unknown"}
}

test_a_label_that_gets_a_pod_adopted if {
	orphan := sample.request_for("pods", "", {})
	given := labelled(orphan, {}, {"app": "checkout"})
	codes(given, sample.human, object.union(label_change, {"object": adopted_by(deployment)})) == {"managed_child_adopted"}
	codes(given, service_account, object.union(label_change, {"object": adopted_by(deployment)})) == {"managed_child_adopted"}
}

test_nobody_makes_children_in_a_controllers_name if {
	every actor in [sample.human, service_account] {
		some finding in denied(creation("pods", ""), actor, {"change": sample.whole})
		finding.code == "managed_child_forged"
		finding.message == `pods shop/evil names a controller that belongs to deployments "checkout", which is managed by the Argo CD application "checkout": only that one makes its children.`
		finding.remedy == "Make it without that owner reference."
	}
	codes(creation("pods", ""), service_account, {"change": sample.whole, "object": child_of(rollout)}) == set()
	orphan := sample.request_for("pods", "", {"object": owned})
	codes(orphan, sample.human, {"change": sample.change([sample.changed(["metadata", "ownerReferences"], "a", "b")])}) == {"managed_child_forged"}
}

test_pods_of_the_gitops_controllers if {
	writers_pod := object.union(pod, {"namespace": "argocd", "name": "argocd-application-controller-0"})
	facts := object.union(label_change, {"object": sample.unmanaged})
	released := labelled(writers_pod, {"app.kubernetes.io/name": "argocd-application-controller"}, {})
	every actor in [sample.human, service_account] {
		codes(released, actor, facts) == {"gitops_pod_changed"}
	}
	codes(writers_pod, sample.human, {"object": sample.unmanaged}) == {"gitops_pod_changed"}
	codes(labelled(writers_pod, {}, {"team": "a"}), sample.human, facts) == set()
	codes(object.union(writers_pod, {"operation": "DELETE"}), sample.human, {"object": sample.unmanaged, "change": sample.whole}) == set()
	phase := {"object": sample.unmanaged, "change": sample.change([sample.changed(["status", "phase"], "Running", "Failed")])}
	codes(object.union(writers_pod, {"subResource": "status"}), sample.human, phase) == {"gitops_pod_changed"}
	codes(object.union(released, {"namespace": "flux-system"}), sample.human, facts) == {"gitops_pod_changed"}
	codes(object.union(released, {"namespace": "shop"}), sample.human, facts) == set()
	codes(released, sample.robot("bob"), facts) == set()
}

test_debugging_is_left_to_the_setting if {
	codes(object.union(pod, {"subResource": "ephemeralcontainers"}), sample.human, {}) == set()
}

test_what_belongs_to_nobody if {
	codes(replicaset, sample.human, {"object": child_of(null)}) == set()
	codes(replicaset, sample.human, {"object": sample.unmanaged}) == set()
}

test_without_an_answer if {
	some finding in denied(replicaset, sample.human, {"object": unknown})
	finding.code == "child_owner_unknown"
	finding.message == "Whether Git manages what replicasets.apps shop/checkout-5794cc9dbd was made for could not be found out: the API server is away."
	codes(replicaset, service_account, {"object": unknown}) == {"child_owner_unknown"}
	codes(object.union(pod, {"operation": "DELETE"}), sample.human, {"object": unknown}) == set()
}

test_controllers_of_their_own_kinds if {
	codes(replicaset, service_account, {"object": child_of(rollout)}) == set()
	codes(replicaset, service_account, {}) == {"managed_child_changed"}
	codes(replicaset, sample.human, {"object": child_of(rollout)}) == {"managed_child_changed"}
	codes(replicaset, sample.impersonated(service_account.username), {"object": child_of(rollout)}) == {"managed_child_changed"}
}

test_editors_and_operators if {
	codes(replicaset, sample.robot("bob"), {}) == set()
	codes(replicaset, sample.operator, {}) == {"managed_child_changed"}
	rule := {"verbs": ["UPDATE"], "groups": ["apps"], "resources": ["replicasets"]}
	findings := managed_children.deny with input as {
		"request": replicaset,
		"facts": {"actor": sample.operator, "object": child_of(deployment), "change": sample.change([sample.image])},
		"parameters": {"guarded": ["replicasets.apps"], "deletable": [], "editors": [], "operators": {"cert-manager": {"rules": [rule]}}},
	}
	count(findings) == 0
}

test_no_change_and_what_is_going if {
	codes(replicaset, sample.human, {"change": sample.no_change}) == set()
	going := object.union(replicaset, {"operation": "DELETE", "oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}})
	codes(going, sample.human, {"change": sample.whole}) == set()
}

test_a_refusal_does_not_hang_on_its_words if {
	findings := managed_children.deny with input as {
		"request": {"operation": "UPDATE", "resource": {"group": "apps", "resource": "replicasets"}},
		"facts": {"actor": {"class": "other"}, "object": {"root": {"status": "known", "value": {}}}, "change": {"semantic": true}},
		"parameters": {"guarded": ["replicasets.apps"], "deletable": [], "editors": []},
	}
	{finding.code | some finding in findings} == {"managed_child_changed"}
}

# What a CronJob of Git would count as its own, a Job's status that lets it go on, and the past of a StatefulSet.
test_jobs_and_revisions_by_hand if {
	cron_job := object.union(deployment, {"group": "batch", "resource": "cronjobs", "kind": "CronJob"})
	job := child("jobs", "batch", {"operation": "CREATE", "oldObject": null})
	codes(job, sample.human, {"object": child_of(cron_job)}) == {"managed_child_forged"}
	suspended := {"object": child_of(cron_job), "change": sample.change([sample.changed(["spec", "suspend"], "false", "true")])}
	codes(child("jobs", "batch", {}), sample.human, suspended) == {"managed_child_changed"}
	completed := {"object": child_of(cron_job), "change": sample.change([sample.changed(["status", "completionTime"], "", "now")])}
	codes(child("jobs", "batch", {"subResource": "status"}), sample.human, completed) == {"managed_child_changed"}
	stateful_set := object.union(deployment, {"resource": "statefulsets", "kind": "StatefulSet"})
	every operation, code in {"CREATE": "managed_child_forged", "DELETE": "managed_child_deleted", "UPDATE": "managed_child_changed"} {
		revision := child("controllerrevisions", "apps", {"operation": operation})
		codes(revision, sample.human, {"object": child_of(stateful_set)}) == {code}
	}
}

# Each of these is refused where its resource is guarded.
test_what_is_not_guarded_is_left_to_the_setting if {
	controllers_pod := object.union(pod, {"namespace": "argocd"})
	every asked in [
		[replicaset, sample.human, {}],
		[binding, sample.human, {"change": sample.whole}],
		[slice, sample.human, {"object": serving([service])}],
		[creation("pods", ""), sample.human, {"change": sample.whole, "object": adopted_by(deployment)}],
		[controllers_pod, sample.human, {"object": sample.unmanaged}],
		[replicaset, sample.human, {"object": unknown}],
	] {
		count(denied(asked[0], asked[1], asked[2])) == 1
		guarding([], asked) == set()
	}
}

test_only_bindings_bind_and_only_pods_and_jobs_bear_notes if {
	note := {"change": sample.change([sample.changed(["metadata", "labels", "team"], "a", "b")])}
	every resource in sample.words_of_no_rule - {"pods"} {
		{finding.code | some finding in guarding([resource], [child(resource, "", {}), sample.human, note])} == {"managed_child_changed"}
	}
}

test_the_pods_of_the_controllers_are_those_of_a_controller if {
	unmanaged := {"object": sample.unmanaged, "change": sample.whole}
	deleted := child("replicasets", "apps", {"operation": "DELETE", "namespace": "argocd"})
	codes(deleted, sample.human, unmanaged) == set()
	codes(sample.request_for("pods", "", {"namespace": "argocd"}), sample.human, {"object": sample.unmanaged}) == set()
	codes(object.union(pod, {"namespace": "argocd"}), sample.human, {}) == {"managed_child_changed"}
}

test_who_may_needs_no_answer if {
	codes(replicaset, sample.robot("bob"), {"object": unknown}) == set()
}

# What is right for an update is wrong for a creation, and the other way round.
test_an_operation_is_not_taken_for_another if {
	forged := creation("pods", "")
	gate := {"change": sample.change([sample.changed(["spec", "schedulingGates"], "a", "b")])}
	note := {"change": sample.change([sample.changed(["metadata", "labels", "team"], "a", "b")])}
	every facts in [{"change": sample.no_change}, gate, note] {
		every actor in [sample.human, service_account] {
			codes(forged, actor, facts) == {"managed_child_forged"}
		}
	}
	going := object.union(replicaset, {"oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}})
	codes(going, sample.human, {}) == {"managed_child_changed"}
	released := sample.overlay(child("controllerrevisions", "apps", {}), {"operation": "DELETE", "object": null, "oldObject": {"metadata": {"name": "x"}}})
	codes(released, sample.human, {"change": sample.whole}) == {"managed_child_deleted"}
}

test_a_scheduler_does_nothing_but_bind if {
	codes(pod, sample.robot("system:serviceaccount:kube-system:second-scheduler"), {}) == {"managed_child_changed"}
	codes(pod, service_account, {"object": scheduled_by("volcano")}) == {"managed_child_changed"}
}

test_the_groups_of_controllers_of_their_own_kinds if {
	every group in {"argoproj.io", "apps.kruise.io"} | sample.words_of_no_rule {
		codes(replicaset, service_account, {"object": child_of(object.union(rollout, {"group": group}))}) == set()
	}
	every group in ["", "apps", "batch"] {
		codes(replicaset, service_account, {"object": child_of(object.union(rollout, {"group": group}))}) == {"managed_child_changed"}
	}
}

test_other_fields_are_no_notes if {
	finalizer := {"change": sample.change([sample.changed(["metadata", "finalizers", "x"], "", "x")])}
	other := {"change": sample.change([sample.changed(["metadata", "generateName"], "a", "b")])}
	reported := object.union(pod, {"subResource": "status"})
	every facts in [finalizer, other] {
		codes(pod, sample.human, facts) == {"managed_child_changed"}
		codes(reported, service_account, facts) == {"managed_child_changed"}
	}
	codes(pod, service_account, other) == {"managed_child_changed"}
	codes(job, service_account, other) == {"managed_child_changed"}
	codes(job, service_account, {"change": sample.change([sample.changed(["spec", "parallelism"], "1", "9")])}) == {"managed_child_changed"}
	codes(child("jobs", "batch", {"subResource": "status"}), service_account, other) == {"managed_child_changed"}
}

cpu(list) := sample.change([sample.changed(["spec", list, "app", "resources", "limits", "cpu"], "1", "2")])

test_a_resize_changes_the_resources_of_containers_alone if {
	resize := object.union(pod, {"subResource": "resize"})
	codes(resize, service_account, {"change": cpu("initContainers")}) == set()
	every list in {"ephemeralContainers", "volumes"} | sample.words_of_no_rule {
		codes(resize, service_account, {"change": cpu(list)}) == {"managed_child_changed"}
	}
	codes(resize, service_account, {"change": object.union(cpu("containers"), {"truncated": true})}) == {"managed_child_changed"}
	codes(pod, service_account, {"change": cpu("containers")}) == {"managed_child_changed"}
	image := sample.change([sample.changed(["spec", "containers", "app", "image"], "a", "b")])
	codes(resize, service_account, {"change": image}) == {"managed_child_changed"}
}

# An update of the status writes labels too.
test_a_status_releases_no_pod if {
	released := labelled(object.union(pod, {"subResource": "status"}), {"pod-template-hash": "1"}, {})
	every actor in [sample.human, service_account] {
		codes(released, actor, label_change) == {"managed_child_released"}
	}
}

# A Scale has no owners: it was somebody's all the same.
test_a_scale_is_not_made if {
	scale := child("replicasets", "apps", {"subResource": "scale"})
	bare := object.union(object.remove(scale, ["object", "oldObject"]), {"object": {"metadata": {}}, "oldObject": {"metadata": {}}})
	codes(bare, sample.human, {"change": sample.change([sample.replicas])}) == {"managed_child_changed"}
}

test_only_pods_are_copied_to_be_debugged if {
	some finding in denied(labelled(replicaset, {"pod-template-hash": "1"}, {}), sample.human, label_change)
	finding.code == "managed_child_released"
	finding.remedy == `Change deployments "checkout" in Git, and its controller will follow.`
}
