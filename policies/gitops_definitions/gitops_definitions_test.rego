package holdfast.policies.gitops_definitions_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.gitops_definitions

parameters := object.union(sample.parameters, {
	"definitionGroups": ["holdfast.dev", "source.toolkit.fluxcd.io"],
	"definitions": ["applications.argoproj.io"],
	"clusterRoles": ["argocd-server", "holdfast"],
	"constraintAccounts": [],
	"servedGroups": ["", "apps", "argoproj.io"],
})

denied(request, actor, change) := findings if {
	findings := gitops_definitions.deny with input as {
		"request": request,
		"facts": {"actor": actor, "change": change},
		"parameters": parameters,
	}
}

codes(request, actor, change) := {finding.code | some finding in denied(request, actor, change)}

cluster_wide(resource, group, changes) := object.union(
	object.remove(sample.request_for(resource, group, {}), ["namespace"]),
	changes,
)

definition(name) := cluster_wide("customresourcedefinitions", "apiextensions.k8s.io", {"name": name})

service(name, changes) := cluster_wide("apiservices", "apiregistration.k8s.io", object.union({"name": name}, changes))

binding(subject) := cluster_wide("clusterrolebindings", "rbac.authorization.k8s.io", {"object": {"subjects": [subject]}})

webhook := sample.change([sample.changed(["spec", "conversion", "strategy"], "None", "Webhook")])

elsewhere := {"object": {"spec": {"service": {"name": "mine", "namespace": "shop"}}}}

test_definitions_of_the_tools if {
	every name in ["applications.argoproj.io", "gitrepositories.source.toolkit.fluxcd.io", "breakglassgrants.holdfast.dev"] {
		every operation in ["CREATE", "UPDATE"] {
			codes(object.union(definition(name), {"operation": operation}), sample.human, webhook) == {"gitops_definition_changed"}
		}
		codes(object.union(definition(name), {"subResource": "status"}), sample.human, webhook) == {"gitops_definition_changed"}
		codes(object.union(definition(name), {"operation": "DELETE"}), sample.human, webhook) == set()
	}
	every name in ["widgets.example.com", "rollouts.argoproj.io", "applications.argoproj.io.example.com"] {
		codes(definition(name), sample.human, webhook) == set()
	}
}

test_the_words if {
	some finding in denied(definition("applications.argoproj.io"), sample.human, webhook)
	finding.message == concat("\n", [
		"customresourcedefinitions.apiextensions.k8s.io applications.argoproj.io defines what GitOps or Holdfast reads, so it changes only through Git.",
		"spec.conversion.strategy: None → Webhook",
	])
	endswith(finding.remedy, "policies.settings.gitops_definitions.parameters.editors of Holdfast's configuration.")
}

test_an_api_that_is_served_already if {
	every name in ["v1.apps", "v9.apps", "v1.", "v1alpha1.argoproj.io", "v1.source.toolkit.fluxcd.io"] {
		every operation in ["CREATE", "UPDATE"] {
			codes(service(name, object.union(elsewhere, {"operation": operation})), sample.human, webhook) == {"served_api_redirected"}
		}
		codes(service(name, {"operation": "DELETE"}), sample.human, sample.whole) == {"served_api_redirected"}
	}
}

test_a_kind_of_anybody_that_the_api_server_serves if {
	local := {"oldObject": {"spec": {"group": "example.com"}}}
	codes(service("v1.example.com", object.union(local, elsewhere)), sample.human, webhook) == {"served_api_redirected"}
	codes(service("v1.example.com", object.union(local, {"operation": "DELETE"})), sample.human, sample.whole) == {"served_api_redirected"}
}

test_an_api_server_of_its_own if {
	metrics := object.union(elsewhere, {"operation": "CREATE", "oldObject": null})
	codes(service("v1beta1.metrics.k8s.io", metrics), sample.human, webhook) == set()
	moved := object.union(elsewhere, {"oldObject": {"spec": {"service": {"name": "old"}}}})
	codes(service("v1beta1.metrics.k8s.io", moved), sample.human, webhook) == set()
	codes(service("v1beta1.metrics.k8s.io", object.union(moved, {"operation": "DELETE"})), sample.human, sample.whole) == set()
}

test_the_api_server_serves_its_own if {
	automanaged := {
		"operation": "DELETE",
		"object": null,
		"oldObject": {"metadata": {"labels": {"kube-aggregator.kubernetes.io/automanaged": "true"}}, "spec": {"group": "example.com"}},
	}
	codes(service("v1.example.com", automanaged), sample.platform("apiserver"), sample.whole) == set()
}

