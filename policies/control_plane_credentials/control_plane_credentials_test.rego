package holdfast.policies.control_plane_credentials_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.control_plane_credentials as policy

code := "control_plane_credential_unknown"

judged(request, actor, facts) := {
	"request": request,
	"facts": object.union({"actor": actor, "object": sample.managed, "change": sample.change([sample.image])}, facts),
	"parameters": sample.parameters,
}

denied(request, actor, facts) := findings if {
	findings := policy.deny with input as judged(request, actor, facts)
}

audited(request, actor, facts) := findings if {
	findings := policy.audit with input as judged(request, actor, facts)
}

codes(request, actor, facts) := {finding.code | some finding in denied(request, actor, facts)}

stranger(actor) := sample.with_credential(actor, sample.unknown_token)

impersonated(actor) := sample.with_credential(actor, sample.missing_credential)

every_actor := {sample.platform("persistent-volume-binder"), sample.node, sample.operator}

deletion(changes) := object.union(
	object.remove(sample.deployment, ["object", "oldObject"]),
	{"operation": "DELETE", "oldObject": {"metadata": changes}},
)

test_known_credentials_pass if {
	every actor in every_actor {
		denied(sample.deployment, actor, {}) == set()
		audited(sample.deployment, actor, {}) == set()
	}
}

test_unknown_credentials_are_refused_what_harms if {
	every actor in every_actor {
		codes(sample.deployment, stranger(actor), {}) == {code}
		codes(deletion({}), stranger(actor), {"change": sample.whole}) == {code}
		codes(sample.deployment, impersonated(actor), {}) == {code}
	}
}

test_what_shows_no_credential_on_this_cluster_passes if {
	every actor in every_actor {
		denied(sample.deployment, sample.with_credential(actor, sample.absent_credential), {}) == set()
	}
}

test_observing_refuses_nothing if {
	observed := sample.with_credential(sample.node, {"status": "unknown", "kind": "certificate", "believed": true})
	denied(sample.deployment, observed, {}) == set()
	some finding in audited(sample.deployment, observed, {})
	finding.code == code
	audited(object.union(sample.deployment, {"subResource": "status"}), observed, {}) == set()
}

test_what_is_refused_is_not_audited_too if {
	every actor in every_actor {
		audited(sample.deployment, stranger(actor), {}) == set()
		audited(sample.deployment, impersonated(actor), {}) == set()
	}
}

test_routine_goes_on if {
	controller := stranger(sample.platform("replicaset-controller"))
	child := {"ownerReferences": [{"controller": true, "uid": "1"}]}
	every subresource in ["binding", "finalize", "status", "token"] {
		denied(object.union(sample.deployment, {"subResource": subresource}), controller, {}) == set()
	}
	every subresource in {"", "ephemeralcontainers", "eviction", "scale"} | sample.words_of_no_rule {
		codes(object.union(sample.deployment, {"subResource": subresource}), controller, {}) == {code}
	}
	denied(sample.deployment, controller, {"change": sample.no_change}) == set()
	denied(deletion({"deletionTimestamp": "2026-01-01T00:00:00Z"}), controller, {"change": sample.whole}) == set()
	denied(deletion(child), controller, {"change": sample.whole}) == set()
	created := sample.request_for("pods", "", {"operation": "CREATE", "object": {"metadata": child}})
	denied(created, controller, {"change": sample.whole}) == set()
	scaled := object.union(sample.deployment, {"subResource": "scale"})
	denied(scaled, stranger(sample.platform("horizontal-pod-autoscaler")), {}) == set()
	codes(scaled, controller, {}) == {code}
	codes(scaled, object.union(stranger(sample.operator), {"name": "horizontal-pod-autoscaler"}), {}) == {code}
	codes(sample.deployment, stranger(sample.platform("horizontal-pod-autoscaler")), {}) == {code}
	slices := sample.request_for("endpointslices", "discovery.k8s.io", {})
	denied(slices, stranger(sample.platform("endpointslice-controller")), {}) == set()
	codes(slices, stranger(sample.operator), {}) == {code}
	every resource in {"services"} | sample.words_of_no_rule {
		codes(sample.request_for(resource, "", {}), controller, {}) == {code}
	}
}

# Each is routine for a deletion, and harms as an update.
test_an_update_is_no_deletion if {
	condemned := {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}
	codes(object.union(sample.deployment, {"oldObject": condemned}), stranger(sample.platform("job-controller")), {}) == {code}
	codes(sample.request_for("pods", "", {}), stranger(sample.node), {}) == {code}
	going := {"object": object.union(sample.managed, {"namespaceTerminating": true})}
	codes(sample.deployment, stranger(sample.platform("namespace-controller")), going) == {code}
	owned := object.union(sample.deployment, {"oldObject": {"metadata": {"ownerReferences": [{"uid": "1"}]}}})
	codes(owned, stranger(sample.platform("generic-garbage-collector")), with_owner("gone")) == {code}
}

