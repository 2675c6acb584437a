package holdfast.policies.image_provenance_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.image_provenance

repository := "https://github.com/example/shop"

sha := "0123456789abcdef0123456789abcdef01234567"

other := "ffffffffffffffffffffffffffffffffffffffff"

attestation(from, commit) := {
	"name": "provenance", "predicateType": "https://slsa.dev/provenance/v1", "authority": "ci", "identity": "ci",
	"sourceRepository": from, "sourceCommit": commit,
}

signed(attestations) := object.union(sample.named_image, {"signature": {
	"status": "verified", "rule": "shop", "digest": "sha256:0", "signers": [], "attestations": attestations,
}})

deployed(commits, image, parameters) := findings if {
	findings := image_provenance.deny with input as {
		"request": sample.request_for("deployments", "apps", {"operation": "CREATE"}),
		"facts": {"images": [image], "source": {"commits": commits}},
		"parameters": object.union({"builtFrom": "deploying-commit", "repositories": []}, parameters),
	}
}

verified := [{"status": "verified", "repository": repository, "content": {"objectId": sha}}]

test_an_image_built_from_the_deploying_commit_passes if {
	deployed(verified, signed([attestation(repository, sha)]), {}) == set()
}

test_an_image_built_from_another_commit_is_refused if {
	some finding in deployed(verified, signed([attestation(repository, other)]), {})
	finding.code == "image_built_elsewhere"
	finding.message == "deployments.apps shop/checkout was not written: the image registry.example.com/shop:1 was built from commit ffffffffffff of https://github.com/example/shop, and not from a verified commit that deploys it."
}

test_one_of_several_attestations_about_another_commit_is_refused if {
	some finding in deployed(verified, signed([attestation(repository, sha), attestation(repository, other)]), {})
	finding.code == "image_built_elsewhere"
}

test_a_commit_that_was_not_verified_does_not_count if {
	commits := [{"status": "rejected", "repository": repository, "content": {"objectId": sha}}]
	count(deployed(commits, signed([attestation(repository, sha)]), {})) == 1
}

test_an_image_without_provenance_is_refused if {
	some finding in deployed(verified, signed([]), {})
	finding.code == "image_provenance_missing"
	{f.code | some f in deployed(verified, sample.named_image, {})} == {"image_provenance_missing"}
}

test_an_attestation_that_names_no_source_is_none if {
	without := object.remove(attestation(repository, sha), ["sourceCommit"])
	{f.code | some f in deployed(verified, signed([without]), {})} == {"image_provenance_missing"}
}

test_a_listed_repository_passes_where_that_is_asked_for if {
	listed := {"builtFrom": "listed-repository", "repositories": ["https://github.com/example/*"]}
	deployed([], signed([attestation(repository, other)]), listed) == set()
	some finding in deployed([], signed([attestation("https://github.com/evil/shop", other)]), listed)
	finding.code == "image_built_elsewhere"
	endswith(finding.message, "and not from a repository that is listed.")
}

test_what_was_there_before_passes if {
	deployed(verified, object.union(signed([]), {"isNew": false}), {}) == set()
}

refused(findings) if {finding.code | some finding in findings} == {"image_built_elsewhere"}

test_the_same_commit_of_another_repository_is_another_one if {
	refused(deployed(verified, signed([attestation("https://github.com/evil/shop", sha)]), {}))
}

test_the_list_of_repositories_counts_where_that_is_asked_for if {
	repositories := ["https://github.com/example/*"]
	refused(deployed([], signed([attestation(repository, other)]), {"repositories": repositories}))
	listed := {"builtFrom": "listed-repository", "repositories": repositories}
	refused(deployed([], signed([attestation("https://github.com/example/deep/shop", other)]), listed))
}