test_bindings_that_name_an_account_of_an_installation if {
	every subject in [
		{"kind": "ServiceAccount", "namespace": "argocd", "name": "argocd-server"},
		{"kind": "ServiceAccount", "namespace": "holdfast-system", "name": "holdfast"},
		{"kind": "User", "name": "system:serviceaccount:flux-system:source-controller"},
		{"kind": "Group", "name": "system:serviceaccounts:argocd"},
	] {
		codes(binding(subject), sample.human, webhook) == {"gitops_rights_changed"}
		removed := object.union(object.remove(binding(subject), ["object"]), {"oldObject": binding(subject).object, "operation": "DELETE"})
		codes(removed, sample.human, sample.whole) == {"gitops_rights_changed"}
	}
	every subject in [
		{"kind": "ServiceAccount", "namespace": "shop", "name": "argocd-server"},
		{"kind": "User", "name": "alice"},
		{"kind": "Group", "name": "system:serviceaccounts:shop"},
	] {
		codes(binding(subject), sample.human, webhook) == set()
	}
}

test_cluster_roles_of_the_tools if {
	codes(cluster_wide("clusterroles", "rbac.authorization.k8s.io", {"name": "argocd-server"}), sample.human, webhook) == {"gitops_rights_changed"}
	codes(cluster_wide("clusterroles", "rbac.authorization.k8s.io", {"name": "shop"}), sample.human, webhook) == set()
}

test_who_may if {
	request := definition("applications.argoproj.io")
	every actor in [sample.writer, sample.robot("bob")] {
		codes(request, actor, webhook) == set()
	}
	every actor in [sample.unproven_writer, sample.node, sample.operator, sample.platform("kube-controller-manager")] {
		codes(request, actor, webhook) == {"gitops_definition_changed"}
	}
	codes(request, sample.human, sample.no_change) == set()
	status := object.union(request, {"subResource": "status"})
	accepted := sample.change([sample.changed(["status", "conditions"], "a", "b")])
	codes(status, sample.platform("apiserver"), accepted) == set()
}

granted(names_resource) := findings if {
	findings := gitops_definitions.deny with input as {
		"request": definition("applications.argoproj.io"),
		"facts": {
			"actor": object.union(sample.human, {"class": "breakglass"}),
			"change": webhook,
			"grant": {"namesResource": names_resource},
		},
		"parameters": parameters,
	}
}

test_a_grant_must_name_the_resource if {
	granted(true) == set()
	count(granted(false)) == 1
}

# In whichever namespace, and with whichever role.
test_a_binding_elsewhere_to_an_account_of_the_tools if {
	account := {"kind": "ServiceAccount", "namespace": "argocd", "name": "argocd-server"}
	elsewhere_bound := sample.request_for("rolebindings", "rbac.authorization.k8s.io", {
		"namespace": "shop",
		"operation": "CREATE",
		"object": {"subjects": [{"kind": "Group", "name": "developers"}, account]},
	})
	codes(elsewhere_bound, sample.human, sample.whole) == {"gitops_rights_changed"}
	taken := object.union(elsewhere_bound, {"operation": "DELETE", "object": null, "oldObject": elsewhere_bound.object})
	codes(taken, sample.human, sample.whole) == {"gitops_rights_changed"}
}

# Without a Service behind it, trusting no certificate redirects nothing; with one, the group must be the attacker's own.
test_an_api_that_trusts_anybody if {
	blind := {"object": {"spec": {"insecureSkipTLSVerify": true, "service": {"name": "mine", "namespace": "shop"}}}}
	every name in ["v1.apps", "v2.apps", "v1."] {
		codes(service(name, object.union(blind, {"operation": "CREATE"})), sample.human, sample.whole) == {"served_api_redirected"}
	}
	codes(service("v1.metrics.example.com", object.union(blind, {"operation": "CREATE"})), sample.human, sample.whole) == set()
}

test_who_may_change_rights if {
	request := binding({"kind": "ServiceAccount", "namespace": "argocd", "name": "argocd-server"})
	codes(request, sample.human, webhook) == {"gitops_rights_changed"}
	every actor in [sample.writer, sample.robot("bob")] {
		codes(request, actor, webhook) == set()
	}
}

test_a_grant_is_its_holder_s if {
	findings := gitops_definitions.deny with input as {
		"request": definition("applications.argoproj.io"),
		"facts": {"actor": sample.human, "change": webhook, "grant": {"namesResource": true}},
		"parameters": parameters,
	}
	count(findings) == 1
}

