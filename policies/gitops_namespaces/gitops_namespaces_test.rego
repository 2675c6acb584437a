package holdfast.policies.gitops_namespaces_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.gitops_namespaces

parameters := object.union(sample.parameters, {
	"allowPodDeletion": true,
	"freeResources": ["breakglassgrants.holdfast.dev", "events"],
})

denied_with(request, facts) := findings if {
	findings := gitops_namespaces.deny with input as {"request": request, "facts": facts, "parameters": parameters}
}

facts(actor, change) := {"actor": actor, "change": change, "object": sample.unmanaged}

codes(request, actor, change) := {finding.code | some finding in denied_with(request, facts(actor, change))}

in_argocd(resource, group, changes) := object.union(
	sample.request_for(resource, group, {"namespace": "argocd"}),
	changes,
)

image := sample.change([sample.image])

refused := {"gitops_installation_changed"}

robot(name) := sample.robot($"system:serviceaccount:argocd:{name}")

test_a_human_is_told_where_to_change_it if {
	denied_with(in_argocd("deployments", "apps", {"name": "argocd-repo-server"}), facts(sample.human, image)) == {{
		"code": "gitops_installation_changed",
		"message": concat("\n", [
			"deployments.apps argocd/argocd-repo-server belongs to an installation of GitOps or Holdfast, so it changes only through Git.",
			"spec.template.spec.containers[app].image: shop/checkout:1.0.0 → evil:latest",
		]),
		"remedy": "Change it where the installation is declared in Git. Accounts that install by hand are listed in policies.settings.gitops_namespaces.parameters.editors of Holdfast's configuration.",
	}}
}

test_whatever_lies_there_is_guarded if {
	kinds := {
		"": ["configmaps", "endpoints", "pods", "resourcequotas", "secrets", "serviceaccounts", "services"],
		"apps": ["controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"],
		"autoscaling": ["horizontalpodautoscalers"],
		"batch": ["cronjobs", "jobs"],
		"discovery.k8s.io": ["endpointslices"],
		"example.com": ["widgets"],
		"networking.k8s.io": ["ingresses", "networkpolicies"],
		"policy": ["poddisruptionbudgets"],
		"rbac.authorization.k8s.io": ["rolebindings", "roles"],
	}
	every group, resources in kinds {
		every resource in resources {
			every operation in ["CREATE", "UPDATE"] {
				codes(in_argocd(resource, group, {"operation": operation}), sample.human, image) == refused
			}
		}
	}
	codes(in_argocd("secrets", "", {"operation": "DELETE"}), sample.human, sample.whole) == refused
}

test_a_pods_image_and_its_labels if {
	pod := in_argocd("pods", "", {})
	codes(pod, sample.human, sample.change([sample.changed(["spec", "containers", "app", "image"], "a", "b")])) == refused
	codes(pod, sample.human, sample.change([sample.changed(["metadata", "labels", "app.kubernetes.io/name"], "a", "")])) == refused
	codes(in_argocd("pods", "", {"subResource": "resize"}), sample.human, image) == refused
	codes(in_argocd("pods", "", {"subResource": "status"}), sample.human, image) == refused
}

scale(replicas) := in_argocd("deployments", "apps", {"subResource": "scale", "object": {"spec": {"replicas": replicas}}})

test_scale if {
	codes(scale(0), sample.human, sample.change([sample.replicas])) == refused
	codes(scale(3), sample.human, sample.change([sample.replicas])) == refused
	codes(scale(0), sample.platform("horizontal-pod-autoscaler"), sample.change([sample.replicas])) == refused
	codes(scale(3), sample.platform("horizontal-pod-autoscaler"), sample.change([sample.replicas])) == set()
}

