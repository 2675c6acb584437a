package holdfast.lib.actors_test

import data.holdfast.lib.actors
import data.holdfast.lib.samples_test as sample

server := "system:serviceaccount:argocd:argocd-server"

with_proof(username, grade, sufficient) := object.union(sample.robot(username), {"proof": {
	"grade": grade,
	"sufficient": sufficient,
}})

grades := ["pod-bound", "unbound", "legacy"]

no_tokens := {"impersonated", "none"} | sample.words_of_no_rule

test_a_writer_is_proven_by_its_class_and_its_proof if {
	actors.is_proven_writer(sample.writer)
	not actors.is_proven_writer(sample.unproven_writer)
	not actors.is_proven_writer(object.union(sample.writer, {"class": "other"}))
}

test_only_the_class_of_a_grant_is_under_one if {
	actors.is_under_grant({"class": "breakglass"})
	not actors.is_under_grant(sample.human)
}

test_an_account_is_the_exact_one_with_the_token_of_its_pod if {
	actors.is_account(with_proof(server, "pod-bound", true), "argocd", "argocd-server")
	not actors.is_account(with_proof(server, "pod-bound", false), "argocd", "argocd-server")
	not actors.is_account(with_proof(server, "pod-bound", true), "argocd", "argocd")
	not actors.is_account(with_proof(server, "pod-bound", true), "other", "argocd-server")
	every grade in {"legacy", "unbound"} | no_tokens {
		not actors.is_account(with_proof(server, grade, true), "argocd", "argocd-server")
	}
}

test_a_service_account_shows_a_token if {
	every grade in grades {
		actors.is_service_account(with_proof(server, grade, true))
		not actors.is_service_account(with_proof("alice", grade, true))
	}
	every grade in no_tokens {
		not actors.is_service_account(with_proof(server, grade, true))
	}
}

test_only_a_token_of_a_pod_runs if {
	actors.is_running_account(with_proof(server, "pod-bound", true))
	not actors.is_running_account(with_proof("alice", "pod-bound", true))
	every grade in {"legacy", "unbound"} | no_tokens {
		not actors.is_running_account(with_proof(server, grade, true))
	}
}

test_a_listed_account_shows_a_token if {
	actors.is_listed(sample.human, ["alice"])
	not actors.is_listed(sample.human, ["bob"])
	actors.is_listed(sample.robot(server), [server])
	not actors.is_listed(sample.robot(server), ["alice"])
	not actors.is_listed(sample.impersonated(server), [server])
}