test_what_is_going_is_not_changed_again if {
	condemned := {"oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}}
	going := object.union(service("v1.apps", {"operation": "DELETE"}), condemned)
	codes(going, sample.human, sample.whole) == set()
	codes(object.union(definition("applications.argoproj.io"), condemned), sample.human, webhook) == {"gitops_definition_changed"}
}

test_an_api_that_nobody_redirects if {
	held := {"object": {"spec": {}}, "oldObject": {"spec": {"service": {"name": "old"}}}}
	codes(service("v1.apps", held), sample.human, webhook) == set()
	codes(service("v1.apps", {"operation": "CREATE", "object": {"spec": {}}, "oldObject": null}), sample.human, webhook) == set()
	nameless := object.union(elsewhere, {"operation": "CREATE", "oldObject": null})
	codes(service("apps", nameless), sample.human, webhook) == set()
	codes(service("apps.", nameless), sample.human, webhook) == {"served_api_redirected"}
}

test_what_only_looks_like_an_account if {
	every subject in [
		{"kind": "User", "namespace": "argocd", "name": "argocd-server"},
		{"kind": "User", "name": "system:node:argocd:argocd-server"},
		{"kind": "User", "name": "system:serviceaccount:shop:argocd-server"},
		{"kind": "Group", "name": "system:serviceaccount:argocd:argocd-server"},
		{"kind": "Group", "name": "system:nodes:argocd"},
		{"kind": "User", "name": "system:serviceaccounts:argocd"},
	] {
		codes(binding(subject), sample.human, webhook) == set()
	}
	account := {"kind": "ServiceAccount", "namespace": "argocd", "name": "argocd-server"}
	every resource in {"roles"} | sample.words_of_no_rule {
		every group in ["", "rbac.authorization.k8s.io"] {
			other := cluster_wide(resource, group, {"name": "holdfast", "object": {"subjects": [account]}})
			codes(other, sample.human, webhook) == set()
		}
	}
}

gatekeeper := sample.robot("system:serviceaccount:holdfast-system:holdfast-gatekeeper")

# Where the configuration says who makes the kinds of constraints.
guarded_codes(request, actor) := {finding.code |
	some finding in gitops_definitions.deny with input as {
		"request": request,
		"facts": {"actor": actor, "change": webhook},
		"parameters": object.union(parameters, {"constraintAccounts": [gatekeeper.username]}),
	}
}

test_the_kinds_of_constraints_are_made_by_one_account if {
	owned := definition("mustbeowned.constraints.gatekeeper.sh")
	every operation in ["CREATE", "UPDATE"] {
		guarded_codes(object.union(owned, {"operation": operation}), sample.human) == {"gitops_definition_changed"}
		guarded_codes(object.union(owned, {"operation": operation}), gatekeeper) == set()
		guarded_codes(object.union(owned, {"operation": operation}), sample.writer) == set()
	}
	guarded_codes(owned, sample.impersonated(gatekeeper.username)) == {"gitops_definition_changed"}
	guarded_codes(owned, object.union(gatekeeper, {"proof": {"grade": "unbound"}})) == {"gitops_definition_changed"}
	guarded_codes(owned, sample.robot("system:serviceaccount:shop:holdfast-gatekeeper")) == {"gitops_definition_changed"}
}

test_the_kinds_of_gatekeeper_itself_are_git_s if {
	every name in ["constrainttemplates.templates.gatekeeper.sh", "configs.config.gatekeeper.sh", "syncsets.syncset.gatekeeper.sh"] {
		every actor in [sample.human, gatekeeper] {
			guarded_codes(definition(name), actor) == {"gitops_definition_changed"}
		}
		guarded_codes(definition(name), sample.writer) == set()
	}
	every name in {"assign.mutations.gatekeeper.sh", "widgets.example.com", "widgets.secrets"} {
		guarded_codes(definition(name), sample.human) == set()
	}
}

test_who_makes_the_kinds_of_constraints_does_nothing_else if {
	named := {"name": "mustbeowned.constraints.gatekeeper.sh"}
	account := {"kind": "ServiceAccount", "namespace": "argocd", "name": "argocd-server"}
	guarded_codes(object.union(binding(account), named), gatekeeper) == {"gitops_rights_changed"}
	guarded_codes(definition("applications.argoproj.io"), gatekeeper) == {"gitops_definition_changed"}
}

test_the_kinds_of_constraints_where_nobody_is_named if {
	codes(definition("mustbeowned.constraints.gatekeeper.sh"), sample.human, webhook) == set()
}
