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
	editor := "system:serviceaccount:argocd:editor"
	codes(application, sample.robot(editor), revision) == set()
	codes(application, sample.robot("bob"), revision) == set()
	codes(application, sample.impersonated(editor), revision) == refused
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

server := sample.robot("system:serviceaccount:argocd:argocd-server")

declared := {
	"project": "default",
	"source": {"repoURL": "https://git.example.com/src", "path": "shop", "targetRevision": "main"},
	"destination": {"namespace": "shop", "server": "https://kubernetes.default.svc"},
	"syncPolicy": {
		"automated": {"prune": true},
		"syncOptions": ["CreateNamespace=true"],
		"retry": {"limit": 2},
	},
}

compared := {"sync": {
	"status": "OutOfSync",
	"revision": "4f1c",
	"comparedTo": {"source": declared.source, "destination": declared.destination},
}}

plain := {
	"source": declared.source,
	"revision": "4f1c",
	"syncOptions": ["CreateNamespace=true"],
	"syncStrategy": {"hook": {}},
}

operation_of(sync) := {"sync": sync, "initiatedBy": {"username": "alice"}, "retry": {"limit": 2}}

# As Argo CD's server asks for it.
asked(operation, spec) := object.union(application, {
	"object": {"operation": operation, "spec": spec, "status": compared},
	"oldObject": {"spec": spec, "status": compared},
})

starts := {"path": "operation", "segments": ["operation"], "kind": "added", "to": "{…}"}

forgets := {"path": "status.operationState", "segments": ["status", "operationState"], "kind": "removed", "from": "{…}"}

sync_codes(sync) := codes(asked(operation_of(sync), declared), server, sample.change([starts, forgets]))

with_member(key, value) := object.union(object.remove(plain, [key]), {key: value})

overridden := {"sync_override_refused"}

test_argocds_server_syncs_what_is_declared if {
	every sync in [
		plain,
		with_member("revision", ""),
		with_member("revision", "main"),
		with_member("prune", true),
		with_member("dryRun", true),
		with_member("syncStrategy", {"hook": {"force": false}}),
		with_member("resources", [{"group": "apps", "kind": "Deployment", "name": "web", "namespace": "shop"}]),
		with_member("manifests", []),
		with_member("autoHealAttemptsCount", 0),
		object.remove(plain, ["source", "revision", "syncStrategy"]),
	] {
		sync_codes(sync) == set()
	}
	codes(asked({"sync": plain}, declared), server, sample.change([starts])) == set()
	codes(asked({"sync": plain, "info": [{"name": "Reason", "value": "because"}]}, declared), server, sample.change([starts])) == set()
}

test_a_sync_asks_for_nothing_else if {
	every sync in [
		with_member("revision", "0bad"),
		with_member("revision", "evil"),
		with_member("revisions", ["4f1c"]),
		with_member("source", object.union(declared.source, {"path": "evil"})),
		with_member("sources", [declared.source]),
		with_member("syncOptions", []),
		with_member("syncOptions", ["CreateNamespace=true", "Replace=true"]),
		with_member("syncStrategy", {"apply": {}}),
		with_member("syncStrategy", {"hook": {"force": true}}),
		with_member("syncStrategy", {"hook": {"other": 1}}),
		with_member("syncStrategy", {"other": null}),
		with_member("resources", [{"group": "apps", "kind": "Deployment", "name": "web", "patch": "x"}]),
		with_member("autoHealAttemptsCount", 1),
		with_member("dryRun", "yes"),
		with_member("comesLater", true),
		object.remove(plain, ["syncOptions"]),
	] {
		sync_codes(sync) == overridden
	}
	every member in [
		{"retry": {"limit": 9}},
		{"initiatedBy": {"username": "alice", "automated": true}},
		{"initiatedBy": {"comesLater": 1}},
		{"comesLater": {}},
	] {
		codes(asked(object.union({"sync": plain}, member), declared), server, sample.change([starts])) == overridden
	}
	sync_codes(with_member("manifests", ["{}"])) == {"inline_manifests_injected"}
}

test_what_is_not_pruned_by_itself_is_not_pruned_by_hand if {
	manual := object.remove(declared, ["syncPolicy"])
	sync := object.remove(with_member("prune", true), ["syncOptions"])
	denial := denied(asked({"sync": sync}, manual), server, sample.change([starts]))
	denial == {{
		"code": "sync_override_refused",
		"message": concat("\n", [
			"applications.argoproj.io argocd/checkout was asked for a sync that is more than it declares.",
			"operation.sync.prune: spec.syncPolicy.automated.prune does not ask for it.",
		]),
		"remedy": "Sync without it, or declare it in the Application in Git. What may be asked for beyond that stands in ownership.argocd.syncOverrides of Holdfast's configuration.",
	}}
}

test_a_commit_that_argocd_has_not_compared_yet if {
	some finding in denied(asked({"sync": with_member("revision", "0new")}, declared), server, sample.change([starts]))
	finding.remedy == "Refresh it first (argocd app get checkout --refresh) and sync again."
}

