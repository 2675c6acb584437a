package holdfast.lib.installations_test

import data.holdfast.lib.installations
import data.holdfast.lib.samples_test as sample

parameters := {"argocdNamespace": "argocd", "fluxNamespace": "flux-system"}

secret(operation, namespace, fields) := object.union(
	object.remove(sample.request_for("secrets", "", {"operation": operation, "namespace": namespace}), ["object", "oldObject"]),
	fields,
)

account(namespace, name) := sample.robot($"system:serviceaccount:{namespace}:{name}")

permitted(request, actor) if installations.permits(request, actor, parameters)

# By account: its namespace, what it may do, and what of.
rows := [
	{"namespace": "argocd", "account": "argocd-server", "verbs": {"CREATE", "UPDATE"}, "fields": {"name": "argocd-secret"}},
	{"namespace": "argocd", "account": "argocd-server", "verbs": {"CREATE", "UPDATE"}, "fields": {"name": "argocd-initial-admin-secret"}},
	{"namespace": "argocd", "account": "argocd-redis", "verbs": {"CREATE"}, "fields": {"name": "argocd-redis"}},
	{
		"namespace": "flux-system", "account": "helm-controller", "verbs": {"CREATE", "DELETE", "UPDATE"},
		"fields": {"object": {"type": "helm.sh/release.v1"}},
	},
	{
		"namespace": "flux-system", "account": "helm-controller", "verbs": {"CREATE", "DELETE", "UPDATE"},
		"fields": {"oldObject": {"type": "helm.sh/release.v1"}},
	},
	{"namespace": "holdfast-system", "account": "holdfast", "verbs": {"CREATE", "UPDATE"}, "fields": {"name": "holdfast-certificates"}},
	{"namespace": "holdfast-system", "account": "holdfast", "verbs": {"CREATE", "UPDATE"}, "fields": {"name": "holdfast-credentials"}},
]

accounts := ({row.account | some row in rows} | {"argocd-repo-server", "source-controller"}) | sample.words_of_no_rule

test_each_account_does_its_own if {
	every row in rows {
		actor := account(row.namespace, row.account)
		every operation in ["CREATE", "UPDATE", "DELETE", "CONNECT"] {
			request := secret(operation, row.namespace, row.fields)
			{true | permitted(request, actor)} == {true | operation in row.verbs}
			not permitted(request, sample.impersonated(actor.username))
			not permitted(request, object.union(actor, {"proof": {"grade": "unbound"}}))
			not permitted(object.union(request, {"namespace": "shop"}), actor)
			not is_elsewhere(object.union(request, {"namespace": "shop"}), row)
			not permitted(object.union(request, {"resource": {"group": "", "version": "v1", "resource": "configmaps"}}), actor)
			every other in accounts - {row.account} {
				not permitted(request, account(row.namespace, other))
			}
		}
	}
}

# The account of the same name of another namespace; only ours may have any.
is_elsewhere(request, row) if {
	row.account != "holdfast"
	permitted(request, account("shop", row.account))
}

test_nothing_else_of_theirs if {
	every row in rows {
		every word in {"argocd-cluster"} | sample.words_of_no_rule {
			every operation in row.verbs {
				not permitted(secret(operation, row.namespace, {"name": word}), account(row.namespace, row.account))
				not permitted(secret(operation, row.namespace, {"object": {"type": word}}), account(row.namespace, row.account))
			}
		}
	}
}

uses(operation) := sample.request_for("configmaps", "", {"operation": operation, "namespace": "holdfast-system", "name": "holdfast-grant-uses"})

test_our_own_count_of_grants if {
	ours := account("holdfast-system", "holdfast")
	every operation in ["CREATE", "UPDATE"] {
		permitted(uses(operation), ours)
		permitted(uses(operation), object.union(ours, {"proof": {"grade": "unbound"}}))
		not permitted(uses(operation), sample.impersonated(ours.username))
		not permitted(uses(operation), account("holdfast-system", "default"))
		not permitted(uses(operation), account("shop", "holdfast"))
		not permitted(object.union(uses(operation), {"name": "holdfast"}), ours)
		not permitted(object.union(uses(operation), {"resource": {"group": "", "version": "v1", "resource": "secrets"}}), ours)
	}
	not permitted(uses("DELETE"), ours)
}

freezing(operation, spec, old) := sample.request_for("freezes", "holdfast.dev", {
	"operation": operation, "namespace": "holdfast-system", "name": "freeze-1",
	"object": {"spec": spec}, "oldObject": {"spec": old},
})

freeze_spec := {"by": "carol", "reason": "a release is being repaired", "expires": "2026-12-01T08:00:00Z"}

ended_spec := object.union(freeze_spec, {"ended": true, "endedBy": "carol", "endedReason": "it is repaired"})

carol := object.union(sample.human, {"username": "carol"})

freezes_permitted(request, actor) if installations.permits(request, actor, object.union(parameters, {"freezeOperators": ["carol"]}))

