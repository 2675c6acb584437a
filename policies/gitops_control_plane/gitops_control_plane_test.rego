package holdfast.policies.gitops_control_plane_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.gitops_control_plane

codes(request, actor, change) := {finding.code | some finding in denied(request, actor, change)}

denied(request, actor, change) := findings if {
	findings := gitops_control_plane.deny with input as {
		"request": request,
		"facts": {"actor": actor, "change": change},
		"parameters": sample.parameters,
	}
}

application := sample.request_for("applications", "argoproj.io", {"namespace": "argocd"})

revision := sample.change([sample.changed(["spec", "source", "targetRevision"], "main", "evil")])

refused := {"gitops_control_plane_changed"}

test_a_human_is_told_where_to_change_it if {
	denied(application, sample.human, revision) == {{
		"code": "gitops_control_plane_changed",
		"message": concat("\n", [
			"applications.argoproj.io argocd/checkout decides what the GitOps controller applies, so it changes only through Git.",
			"spec.source.targetRevision: main → evil",
		]),
		"remedy": "Change it where it is declared in Git. Accounts that must edit it by hand are listed in policies.settings.gitops_control_plane.parameters.editors of Holdfast's configuration.",
	}}
}

test_every_steering_object_is_guarded if {
	steering := {
		"argoproj.io": ["applications", "applicationsets", "appprojects"],
		"kustomize.toolkit.fluxcd.io": ["kustomizations"],
		"helm.toolkit.fluxcd.io": ["helmreleases"],
		"source.toolkit.fluxcd.io": ["buckets", "externalartifacts", "gitrepositories", "helmcharts", "helmrepositories", "ocirepositories"],
	}
	every group, resources in steering {
		every resource in resources {
			every operation in ["CREATE", "UPDATE", "DELETE"] {
				codes(sample.request_for(resource, group, {"operation": operation}), sample.human, revision) == refused
			}
		}
	}
}

test_settings_of_argocd if {
	every name in ["argocd-cm", "argocd-rbac-cm", "argocd-cmd-params-cm"] {
		codes(sample.request_for("configmaps", "", {"namespace": "argocd", "name": name}), sample.human, revision) == refused
	}
	codes(sample.request_for("configmaps", "", {"namespace": "shop", "name": "argocd-cm"}), sample.human, revision) == set()
	codes(sample.request_for("configmaps", "", {"namespace": "argocd", "name": "mine"}), sample.human, revision) == set()
}

test_repository_and_cluster_secrets_by_old_or_new_label if {
	label := {"metadata": {"labels": {"argocd.argoproj.io/secret-type": "cluster"}}}
	every field in ["object", "oldObject"] {
		codes(sample.request_for("secrets", "", {"namespace": "argocd", field: label}), sample.human, revision) == refused
	}
	codes(sample.request_for("secrets", "", {"namespace": "argocd"}), sample.human, revision) == set()
	codes(sample.request_for("secrets", "", {"namespace": "shop", "object": label}), sample.human, revision) == set()
}

test_inline_manifests if {
	request := object.union(application, {"object": {"operation": {"sync": {"manifests": ["{}"]}}}})
	some finding in denied(request, sample.human, revision)
	finding.code == "inline_manifests_injected"
	startswith(finding.message, "applications.argoproj.io argocd/checkout was told to apply manifests that are in no repository: ")
	finding.remedy == "Commit the manifests to the application's repository and let Argo CD sync them."
}

test_an_empty_list_of_manifests_injects_nothing if {
	request := object.union(application, {"object": {"operation": {"sync": {"manifests": []}}}})
	codes(request, sample.human, revision) == refused
}

test_the_writer if {
	codes(application, sample.writer, revision) == set()
	codes(application, sample.unproven_writer, revision) == {"writer_unproven"}
}

test_editors_by_exact_name if {
	server := "system:serviceaccount:argocd:argocd-server"
	codes(application, sample.robot(server), revision) == set()
	codes(application, sample.robot("bob"), revision) == set()
	codes(application, sample.impersonated(server), revision) == refused
	codes(application, sample.robot("bobby"), revision) == refused
}