test_a_revision_of_another_source_was_compared if {
	moved := object.union(declared, {"source": {"targetRevision": "next"}})
	codes(asked(operation_of(object.union(plain, {"source": moved.source})), moved), server, sample.change([starts])) == overridden
}

test_several_sources if {
	second := {"repoURL": "https://charts.example.com", "chart": "shop", "targetRevision": "1.*"}
	spec := {"sources": [declared.source, second]}
	status := {"sync": {"status": "Synced", "revisions": ["4f1c", "1.2.3"], "comparedTo": {"sources": spec.sources}}}
	ask := {"object": {"operation": {"sync": {"sources": spec.sources}}, "spec": spec, "status": status}}
	every revisions in [["4f1c", "1.2.3"], ["main", "1.*"], ["", "1.2.3"], []] {
		codes(object.union(application, object.union(ask, {"object": {"operation": {"sync": {"revisions": revisions}}}})), server, sample.change([starts])) == set()
	}
	every revisions in [["4f1c", "9.9.9"], ["1.2.3", "4f1c"], ["4f1c"]] {
		codes(object.union(application, object.union(ask, {"object": {"operation": {"sync": {"revisions": revisions}}}})), server, sample.change([starts])) == overridden
	}
}

test_a_hydrated_application if {
	spec := {"sourceHydrator": {
		"drySource": {"repoURL": "https://git.example.com/src", "path": "dry", "targetRevision": "main"},
		"syncSource": {"targetBranch": "environments/prod", "path": "shop"},
	}}
	source := {"repoURL": "https://git.example.com/src", "path": "shop", "targetRevision": "environments/prod"}
	request := object.union(application, {"object": {
		"operation": {"sync": {"source": source, "revision": "environments/prod"}},
		"spec": spec,
	}})
	codes(request, server, sample.change([starts])) == set()
	dry := object.union(request, {"object": {"operation": {"sync": {"source": {"path": "dry"}}}}})
	codes(dry, server, sample.change([starts])) == overridden
}

test_what_the_configuration_lets_syncs_ask_for if {
	every override, sync in {
		"apply": with_member("syncStrategy", {"apply": {}}),
		"force": with_member("syncStrategy", {"hook": {"force": true}}),
		"revision": with_member("revision", "0bad"),
		"syncOptions": with_member("syncOptions", ["Replace=true"]),
	} {
		found := gitops_control_plane.deny with input as {
			"request": asked({"sync": sync}, declared),
			"facts": {"actor": server, "change": sample.change([starts])},
			"parameters": object.union(sample.parameters, {"syncOverrides": [override], "editors": []}),
		}
		found == set()
	}
	manifests := gitops_control_plane.deny with input as {
		"request": asked({"sync": with_member("manifests", ["{}"])}, declared),
		"facts": {"actor": server, "change": sample.change([starts])},
		"parameters": object.union(sample.parameters, {"syncOverrides": ["apply", "force", "prune", "retry", "revision", "syncOptions"], "editors": []}),
	}
	count(manifests) == 1
}

test_who_may_sync if {
	request := asked(operation_of(plain), declared)
	paths := sample.change([starts, forgets])
	every name in ["argocd-server", "openshift-gitops-argocd-server"] {
		codes(request, sample.robot($"system:serviceaccount:argocd:{name}"), paths) == set()
	}
	codes(request, sample.robot("carol"), paths) == set()
	every actor in [
		sample.human,
		sample.robot("system:serviceaccount:argocd:argocd-repo-server"),
		sample.robot("system:serviceaccount:argocd:argocd-server-of-mine"),
		sample.robot("system:serviceaccount:shop:argocd-server"),
		sample.impersonated(server.username),
		object.union(server, {"proof": {"grade": "unbound"}}),
	] {
		codes(request, actor, paths) == refused
	}
	off := gitops_control_plane.deny with input as {
		"request": request,
		"facts": {"actor": server, "change": paths},
		"parameters": object.union(sample.parameters, {"allowSync": false, "editors": []}),
	}
	{finding.code | some finding in off} == refused
}

test_a_sync_changes_nothing_else if {
	request := asked(operation_of(plain), declared)
	every path in [
		sample.changed(["spec", "source", "path"], "shop", "evil"),
		{"path": "", "segments": ["spec", "syncPolicy", "automated", "enabled"], "kind": "removed", "from": "false"},
		{"path": "", "segments": ["spec", "syncPolicy", "automated", "prune"], "kind": "removed", "from": "true"},
		{"path": "", "segments": ["spec", "source", "helm", "valuesObject", "env"], "kind": "removed", "from": "[]"},
		{"path": "", "segments": ["metadata", "annotations", "name"], "kind": "removed", "from": "\"\""},
		{"path": "", "segments": ["spec", "source", "directory", "jsonnet"], "kind": "added", "to": "{\"libs\":[]}"},
		{"path": "", "segments": ["status", "operationState"], "kind": "added", "to": "{}"},
		sample.changed(["status", "sync", "revision"], "4f1c", "0bad"),
		sample.changed(["status", "operationState", "phase"], "Succeeded", "Running"),
	] {
		codes(request, server, sample.change([starts, path])) == refused
	}
	codes(request, server, object.union(sample.change([starts]), {"truncated": true})) == refused
	codes(request, server, object.union(sample.change([starts]), {"protectedKeys": ["metadata.finalizers"]})) == refused
	replaced := object.union(request, {"oldObject": {"operation": {"sync": {}}}})
	codes(replaced, server, sample.change([starts])) == refused
}

