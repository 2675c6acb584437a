package holdfast.policies.gitops_accounts_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.gitops_accounts

codes(request, actor) := {finding.code | some finding in denied(request, actor)}

denied(request, actor) := findings if {
	findings := denied_with(request, {"actor": actor})
}

denied_with(request, facts) := findings if {
	findings := gitops_accounts.deny with input as {
		"request": request,
		"facts": facts,
		"parameters": object.union(sample.parameters, {
			"accounts": [{"namespace": "ci", "name": "deployer"}],
			"otherAccounts": [{"namespace": "argocd", "name": "backup"}],
		}),
	}
}

account := "argocd-application-controller"

in_argocd(resource, group, changes) := object.union(
	sample.request_for(resource, group, {"operation": "CREATE", "namespace": "argocd"}),
	changes,
)

token(name) := in_argocd("serviceaccounts", "", {"subResource": "token", "name": name})

secret(changes) := object.union(
	in_argocd("secrets", "", {"object": {
		"type": "kubernetes.io/service-account-token",
		"metadata": {"annotations": {"kubernetes.io/service-account.name": account}},
	}}),
	changes,
)

pod(name) := in_argocd("pods", "", {"object": {"spec": {"serviceAccountName": name}}})

asked_for(pod_of_token) := asked_by(sample.node, pod_of_token)

asked_by(node, pod_of_token) := {"actor": node, "object": {"tokenPod": pod_of_token}}

its_pod := {"status": "known", "value": {"nodeName": "a", "serviceAccountName": account}}

test_a_token_is_for_the_node_of_its_pod if {
	denied_with(token(account), asked_for(its_pod)) == set()
	every pod_of_token in [
		{"status": "known", "value": null},
		{"status": "known", "value": {"nodeName": "b", "serviceAccountName": account}},
		{"status": "known", "value": {"nodeName": "", "serviceAccountName": account}},
		{"status": "known", "value": {"nodeName": "a", "serviceAccountName": "default"}},
		{"status": "unavailable", "reason": "it is away"},
	] {
		count(denied_with(token(account), asked_for(pod_of_token))) == 1
	}
	codes(token(account), sample.node) == {"writer_token_requested"}
}

test_a_node_shows_its_own_credential if {
	every credential in [sample.missing_credential, sample.unknown_token] {
		stranger := sample.with_credential(sample.node, credential)
		findings := denied_with(token(account), asked_by(stranger, its_pod))
		{finding.code | some finding in findings} == {"control_plane_credential_unknown", "writer_token_requested"}
		some finding in findings
		endswith(finding.message, `and "system:node:a" showed no credential that is known to be its own.`)
	}
	elsewhere := {"status": "known", "value": {"nodeName": "b", "serviceAccountName": account}}
	count(denied_with(token(account), asked_by(sample.with_credential(sample.node, sample.unknown_token), elsewhere))) == 1
	in_the_cloud := sample.with_credential(sample.node, sample.absent_credential)
	denied_with(token(account), asked_by(in_the_cloud, its_pod)) == set()
}

test_the_command_that_accepts_a_node if {
	shown := object.union(sample.unknown_token, {"kind": "certificate", "fingerprint": "5f2c9e0a1b3d"})
	some finding in denied_with(token(account), asked_by(sample.with_credential(sample.node, shown), its_pod))
	finding.message == `The token is for a pod that runs on the node, and "system:node:a" showed a certificate that is not known to be its own.`
	contains(finding.remedy, "runs: holdfast credential accept system:node:a 5f2c9e0a1b3d\n")
}

test_a_token_is_for_nobody_else if {
	every actor in [sample.human, sample.writer, sample.platform("kube-controller-manager"), sample.robot("bob")] {
		codes(token(account), actor) == {"writer_token_requested"}
	}
	some finding in denied(token(account), sample.human)
	startswith(finding.message, "serviceaccounts argocd/argocd-application-controller is an account of GitOps or Holdfast")
}

asked_token(name, seconds) := object.union(token(name), {
	"namespace": "holdfast-system",
	"object": {"spec": {"expirationSeconds": seconds}},
})

codes_with_healer(request, actor) := {finding.code |
	some finding in gitops_accounts.deny with input as {
		"request": request,
		"facts": {"actor": actor},
		"parameters": object.union(sample.parameters, {"healer": "system:serviceaccount:holdfast-system:holdfast-healer"}),
	}
}