test_applicationset_controller if {
	controller := sample.robot("system:serviceaccount:argocd:argocd-applicationset-controller")
	of_set := {"metadata": {"ownerReferences": [{"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "name": "all", "uid": "1", "controller": true}]}}
	every operation in ["CREATE", "UPDATE", "DELETE"] {
		every field in ["object", "oldObject"] {
			codes(object.union(application, {"operation": operation, field: of_set}), controller, revision) == set()
		}
		codes(object.union(application, {"operation": operation}), controller, revision) == refused
	}
	minted := object.union(controller, {"proof": {"grade": "unbound"}})
	codes(object.union(application, {"object": of_set}), minted, revision) == refused
	set_of := sample.request_for("applicationsets", "argoproj.io", {"namespace": "argocd"})
	codes(set_of, controller, revision) == refused
	codes(set_of, controller, sample.change([sample.changed(["status", "conditions"], "a", "b")])) == set()
	codes(application, sample.impersonated(controller.username), revision) == refused
	codes(application, sample.robot("system:serviceaccount:shop:argocd-applicationset-controller"), revision) == refused
}

test_notifications_controller if {
	controller := sample.robot("system:serviceaccount:argocd:argocd-notifications-controller")
	notified := sample.changed(["metadata", "annotations", "notified.notifications.argoproj.io"], "a", "b")
	codes(application, controller, sample.change([notified])) == set()
	codes(application, controller, revision) == refused
}

test_flux_controllers_report_status if {
	source := sample.request_for("gitrepositories", "source.toolkit.fluxcd.io", {"subResource": "status"})
	controller := sample.robot("system:serviceaccount:flux-system:source-controller")
	status := sample.change([sample.changed(["status", "artifact", "digest"], "a", "b")])
	codes(source, controller, status) == set()
	codes(source, sample.human, status) == refused
	codes(source, controller, revision) == refused
}

reports(resource, group, controller) := codes(
	sample.request_for(resource, group, {"subResource": "status"}),
	sample.robot($"system:serviceaccount:flux-system:{controller}"),
	sample.change([sample.changed(["status", "conditions"], "a", "b")]),
)

test_each_flux_controller_has_its_own_kinds if {
	every controller, kind in {
		"image-automation-controller": ["imageupdateautomations", "image.toolkit.fluxcd.io"],
		"image-reflector-controller": ["imagepolicies", "image.toolkit.fluxcd.io"],
		"kustomize-controller": ["kustomizations", "kustomize.toolkit.fluxcd.io"],
		"notification-controller": ["receivers", "notification.toolkit.fluxcd.io"],
		"source-controller": ["gitrepositories", "source.toolkit.fluxcd.io"],
		"source-watcher": ["artifactgenerators", "source.extensions.fluxcd.io"],
	} {
		reports(kind[0], kind[1], controller) == set()
		reports(kind[0], kind[1], "helm-controller") == refused
	}
}

test_helm_charts_come_and_go_with_their_releases if {
	controller := sample.robot("system:serviceaccount:flux-system:helm-controller")
	every operation in ["CREATE", "UPDATE", "DELETE"] {
		codes(sample.request_for("helmcharts", "source.toolkit.fluxcd.io", {"operation": operation}), controller, sample.whole) == set()
		codes(sample.request_for("helmreleases", "helm.toolkit.fluxcd.io", {"operation": operation}), controller, sample.whole) == refused
	}
}

test_refresh_is_for_everyone if {
	every annotation in ["argocd.argoproj.io/hydrate", "argocd.argoproj.io/refresh"] {
		codes(application, sample.human, sample.change([sample.changed(["metadata", "annotations", annotation], "", "x")])) == set()
	}
	kustomization := sample.request_for("kustomizations", "kustomize.toolkit.fluxcd.io", {})
	every annotation in ["requestedAt", "forceAt", "resetAt"] {
		path := ["metadata", "annotations", concat("/", ["reconcile.fluxcd.io", annotation])]
		codes(kustomization, sample.human, sample.change([sample.changed(path, "", "x")])) == set()
	}
}

test_argocds_server_asks_for_both_at_once if {
	both := [sample.changed(["metadata", "annotations", $"argocd.argoproj.io/{name}"], "", "normal") | some name in ["hydrate", "refresh"]]
	codes(application, sample.robot("system:serviceaccount:argocd:argocd-server-of-nobody"), sample.change(both)) == set()
}

test_refresh_can_be_turned_off if {
	findings := gitops_control_plane.deny with input as {
		"request": application,
		"facts": {
			"actor": sample.human,
			"change": sample.change([sample.changed(["metadata", "annotations", "argocd.argoproj.io/refresh"], "", "x")]),
		},
		"parameters": object.union(sample.parameters, {"allowRefresh": false}),
	}
	count(findings) == 1
}

test_a_refresh_carries_nothing_else if {
	refresh := sample.changed(["metadata", "annotations", "argocd.argoproj.io/refresh"], "", "x")
	codes(application, sample.human, sample.change([refresh, sample.image])) == refused
	with_key := object.union(sample.change([refresh]), {"protectedKeys": ["metadata.managedFields[argocd-controller]"]})
	codes(application, sample.human, with_key) == refused
}

test_no_change_and_clean_up if {
	codes(application, sample.human, sample.no_change) == set()
	delete := object.union(application, {"operation": "DELETE"})
	codes(delete, sample.platform("namespace-controller"), sample.whole) == refused
	clean_up(delete, "namespace-controller", {"namespaceTerminating": true}) == set()
	clean_up(delete, "namespace-controller", {"namespaceTerminating": false}) == refused
	owned := object.union(delete, {"oldObject": {"metadata": {"ownerReferences": [{"uid": "set"}]}}})
	clean_up(owned, "generic-garbage-collector", {"owners": [{"uid": "set", "state": "gone"}]}) == set()
	clean_up(owned, "generic-garbage-collector", {"owners": [{"uid": "set", "state": "present"}]}) == refused
	condemned := object.union(delete, {"oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}})
	codes(condemned, sample.human, sample.whole) == set()
	codes(delete, sample.human, sample.whole) == refused
}

clean_up(request, name, object_fact) := {finding.code | some finding in findings} if {
	findings := gitops_control_plane.deny with input as {
		"request": request,
		"facts": {"actor": sample.platform(name), "object": object.union(sample.unmanaged, object_fact), "change": sample.whole},
		"parameters": sample.parameters,
	}
}

test_missing_parameters_guard_the_usual_places if {
	findings := gitops_control_plane.deny with input as {
		"request": application,
		"facts": {"actor": sample.human, "change": revision},
		"parameters": {},
	}
	count(findings) == 1
}

test_a_denial_stands_where_a_part_of_its_text_is_undefined if {
	findings := gitops_control_plane.deny with input as {
		"request": object.remove(application, ["operation"]),
		"facts": {"actor": sample.human, "change": revision},
		"parameters": {},
	}
	some finding in findings
	finding.code == "gitops_control_plane_changed"
	contains(finding.message, " so it <undefined> only through Git.")
}

test_a_grant_that_names_the_resource if {
	person := object.union(sample.human, {"class": "breakglass", "name": "G"})
	request := sample.request_for("applications", "argoproj.io", {})
	under := {"actor": person, "change": sample.change([sample.image]), "grant": {"id": "G", "namesResource": true}}
	named := gitops_control_plane.deny with input as {
		"request": request, "facts": under,
		"parameters": sample.parameters,
	}
	named == set()
	broad := gitops_control_plane.deny with input as {
		"request": request,
		"facts": object.union(under, {"grant": {"namesResource": false}}),
		"parameters": sample.parameters,
	}
	count(broad) == 1
}