test_the_server_writes_empty_members_in_its_own_way if {
	request := asked(operation_of(plain), declared)
	every path in [
		{"path": "", "segments": ["spec", "syncPolicy", "automated", "prune"], "kind": "removed", "from": "false"},
		{"path": "", "segments": ["spec", "source", "path"], "kind": "removed", "from": "\"\""},
		{"path": "", "segments": ["spec", "source", "helm", "valueFiles"], "kind": "removed", "from": "[]"},
		{"path": "", "segments": ["spec", "source", "directory", "jsonnet"], "kind": "added", "to": "{}"},
		{"path": "", "segments": ["status", "summary"], "kind": "added", "to": "{}"},
	] {
		codes(request, server, sample.change([starts, forgets, path])) == set()
	}
}

phase(from, to) := sample.changed(["status", "operationState", "phase"], from, to)

test_argocds_server_ends_an_operation if {
	running := object.union(application, {"oldObject": {"operation": {"sync": {}}}, "object": {"operation": {"sync": {}}}})
	codes(running, server, sample.change([phase("Running", "Terminating")])) == set()
	codes(running, sample.human, sample.change([phase("Running", "Terminating")])) == refused
	codes(running, server, sample.change([phase("Running", "Succeeded")])) == refused
	codes(running, server, sample.change([phase("Failed", "Terminating")])) == refused
	codes(running, server, sample.change([phase("Running", "Terminating"), starts])) == refused
	codes(application, server, sample.change([phase("Running", "Terminating")])) == refused
}

with_facts(request, facts) := findings if {
	findings := gitops_control_plane.deny with input as {
		"request": request,
		"facts": object.union({"actor": sample.human, "change": revision}, facts),
		"parameters": sample.parameters,
	}
}

test_the_fact_of_a_grant_is_nothing_without_the_actor_under_it if {
	count(with_facts(application, {"grant": {"namesResource": true}})) == 1
}

test_only_a_deletion_of_what_is_being_deleted_passes if {
	going := object.union(application, {"oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}})
	count(with_facts(going, {})) == 1
	with_facts(object.union(going, {"operation": "DELETE"}), {}) == set()
}

test_only_an_application_is_told_to_apply_manifests if {
	sync := {"object": {"operation": {"sync": {"manifests": ["x"]}}}}
	codes(object.union(application, sync), sample.human, revision) == {"inline_manifests_injected"}
	project := sample.request_for("appprojects", "argoproj.io", object.union({"namespace": "argocd"}, sync))
	codes(project, sample.human, revision) == {"gitops_control_plane_changed"}
}

test_another_revision_is_the_remedy_of_a_sync_only if {
	asked := object.union(application, {"object": {"operation": {"sync": {"revision": "other"}}}})
	some finding in denied(asked, sample.human, revision)
	startswith(finding.remedy, "Change it where it is declared in Git.")
}

healer := sample.overlay(
	sample.robot("system:serviceaccount:holdfast-system:holdfast-healer"),
	{"proof": {"grade": "unbound", "sufficient": true}},
)

deployed := {
	"spec": {"source": {"repoURL": "a"}},
	"status": {"history": [{"revision": "last", "source": {"repoURL": "a"}}]},
}

named := [{"group": "", "kind": "ConfigMap", "namespace": "shop", "name": "checkout"}]

heal(wanted) := object.union(application, {
	"oldObject": deployed,
	"object": object.union(deployed, {"operation": {"sync": {"revision": wanted, "resources": named}}}),
})

codes_of_healing(request, actor, change) := {finding.code |
	some finding in gitops_control_plane.deny with input as {
		"request": request,
		"facts": {"actor": actor, "change": change},
		"parameters": sample.overlay(sample.parameters, {"healer": healer.username, "allowSync": false, "allowRefresh": false}),
	}
}

test_the_account_that_heals_asks_for_what_was_deployed_last if {
	asked := sample.change([{"path": "operation", "segments": ["operation"], "kind": "added", "from": "", "to": "{}"}])
	codes_of_healing(heal("last"), healer, asked) == set()
	codes_of_healing(heal("next"), healer, asked) == refused
	codes_of_healing(heal("last"), sample.human, asked) == refused
	codes(heal("last"), healer, asked) == refused
	codes_of_healing(application, healer, revision) == refused
	suspended := sample.change([sample.changed(["spec", "suspend"], "false", "true")])
	codes_of_healing(sample.request_for("kustomizations", "kustomize.toolkit.fluxcd.io", {}), healer, suspended) == refused
	reconciled := sample.change([sample.changed(["metadata", "annotations", "reconcile.fluxcd.io/requestedAt"], "a", "b")])
	codes_of_healing(sample.request_for("kustomizations", "kustomize.toolkit.fluxcd.io", {}), healer, reconciled) == set()
}