# Whoever writes the new object can name any controller in it.
test_what_a_controller_made_is_read_from_the_old_object if {
	claimed := object.union(sample.deployment, {"object": {"metadata": {"ownerReferences": [{"controller": true, "uid": "1"}]}}})
	codes(claimed, stranger(sample.platform("replicaset-controller")), {}) == {code}
	child := deletion({"ownerReferences": [{"controller": true, "uid": "1"}]})
	every actor in [sample.node, sample.operator] {
		codes(child, stranger(actor), {"change": sample.whole}) == {code}
	}
}

test_a_kubelet_ends_pods if {
	ended := sample.request_for("pods", "", {"operation": "DELETE", "oldObject": {"metadata": {}}})
	denied(ended, stranger(sample.node), {"change": sample.whole}) == set()
	codes(ended, stranger(sample.operator), {"change": sample.whole}) == {code}
}

test_deletions_that_follow_from_others_go_on if {
	collector := stranger(sample.platform("generic-garbage-collector"))
	owned := deletion({"ownerReferences": [{"uid": "1"}]})
	denied(owned, collector, with_owner("gone")) == set()
	every state in {"deleting", "present", "unknown"} | sample.words_of_no_rule {
		codes(owned, collector, with_owner(state)) == {code}
	}
	denied(owned, collector, with_owner("foreground")) == set()
	codes(deletion({"ownerReferences": [{"uid": "1"}, {"uid": "2"}]}), collector, with_owner("gone")) == {code}
	nobody := {"change": sample.whole, "object": object.union(sample.managed, {"owners": []})}
	codes(deletion({"ownerReferences": []}), collector, nobody) == {code}
	codes(owned, collector, {"change": sample.whole}) == {code}
	going := object.union(sample.managed, {"namespaceTerminating": true})
	denied(deletion({}), collector, {"change": sample.whole, "object": going}) == set()
}

with_owner(state) := {"change": sample.whole, "object": object.union(sample.managed, {"owners": [{"uid": "1", "state": state}]})}

claim(before) := sample.request_for("persistentvolumeclaims", "", {
	"oldObject": {"spec": {"volumeName": before}},
	"object": {"spec": {"volumeName": "v"}},
})

test_a_claim_gets_a_volume_and_keeps_it if {
	binder := stranger(sample.platform("persistent-volume-binder"))
	bound := {"change": sample.change([sample.changed(["spec", "volumeName"], "", "v")])}
	denied(claim(""), binder, bound) == set()
	codes(claim("other"), binder, bound) == {code}
	codes(claim(""), stranger(sample.operator), bound) == {code}
	codes(object.union(claim(""), {"operation": "CREATE"}), binder, bound) == {code}
	guarded := {"change": sample.change([sample.changed(["metadata", "finalizers", "kubernetes.io/pvc-protection"], "", "x")])}
	denied(claim("v"), binder, guarded) == set()
	every path in [["metadata", "annotations", "team"], ["metadata", "labels", "team"], ["metadata"], ["spec", "storageClassName"]] {
		codes(claim(""), binder, {"change": sample.change([sample.changed(path, "", "v")])}) == {code}
	}
}

test_routine_goes_on_without_a_credential_and_is_paged if {
	status := object.union(sample.deployment, {"subResource": "status"})
	denied(status, impersonated(sample.node), {}) == set()
	some finding in audited(status, impersonated(sample.node), {})
	finding.code == code
	audited(status, stranger(sample.node), {}) == set()
}

accept := "holdfast credential accept system:serviceaccount:kube-system:job-controller"

attack := "Find out who may impersonate it (kubectl auth can-i impersonate users), and take that right away"

test_the_words if {
	shown := object.union(sample.unknown_token, {"fingerprint": "5f2c9e0a1b3d"})
	caller := sample.with_credential(sample.platform("job-controller"), shown)
	denied(sample.deployment, caller, {}) == {{
		"code": code,
		"message": `deployments.apps shop/checkout is managed by the Argo CD application "checkout", and "system:serviceaccount:kube-system:job-controller" showed a token that is not known to be its own.`,
		"remedy": $"If it is the real one, as after an upgrade or a renewed certificate, an editor of Holdfast's namespace runs: {accept} 5f2c9e0a1b3d\nOtherwise: {attack}.",
	}}
}

test_the_words_where_the_fingerprint_could_not_be_told if {
	some finding in denied(sample.deployment, stranger(sample.platform("job-controller")), {})
	contains(finding.remedy, $"runs: {accept}\nOtherwise: ")
}

test_a_username_stays_one_word_of_the_shell if {
	caller := object.union(stranger(sample.operator), {"username": "a $(b)"})
	some finding in denied(sample.deployment, caller, {})
	contains(finding.remedy, "runs: holdfast credential accept 'a $(b)'\n")
	unprintable := object.union(stranger(sample.operator), {"username": "a\u001bb"})
	some other in denied(sample.deployment, unprintable, {})
	contains(other.remedy, "runs: holdfast credential accept USERNAME\n")
}

test_the_words_where_none_was_shown if {
	some finding in denied(sample.deployment, impersonated(sample.node), {})
	endswith(finding.message, `and "system:node:a" showed no credential, which it always does: it was impersonated, or authenticates in another way now.`)
	endswith(finding.remedy, "If it authenticates without credentials from now on, an editor of Holdfast's namespace runs: holdfast credential forget system:node:a")
}