test_holdfast_itself_asks_for_a_short_token_of_the_account_that_heals if {
	ourselves := sample.robot("system:serviceaccount:holdfast-system:holdfast")
	codes_with_healer(asked_token("holdfast-healer", 600), ourselves) == set()

	# Only where something is healed.
	codes(asked_token("holdfast-healer", 600), ourselves) == {"writer_token_requested"}

	# A token that outlasts its use, another account, another namespace.
	every request in [
		asked_token("holdfast-healer", 3600),
		object.remove(asked_token("holdfast-healer", 600), ["object"]),
		asked_token("holdfast", 600),
		object.union(asked_token("holdfast-healer", 600), {"namespace": "argocd"}),
	] {
		codes_with_healer(request, ourselves) == {"writer_token_requested"}
	}

	# Anybody else, our own name without the token of our running pod, and the account itself.
	every actor in [
		sample.human,
		sample.writer,
		sample.impersonated(ourselves.username),
		object.union(ourselves, {"proof": {"grade": "unbound"}}),
		object.union(ourselves, {"proof": {"sufficient": false}}),
		sample.robot("system:serviceaccount:argocd:holdfast"),
		sample.robot("system:serviceaccount:holdfast-system:holdfast-healer"),
	] {
		codes_with_healer(asked_token("holdfast-healer", 600), actor) == {"writer_token_requested"}
	}
}

test_other_tokens if {
	codes(token("backup"), sample.human) == set()
	codes(object.union(token("default"), {"namespace": "shop"}), sample.human) == set()
	codes(object.union(token(account), {"namespace": "shop"}), sample.human) == set()
}

test_every_account_of_an_installation_steers if {
	every name in ["argocd-applicationset-controller", "argocd-server", "default", "my-release-repo-server"] {
		codes(token(name), sample.human) == {"writer_token_requested"}
		codes(pod(name), sample.human) == {"writer_account_used"}
	}
	every namespace in ["flux-system", "holdfast-system"] {
		codes(object.union(token("source-controller"), {"namespace": namespace}), sample.human) == {"writer_token_requested"}
	}
}

test_accounts_from_the_parameters if {
	codes(object.union(token("deployer"), {"namespace": "ci"}), sample.human) == {"writer_token_requested"}
}

test_token_secrets if {
	codes(secret({}), sample.human) == {"writer_token_secret"}
	codes(secret({"operation": "UPDATE"}), sample.human) == {"writer_token_secret"}
	codes(secret({}), sample.platform("kube-controller-manager")) == {"writer_token_secret"}
	codes(secret({"operation": "UPDATE"}), sample.platform("kube-controller-manager")) == set()
	codes(secret({}), sample.writer) == set()
	codes(secret({}), sample.unproven_writer) == {"writer_token_secret"}
	codes(secret({}), sample.robot("bob")) == set()
	codes(secret({"object": {"type": "Opaque"}}), sample.human) == set()
	codes(secret({"object": {"metadata": {"annotations": {"kubernetes.io/service-account.name": "backup"}}}}), sample.human) == set()
}

test_pods_under_the_account if {
	codes(pod(account), sample.human) == {"writer_account_used"}
	codes(pod("backup"), sample.human) == set()
	codes(object.union(pod("default"), {"object": {"spec": {}}, "namespace": "shop"}), sample.human) == set()
	codes(object.union(pod(account), {"namespace": "shop"}), sample.human) == set()
	every actor in [sample.platform("statefulset-controller"), sample.node, sample.writer, sample.robot("bob")] {
		codes(pod(account), actor) == set()
	}
	codes(object.union(pod(account), {"operation": "UPDATE"}), sample.human) == set()
}

test_workloads_under_the_account if {
	template := {"object": {"spec": {"template": {"spec": {"serviceAccountName": account}}}}}
	every operation in ["CREATE", "UPDATE"] {
		request := object.union(in_argocd("deployments", "apps", template), {"operation": operation})
		codes(request, sample.human) == {"writer_account_used"}
		codes(request, sample.writer) == set()
		codes(request, sample.platform("deployment-controller")) == set()
	}
	job := {"object": {"spec": {"jobTemplate": {"spec": {"template": {"spec": {"serviceAccountName": account}}}}}}}
	codes(in_argocd("cronjobs", "batch", job), sample.human) == {"writer_account_used"}
	codes(in_argocd("cronjobs", "batch", template), sample.human) == set()
}

