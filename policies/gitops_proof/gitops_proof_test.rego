package holdfast.policies.gitops_proof_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.gitops_proof

denied(request, actor, object_fact) := findings if {
	findings := gitops_proof.deny with input as {
		"request": request,
		"facts": {"actor": actor, "object": object_fact},
		"parameters": sample.parameters,
	}
}

test_an_unproven_writer_writes_nothing if {
	some finding in denied(sample.request_for("events", "", {"operation": "CREATE"}), sample.unproven_writer, sample.unmanaged)
	finding.code == "writer_unproven"
	startswith(finding.message, `events shop/checkout was not written. The GitOps account "argocd" did not prove itself`)
}

test_a_proven_writer_is_let_through if {
	denied(sample.deployment, sample.writer, sample.unmanaged) == set()
}

test_others_speak_of_what_is_managed_or_steers if {
	denied(sample.deployment, sample.unproven_writer, sample.managed) == set()
	denied(sample.request_for("applications", "argoproj.io", {}), sample.unproven_writer, sample.unmanaged) == set()
}

test_no_words_for_the_proof if {
	actor := {"class": "gitops", "username": "x", "proof": {"sufficient": false}}
	some finding in denied(sample.deployment, actor, sample.unmanaged)
	contains(finding.message, "The GitOps account did not prove itself.")
}