test_the_namespace_itself if {
	namespace := sample.request_for("namespaces", "", {"name": "argocd", "namespace": "argocd"})
	labels := sample.change([sample.changed(["metadata", "labels", "x"], "", "y")])
	codes(namespace, sample.human, labels) == refused
	codes(object.union(namespace, {"operation": "DELETE"}), sample.human, sample.whole) == refused
	codes(object.union(namespace, {"operation": "DELETE"}), sample.platform("kube-controller-manager"), sample.whole) == refused
	codes(object.union(namespace, {"operation": "CREATE"}), sample.human, sample.whole) == set()
	emptied := sample.change([sample.changed(["spec", "finalizers", "kubernetes"], "kubernetes", "")])
	finalize := object.union(namespace, {
		"subResource": "finalize",
		"oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}},
	})
	codes(finalize, sample.platform("namespace-controller"), emptied) == set()
	codes(finalize, sample.human, emptied) == refused
}

test_who_may if {
	deployment := in_argocd("deployments", "apps", {})
	codes(deployment, sample.writer, image) == set()
	codes(deployment, sample.robot("bob"), image) == set()
	codes(deployment, sample.robot("system:serviceaccount:argocd:editor"), image) == set()
	codes(deployment, sample.unproven_writer, image) == refused
	codes(deployment, sample.impersonated("system:serviceaccount:argocd:editor"), image) == refused
	forged := object.union(robot("argocd-server"), {"proof": {"grade": "none"}})
	codes(deployment, forged, image) == refused
	codes(deployment, sample.node, image) == refused
	codes(deployment, sample.human, sample.no_change) == set()
}

under_grant(names_resource) := object.union(
	facts(object.union(sample.human, {"class": "breakglass"}), image),
	{"grant": {"namesResource": names_resource}},
)

test_a_grant_must_name_the_resource if {
	denied_with(in_argocd("deployments", "apps", {}), under_grant(true)) == set()
	count(denied_with(in_argocd("deployments", "apps", {}), under_grant(false))) == 1
}

test_pods_are_restarted_by_deletion_and_drained if {
	codes(in_argocd("pods", "", {"operation": "DELETE"}), sample.human, sample.whole) == set()
	codes(in_argocd("pods", "", {"operation": "CREATE", "subResource": "eviction"}), sample.human, sample.whole) == set()
	findings := gitops_namespaces.deny with input as {
		"request": in_argocd("pods", "", {"operation": "DELETE"}),
		"facts": facts(sample.human, sample.whole),
		"parameters": object.union(parameters, {"allowPodDeletion": false}),
	}
	count(findings) == 1
}

owned(kind) := {"metadata": {"ownerReferences": [{"apiVersion": "apps/v1", "kind": kind, "name": "a", "uid": "1", "controller": true}]}}

test_the_control_plane_works_on if {
	pod := in_argocd("pods", "", {"operation": "CREATE", "object": owned("StatefulSet")})
	codes(pod, sample.platform("statefulset-controller"), sample.whole) == set()
	replicas := in_argocd("replicasets", "apps", {"operation": "CREATE", "object": owned("Deployment")})
	codes(replicas, sample.platform("deployment-controller"), sample.whole) == set()
	binding := in_argocd("pods", "", {"operation": "CREATE", "subResource": "binding"})
	codes(binding, sample.platform("kube-scheduler"), sample.whole) == set()
	authority := in_argocd("configmaps", "", {"operation": "CREATE", "name": "kube-root-ca.crt"})
	codes(authority, sample.platform("root-ca-cert-publisher"), sample.whole) == set()
	account := in_argocd("serviceaccounts", "", {"operation": "CREATE", "name": "default"})
	codes(account, sample.platform("service-account-controller"), sample.whole) == set()
	status := in_argocd("pods", "", {"subResource": "status"})
	codes(status, sample.node, sample.change([sample.changed(["status", "phase"], "Pending", "Running")])) == set()
}

made_as(template) := denied_with(
	in_argocd("pods", "", {"operation": "CREATE", "object": owned("StatefulSet")}),
	object.union(facts(sample.platform("statefulset-controller"), sample.whole), {"object": {"template": template}}),
)