test_nobody_enters_the_controllers_pods if {
	every subresource in ["exec", "attach", "portforward", "proxy"] {
		request := in_argocd("pods", "", {"operation": "CONNECT", "subResource": subresource})
		codes(request, sample.human) == {"writer_pod_entered"}
		codes(request, sample.robot("bob")) == set()
		codes(object.union(request, {"namespace": "shop"}), sample.human) == set()
	}
	service := in_argocd("services", "", {"operation": "CONNECT", "subResource": "proxy"})
	codes(service, sample.human) == {"writer_pod_entered"}
	codes(object.union(service, {"namespace": "shop"}), sample.human) == set()
	debug := in_argocd("pods", "", {"operation": "UPDATE", "subResource": "ephemeralcontainers"})
	codes(debug, sample.human) == {"writer_pod_entered"}
	codes(object.union(debug, {"namespace": "shop"}), sample.human) == set()
}

messages(request) := {finding.message | some finding in denied(request, sample.human)}

test_the_words_for_each_way_to_the_account if {
	messages(token(account)) == {concat("", [
		"serviceaccounts argocd/argocd-application-controller is an account of GitOps or Holdfast: ",
		"only the node that runs its pod may request its token, for that pod.",
	])}
	messages(secret({})) == {concat("", [
		"secrets argocd/checkout would hold a token of the account of GitOps or Holdfast ",
		`"argocd-application-controller" that never expires.`,
	])}
	messages(pod(account)) == {concat("", [
		`pods argocd/checkout would run as the account of GitOps or Holdfast "argocd-application-controller": `,
		"whoever is in such a pod is that controller.",
	])}
	messages(in_argocd("pods", "", {"operation": "CONNECT", "subResource": "exec"})) == {concat("", [
		`Nobody enters pods of namespace "argocd" (exec into checkout): `,
		"the tokens of GitOps or Holdfast are in there.",
	])}
}

test_nothing_else_is_a_token if {
	stranger := sample.with_credential(sample.node, sample.unknown_token)
	every actor in [sample.human, sample.node, stranger] {
		every request in [
			object.union(token(account), {"operation": "UPDATE"}),
			object.union(token(account), {"resource": {"group": "", "version": "v1", "resource": "pods"}}),
			object.union(token(account), {"subResource": ""}),
			object.union(token(account), {"namespace": "shop"}),
		] {
			denied_with(request, asked_by(actor, its_pod)) == set()
		}
	}
}

test_a_credential_is_asked_for_where_it_is_unknown_and_not_believed if {
	observed := sample.with_credential(sample.node, {"status": "unknown", "kind": "certificate", "believed": true})
	denied_with(token(account), asked_by(observed, its_pod)) == set()
	away := sample.with_credential(sample.node, {"status": "unavailable", "kind": "certificate", "believed": false})
	{finding.code | some finding in denied_with(token(account), asked_by(away, its_pod))} == {"writer_token_requested"}
}

test_only_a_node_runs_pods if {
	every actor in [sample.platform("a"), object.union(sample.operator, {"name": "a"})] {
		{finding.code | some finding in denied_with(token(account), asked_by(actor, its_pod))} == {"writer_token_requested"}
	}
}

test_a_secret_that_loses_its_annotation_still_holds_the_token if {
	typed := {"type": "kubernetes.io/service-account-token"}
	bare := object.union(object.remove(secret({}), ["object"]), {
		"operation": "UPDATE",
		"object": typed,
		"oldObject": secret({}).object,
	})
	codes(bare, sample.human) == {"writer_token_secret"}
	codes(object.union(secret({}), {"resource": {"group": "", "version": "v1", "resource": "configmaps"}}), sample.human) == set()
}

test_nothing_else_enters_a_pod if {
	every subresource in {"", "binding", "log", "status"} | sample.words_of_no_rule {
		codes(in_argocd("services", "", {"operation": "CONNECT", "subResource": subresource}), sample.human) == set()
	}
	every resource in {"nodes"} | (sample.words_of_no_rule - {"pods"}) {
		codes(in_argocd(resource, "", {"operation": "CONNECT", "subResource": "proxy"}), sample.human) == set()
	}
}

# A binding and an eviction have no account in them: without one it would be the default one's.
test_only_what_is_whole_runs_under_an_account if {
	every subresource in ["binding", "eviction"] {
		codes(in_argocd("pods", "", {"subResource": subresource, "object": {"metadata": {}}}), sample.human) == set()
	}
}
