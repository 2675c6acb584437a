package holdfast.policies.gitops_accounts_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.gitops_accounts

codes(request, actor) := {finding.code | some finding in denied(request, actor)}

denied(request, actor) := findings if {
	findings := gitops_accounts.deny with input as {
		"request": request,
		"facts": {"actor": actor},
		"parameters": object.union(sample.parameters, {"accounts": [{"namespace": "ci", "name": "deployer"}]}),
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

test_a_token_is_for_the_node_alone if {
	codes(token(account), sample.node) == set()
	every actor in [sample.human, sample.writer, sample.platform("kube-controller-manager"), sample.robot("bob")] {
		codes(token(account), actor) == {"writer_token_requested"}
	}
	some finding in denied(token(account), sample.human)
	startswith(finding.message, "serviceaccounts argocd/argocd-application-controller is the account of the GitOps controller")
}

test_other_tokens if {
	codes(token("default"), sample.human) == set()
	codes(object.union(token(account), {"namespace": "shop"}), sample.human) == set()
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
	codes(secret({"object": {"metadata": {"annotations": {"kubernetes.io/service-account.name": "default"}}}}), sample.human) == set()
}

test_pods_under_the_account if {
	codes(pod(account), sample.human) == {"writer_account_used"}
	codes(pod("default"), sample.human) == set()
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
	debug := in_argocd("pods", "", {"operation": "UPDATE", "subResource": "ephemeralcontainers"})
	codes(debug, sample.human) == {"writer_pod_entered"}
	codes(object.union(debug, {"namespace": "shop"}), sample.human) == set()
}

messages(request) := {finding.message | some finding in denied(request, sample.human)}

test_the_words_for_each_way_to_the_account if {
	messages(token(account)) == {concat("", [
		"serviceaccounts argocd/argocd-application-controller is the account of the GitOps controller: ",
		"only a node may request its token, for the controller's pod.",
	])}
	messages(secret({})) == {concat("", [
		"secrets argocd/checkout would hold a token of the GitOps controller's account ",
		`"argocd-application-controller" that never expires.`,
	])}
	messages(pod(account)) == {concat("", [
		`pods argocd/checkout would run as the GitOps controller's account "argocd-application-controller": `,
		"whoever is in such a pod is the controller.",
	])}
	messages(in_argocd("pods", "", {"operation": "CONNECT", "subResource": "exec"})) == {concat("", [
		`Nobody enters pods of namespace "argocd" (exec into checkout): `,
		"the GitOps controller's token is in there.",
	])}
}