test_a_pod_is_as_its_owner_declares if {
	made_as({"status": "known", "value": {"isOwned": true, "differences": [], "additions": []}}) == set()
	count(made_as({"status": "known", "value": {"isOwned": true, "differences": ["image"], "additions": []}})) == 1
	count(made_as({"status": "known", "value": {"isOwned": false, "differences": [], "additions": []}})) == 1
	count(made_as({"status": "unavailable", "reason": "it is away"})) == 1
}

test_argocd_at_work if {
	every name in ["argocd-secret", "argocd-initial-admin-secret"] {
		codes(in_argocd("secrets", "", {"operation": "CREATE", "name": name}), robot("argocd-server-of-another"), image) == refused
	}
	key := in_argocd("secrets", "", {"name": "argocd-redis", "operation": "CREATE"})
	codes(key, robot("argocd-redis"), sample.whole) == set()
	codes(object.union(key, {"operation": "UPDATE"}), robot("argocd-redis"), image) == refused
	codes(object.union(key, {"name": "argocd-secret"}), robot("argocd-redis"), sample.whole) == refused
	every name in ["argocd-repo-server", "argocd-dex-server", "argocd-notifications-controller"] {
		codes(key, robot(name), sample.whole) == refused
	}
}

server_writes(name, grade) := findings if {
	findings := gitops_namespaces.deny with input as {
		"request": in_argocd("secrets", "", {"name": name}),
		"facts": facts(object.union(robot("argocd-server"), {"proof": {"grade": grade}}), image),
		"parameters": object.remove(parameters, ["editors"]),
	}
}

test_the_server_with_the_token_of_its_pod if {
	server_writes("argocd-secret", "pod-bound") == set()
	count(server_writes("argocd-secret", "unbound")) == 1
	count(server_writes("argocd-tls", "pod-bound")) == 1
}

test_helm_remembers_its_releases if {
	release := in_argocd("secrets", "", {"namespace": "flux-system", "operation": "CREATE", "object": {"type": "helm.sh/release.v1"}})
	codes(release, sample.robot("system:serviceaccount:flux-system:helm-controller"), sample.whole) == set()
	codes(release, sample.robot("system:serviceaccount:flux-system:source-controller"), sample.whole) == refused
	codes(release, sample.human, sample.whole) == refused
}

test_status_of_what_is_no_workload if {
	status := sample.change([sample.changed(["status", "loadBalancer"], "", "1.2.3.4")])
	observer := sample.robot("system:serviceaccount:ingress:nginx")
	codes(in_argocd("ingresses", "networking.k8s.io", {"subResource": "status"}), observer, status) == set()
	codes(in_argocd("ingresses", "networking.k8s.io", {"subResource": "status"}), sample.human, status) == refused
	codes(in_argocd("persistentvolumeclaims", "", {"subResource": "status"}), observer, status) == set()
	codes(in_argocd("deployments", "apps", {"subResource": "status"}), observer, status) == refused
	codes(in_argocd("pods", "", {"subResource": "status"}), observer, status) == refused
	codes(in_argocd("namespaces", "", {"subResource": "status"}), observer, status) == refused

	# The control plane reports by its rows, whatever token is shown.
	balancer := in_argocd("services", "", {"subResource": "status"})
	codes(balancer, sample.platform("service-controller"), status) == set()
	codes(balancer, sample.platform("job-controller"), status) == refused
}

test_operators_by_their_rules if {
	data_only := sample.change([sample.changed(["data", "tls.crt"], "a", "b")])
	codes(in_argocd("secrets", "", {}), sample.operator, data_only) == set()
	codes(in_argocd("services", "", {}), sample.operator, data_only) == refused
}

test_what_decides_nothing if {
	every free in [["events", ""], ["breakglassgrants", "holdfast.dev"]] {
		codes(in_argocd(free[0], free[1], {"operation": "CREATE"}), sample.human, sample.whole) == set()
	}
}