test_who_is_listed_begins_a_freeze_in_their_own_name if {
	freezes_permitted(freezing("CREATE", freeze_spec, {}), carol)
	not freezes_permitted(freezing("CREATE", object.union(freeze_spec, {"by": "bob"}), {}), carol)
	not freezes_permitted(freezing("CREATE", object.union(freeze_spec, {"breaker": "error-rate"}), {}), carol)
	not freezes_permitted(freezing("CREATE", freeze_spec, {}), sample.human)
	not permitted(freezing("CREATE", freeze_spec, {}), carol)
	not freezes_permitted(object.union(freezing("CREATE", freeze_spec, {}), {"subResource": "status"}), carol)
	not freezes_permitted(object.union(freezing("CREATE", freeze_spec, {}), {"resource": {"resource": "breakglassgrants"}}), carol)
}

test_who_is_listed_ends_one_in_their_own_name_and_changes_nothing_else if {
	freezes_permitted(freezing("UPDATE", ended_spec, freeze_spec), carol)
	freezes_permitted(freezing("UPDATE", object.union(ended_spec, {"by": "bob"}), object.union(freeze_spec, {"by": "bob"})), carol)
	not freezes_permitted(freezing("UPDATE", object.union(ended_spec, {"endedBy": "bob"}), freeze_spec), carol)
	not freezes_permitted(freezing("UPDATE", object.union(ended_spec, {"by": "bob"}), freeze_spec), carol)
	not freezes_permitted(freezing("UPDATE", object.union(ended_spec, {"ended": false}), freeze_spec), carol)
	not freezes_permitted(freezing("UPDATE", freeze_spec, freeze_spec), carol)
	not freezes_permitted(freezing("UPDATE", object.union(ended_spec, {"endedReason": "another"}), ended_spec), carol)
	not freezes_permitted(freezing("UPDATE", ended_spec, freeze_spec), sample.human)
	not freezes_permitted(freezing("CREATE", object.union(ended_spec, {"by": "bob"}), object.union(freeze_spec, {"by": "bob"})), carol)
}

test_who_is_listed_deletes_freezes if {
	freezes_permitted(freezing("DELETE", {}, freeze_spec), carol)
	not freezes_permitted(freezing("DELETE", {}, freeze_spec), sample.human)
	not freezes_permitted(freezing("CONNECT", {}, freeze_spec), carol)
}

breaker_spec := object.union(freeze_spec, {"by": "holdfast", "breaker": "error-rate"})

test_our_own_circuit_breakers if {
	ours := account("holdfast-system", "holdfast")
	every actor in [ours, object.union(ours, {"proof": {"grade": "unbound"}})] {
		permitted(freezing("CREATE", breaker_spec, {}), actor)
		permitted(freezing("UPDATE", object.union(breaker_spec, {"ended": true}), breaker_spec), actor)
	}
	not permitted(freezing("CREATE", freeze_spec, {}), ours)
	not permitted(freezing("UPDATE", freeze_spec, breaker_spec), ours)
	not permitted(freezing("UPDATE", breaker_spec, freeze_spec), ours)
	not permitted(freezing("DELETE", {}, breaker_spec), ours)
	not permitted(freezing("DELETE", breaker_spec, breaker_spec), ours)
	not permitted(freezing("CREATE", breaker_spec, {}), sample.impersonated(ours.username))
	not permitted(freezing("CREATE", breaker_spec, {}), account("holdfast-system", "default"))
	not permitted(freezing("CREATE", breaker_spec, {}), account("shop", "holdfast"))
	not permitted(object.union(freezing("CREATE", breaker_spec, {}), {"resource": {"group": "", "version": "v1", "resource": "secrets"}}), ours)
}

published(operation) := sample.request_for("configmaps", "", {"operation": operation, "namespace": "holdfast-system", "name": "holdfast-gatekeeper"})

test_the_policies_of_constraints if {
	ours := account("holdfast-system", "holdfast-gatekeeper")
	every operation in ["CREATE", "UPDATE"] {
		permitted(published(operation), ours)
		not permitted(published(operation), object.union(ours, {"proof": {"grade": "unbound"}}))
		not permitted(published(operation), sample.impersonated(ours.username))
		not permitted(published(operation), account("holdfast-system", "holdfast"))
		not permitted(published(operation), account("shop", "holdfast-gatekeeper"))
		not permitted(object.union(published(operation), {"name": "holdfast"}), ours)
		not permitted(object.union(published(operation), {"resource": {"group": "", "version": "v1", "resource": "secrets"}}), ours)
	}
	not permitted(published("DELETE"), ours)
}

test_our_own_certificate_is_known_by_its_name_and_by_its_type if {
	installations.is_own_certificate(secret("UPDATE", "x", {"name": "holdfast-certificates"}))
	every field in ["object", "oldObject"] {
		typed := secret("UPDATE", "x", {field: {"type": "holdfast.dev/certificates"}})
		installations.is_own_certificate(typed)
		not installations.is_own_certificate(object.union(typed, {"resource": {"group": "", "version": "v1", "resource": "configmaps"}}))
		not installations.is_own_certificate(secret("UPDATE", "x", {field: {"type": "Opaque"}}))
	}
	not installations.is_own_certificate(sample.request_for("configmaps", "", {"name": "holdfast-certificates"}))
	not installations.is_own_certificate(secret("UPDATE", "x", {"name": "holdfast"}))
}