test_what_other_policies_judge if {
	codes(in_argocd("applications", "argoproj.io", {}), sample.human, image) == set()
	codes(in_argocd("configmaps", "", {"name": "argocd-cm"}), sample.human, image) == set()
	codes(in_argocd("serviceaccounts", "", {"operation": "CREATE", "subResource": "token"}), sample.human, sample.whole) == set()
	codes(in_argocd("pods", "", {"subResource": "ephemeralcontainers"}), sample.human, image) == set()
}

test_what_goes_already if {
	going := in_argocd("secrets", "", {"operation": "DELETE", "oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}})
	codes(going, sample.human, sample.whole) == set()
}

test_holdfast_keeps_what_it_learned_of_credentials if {
	learned := in_argocd("secrets", "", {"namespace": "holdfast-system", "name": "holdfast-credentials"})
	ours := sample.robot("system:serviceaccount:holdfast-system:holdfast")
	running := object.union(ours, {"proof": {"grade": "pod-bound", "sufficient": true}})
	codes(learned, running, image) == set()
	codes(object.union(learned, {"operation": "DELETE"}), running, sample.whole) == refused
	codes(object.union(learned, {"name": "another"}), running, image) == refused
	codes(object.union(learned, {"namespace": "argocd"}), running, image) == refused
	every grade in ["none", "unbound", "legacy"] {
		codes(learned, object.union(ours, {"proof": {"grade": grade}}), image) == refused
	}
	codes(learned, sample.impersonated(ours.username), image) == refused
	codes(learned, sample.human, image) == refused
}

own_certificate := {"own_certificate_changed"}

certificates := in_argocd("secrets", "", {"namespace": "holdfast-system", "name": "holdfast-certificates"})

holdfast := sample.robot("system:serviceaccount:holdfast-system:holdfast")

test_holdfast_alone_writes_its_certificates if {
	running := object.union(holdfast, {"proof": {"grade": "pod-bound", "sufficient": true}})
	every operation in ["CREATE", "UPDATE"] {
		codes(object.union(certificates, {"operation": operation}), running, image) == set()
	}
	codes(object.union(certificates, {"operation": "DELETE"}), running, sample.whole) == own_certificate
	codes(object.union(certificates, {"namespace": "argocd"}), running, image) == own_certificate
	every grade in ["none", "unbound", "legacy"] {
		codes(certificates, object.union(holdfast, {"proof": {"grade": grade}}), image) == own_certificate
	}
	every actor in [sample.impersonated(holdfast.username), sample.human, sample.writer, robot("argocd-server")] {
		codes(certificates, actor, image) == own_certificate
	}
	codes(certificates, sample.platform("generic-garbage-collector"), image) == own_certificate
	codes(certificates, sample.human, sample.no_change) == set()
}

written_by(actor) := {finding.code |
	listed := object.union(parameters, {"editors": [sample.human.username, holdfast.username]})
	some finding in gitops_namespaces.deny with input as {"request": certificates, "facts": facts(actor, image), "parameters": listed}
}

test_editors_write_its_certificates_only_in_its_own_name if {
	written_by(sample.human) == own_certificate
	written_by(holdfast) == set()
	written_by(sample.impersonated(holdfast.username)) == own_certificate
}

test_its_certificates_go_under_a_grant_and_with_their_namespace if {
	deletion := object.union(certificates, {"operation": "DELETE"})
	codes(deletion, sample.human, sample.whole) == own_certificate
	controller := sample.platform("namespace-controller")
	codes(deletion, controller, sample.whole) == own_certificate
	going := object.union(facts(controller, sample.whole), {"object": object.union(sample.unmanaged, {"namespaceTerminating": true})})
	denied_with(deletion, going) == set()
	codes(object.union(deletion, {"oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}}), sample.human, sample.whole) == set()
}

test_the_type_of_its_certificates_counts_as_well_as_the_name if {
	typed := object.union(certificates, {"name": "another"})
	every field in ["object", "oldObject"] {
		codes(object.union(typed, {field: {"type": "holdfast.dev/certificates"}}), sample.writer, image) == own_certificate
	}
	codes(typed, sample.writer, image) == set()
}

test_what_is_said_of_its_certificates if {
	denied_with(certificates, facts(sample.writer, image)) == {{
		"code": "own_certificate_changed",
		"message": concat("\n", [
			"secrets holdfast-system/holdfast-certificates holds the authority and the certificate that Holdfast makes itself, so nobody else writes it.",
			"spec.template.spec.containers[app].image: shop/checkout:1.0.0 → evil:latest",
		]),
		"remedy": "Leave it to Holdfast, which renews it. To have both made anew, delete it under a grant: docs/operations/certificates.md says what follows.",
	}}
}

test_holdfast_counts_the_uses_of_grants if {
	uses := in_argocd("configmaps", "", {"namespace": "holdfast-system", "name": "holdfast-grant-uses"})
	ours := sample.robot("system:serviceaccount:holdfast-system:holdfast")
	every grade in ["pod-bound", "unbound"] {
		codes(uses, object.union(ours, {"proof": {"grade": grade}}), image) == set()
	}
	codes(uses, sample.impersonated(ours.username), image) == refused
	codes(uses, sample.human, image) == refused
	codes(object.union(uses, {"operation": "DELETE"}), ours, sample.whole) == refused
	codes(object.union(uses, {"name": "holdfast"}), ours, image) == refused
}

unknown := {"control_plane_credential_unknown"}

# Whoever takes the lease of a leader stops the controller.
test_leases_of_leaders if {
	lease := in_argocd("leases", "coordination.k8s.io", {"namespace": "flux-system"})
	holder := sample.change([sample.changed(["spec", "holderIdentity"], "a", "b")])
	codes(lease, sample.robot("system:serviceaccount:flux-system:source-controller"), holder) == set()
	codes(lease, sample.impersonated("system:serviceaccount:flux-system:source-controller"), holder) == refused
	codes(lease, robot("argocd-server-of-another"), holder) == refused
	codes(lease, sample.human, holder) == refused
	codes(object.union(lease, {"operation": "DELETE"}), sample.human, sample.whole) == refused
	codes(lease, sample.platform("job-controller"), holder) == refused
}

readdressed := in_argocd("pods", "", {
	"subResource": "status",
	"object": {"status": {"podIP": "192.0.2.66"}},
	"oldObject": {"status": {"podIP": "10.0.0.1"}},
})

moved := sample.change([sample.changed(["status", "podIP"], "10.0.0.1", "192.0.2.66")])

# Services send to the address that a pod's status names.
test_the_address_of_a_pod if {
	codes(readdressed, sample.node, moved) == set()
	codes(readdressed, sample.with_credential(sample.node, sample.absent_credential), moved) == set()
	every credential in [sample.unknown_token, sample.missing_credential] {
		codes(readdressed, sample.with_credential(sample.node, credential), moved) == unknown
	}
	every name in ["kube-scheduler", "node-controller", "taint-eviction-controller"] {
		codes(readdressed, sample.platform(name), moved) == refused
	}
	codes(in_argocd("pods", "", {"subResource": "status"}), sample.with_credential(sample.node, sample.missing_credential), moved) == set()
}

answer(name, credential, foreign) := {finding.code |
	request := in_argocd("endpointslices", "discovery.k8s.io", {
		"object": {"metadata": {"labels": {"endpointslice.kubernetes.io/managed-by": $"{name}.k8s.io"}}},
		"oldObject": {"metadata": {"labels": {"endpointslice.kubernetes.io/managed-by": $"{name}.k8s.io"}}},
	})
	some finding in denied_with(request, {
		"actor": sample.with_credential(sample.platform(name), credential),
		"change": sample.change([sample.changed(["endpoints"], "a", "b")]),
		"object": object.union(sample.unmanaged, foreign),
	})
}

# Behaviour first: pods of the namespace are listed by anybody's name, and other addresses by nobody's.
test_who_answers_for_a_service if {
	pods := {"foreignAddresses": {"status": "known", "value": []}}
	stranger := {"foreignAddresses": {"status": "known", "value": ["192.0.2.66"]}}
	untold := {"foreignAddresses": {"status": "unavailable", "reason": "it is away"}}
	every credential in [sample.known_token, sample.absent_credential, sample.missing_credential, sample.unknown_token] {
		answer("endpointslice-controller", credential, pods) == set()
	}
	every foreign in [stranger, untold, {}] {
		answer("endpointslice-controller", sample.known_token, foreign) == set()
		answer("endpointslice-controller", sample.absent_credential, foreign) == refused
		answer("endpointslice-controller", sample.missing_credential, foreign) == refused | unknown
		answer("endpointslicemirroring-controller", sample.absent_credential, foreign) == set()
		answer("endpointslicemirroring-controller", sample.unknown_token, foreign) == refused | unknown
	}
}

# The authority that pods trust the API server by, and the tokens that Secrets keep.
test_what_accounts_are_given if {
	authority := in_argocd("configmaps", "", {"name": "kube-root-ca.crt"})
	authority_changed := sample.change([sample.changed(["data", "ca.crt"], "a", "b")])
	publisher := sample.platform("root-ca-cert-publisher")
	codes(authority, publisher, authority_changed) == set()
	codes(authority, sample.with_credential(publisher, sample.absent_credential), authority_changed) == set()
	codes(authority, sample.with_credential(publisher, sample.missing_credential), authority_changed) == unknown
	codes(object.union(authority, {"operation": "CREATE"}), sample.with_credential(publisher, sample.missing_credential), sample.whole) == set()
	codes(authority, sample.with_credential(publisher, sample.missing_credential), sample.no_change) == set()
	token := {"type": "kubernetes.io/service-account-token"}
	kept := in_argocd("secrets", "", {"object": token, "oldObject": token})
	filled := sample.change([sample.changed(["data", "token"], "a", "b")])
	manager := sample.platform("kube-controller-manager")
	codes(kept, manager, filled) == set()
	codes(kept, sample.with_credential(manager, sample.missing_credential), filled) == unknown
}

# A static pod is nobody's there: a Service would take it for the repository server.
test_no_node_brings_a_pod if {
	mirror := in_argocd("pods", "", {
		"operation": "CREATE",
		"object": {"metadata": {"annotations": {"kubernetes.io/config.mirror": "x"}}},
	})
	codes(mirror, sample.node, sample.whole) == refused
}

stranger(actor) := sample.with_credential(actor, sample.unknown_token)

test_a_credential_is_asked_for_where_it_is_unknown_and_not_believed if {
	away := {"status": "unavailable", "kind": "certificate", "believed": false}
	observed := {"status": "unknown", "kind": "certificate", "believed": true}
	every credential in [away, observed] {
		codes(readdressed, sample.with_credential(sample.node, credential), moved) == set()
	}
}

test_nobody_else_is_asked_for_a_credential if {
	codes(readdressed, stranger(sample.platform("kube-scheduler")), moved) == refused
	codes(in_argocd("services", "", {}), stranger(sample.operator), image) == refused
	codes(in_argocd("configmaps", "", {}), stranger(sample.operator), image) == refused
	slice := in_argocd("endpointslices", "discovery.k8s.io", {})
	codes(slice, stranger(sample.operator), image) == refused
	every resource in {"services"} | (sample.words_of_no_rule - {"secrets"}) {
		codes(in_argocd(resource, "", {}), stranger(sample.platform("job-controller")), image) == refused
	}
	labelled := {"metadata": {"labels": {"endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}}}
	ended := object.union(slice, {"operation": "DELETE", "object": null, "oldObject": labelled})
	codes(ended, stranger(sample.platform("endpointslice-controller")), sample.whole) == set()
}

test_its_certificates_are_nobody_s_by_another_operation if {
	codes(object.union(certificates, {"operation": "CREATE"}), sample.human, sample.no_change) == own_certificate
	condemned := {"oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}}
	codes(object.union(certificates, condemned), sample.human, image) == own_certificate
	tokens := object.union(certificates, {"oldObject": {"type": "kubernetes.io/service-account-token"}, "object": {"type": "kubernetes.io/service-account-token"}})
	filled := sample.change([sample.changed(["data", "token"], "a", "b")])
	codes(tokens, sample.platform("kube-controller-manager"), filled) == own_certificate
}

test_other_subresources_are_judged_here if {
	every subresource in {"log", "scale"} | sample.words_of_no_rule {
		codes(in_argocd("deployments", "apps", {"subResource": subresource}), sample.human, image) == refused
	}
}

test_a_grant_is_its_holder_s if {
	count(denied_with(in_argocd("deployments", "apps", {}), object.union(facts(sample.human, image), {"grant": {"namesResource": true}}))) == 1
}

owned_deletion(resource, group, namespace) := sample.request_for(resource, group, {
	"operation": "DELETE",
	"namespace": namespace,
	"name": "argocd",
	"oldObject": {"metadata": {"ownerReferences": [{"uid": "1"}]}},
})

test_no_controller_ends_the_namespace_and_each_may_end_the_rest if {
	collector := sample.platform("generic-garbage-collector")
	gone := object.union(facts(collector, sample.whole), {"object": object.union(sample.unmanaged, {"owners": [{"uid": "1", "state": "gone"}]})})
	denied_with(owned_deletion("replicasets", "apps", "argocd"), gone) == set()
	denied_with(owned_deletion("widgets", "example.com", "argocd"), gone) == set()
	count(denied_with(owned_deletion("namespaces", "", "argocd"), gone)) == 1
}

test_a_node_reports_on_pods_alone if {
	report := sample.change([sample.changed(["status", "phase"], "Pending", "Running")])
	codes(in_argocd("replicationcontrollers", "", {"subResource": "status"}), sample.node, report) == refused
	codes(in_argocd("pods", "", {}), sample.node, report) == refused
	codes(in_argocd("pods", "", {"subResource": "status"}), sample.node, image) == refused
	codes(in_argocd("pods", "", {"subResource": "status"}), sample.human, report) == refused
}

test_an_observer_updates_a_status_and_nothing_else if {
	observer := sample.robot("system:serviceaccount:ingress:nginx")
	status := sample.change([sample.changed(["status", "loadBalancer"], "", "1.2.3.4")])
	every subresource in ["", "scale"] {
		codes(in_argocd("ingresses", "networking.k8s.io", {"subResource": subresource}), observer, status) == refused
	}
	codes(in_argocd("ingresses", "networking.k8s.io", {"subResource": "status", "operation": "CREATE"}), observer, status) == refused
	codes(in_argocd("ingresses", "networking.k8s.io", {"subResource": "status"}), observer, image) == refused
	every word in sample.words_of_no_rule - {"pods"} {
		codes(in_argocd("widgets", word, {"subResource": "status"}), observer, status) == set()
		codes(in_argocd(word, "", {"subResource": "status"}), observer, status) == set()
	}
}

test_an_autoscaler_sets_replicas_and_nothing_else if {
	hpa := sample.platform("horizontal-pod-autoscaler")
	codes(scale(3), object.union(sample.operator, {"name": "horizontal-pod-autoscaler"}), sample.change([sample.replicas])) == refused
	codes(scale(3), sample.platform("job-controller"), sample.change([sample.replicas])) == refused
	codes(object.union(scale(3), {"operation": "CREATE"}), hpa, sample.change([sample.replicas])) == refused
	codes(object.remove(scale(3), ["subResource"]), hpa, sample.change([sample.replicas])) == refused
	codes(scale(3), hpa, sample.change([sample.changed(["spec", "selector"], "a", "b")])) == refused
}

test_a_pod_without_a_controller_differs_from_no_template if {
	made_as({"status": "known", "value": null}) == set()
}
