package holdfast.policies.image_tags_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.image_tags

denied(image) := findings if {
	findings := image_tags.deny with input as {
		"request": sample.request_for("pods", "", {"operation": "CREATE"}),
		"facts": {"images": [image]},
		"parameters": {
			"refused": ["latest", "main"],
			"commitTags": ["registry.example.com/commits", "registry.example.com/team/*"],
		},
	}
}

codes(findings) := {finding.code | some finding in findings}

test_tags_that_stay_and_digests_pass if {
	denied(sample.named_image) == set()
	denied(object.union(sample.named_image, {"tag": "latest", "digest": "sha256:0"})) == set()
}

test_tags_that_move_are_refused if {
	every tag in ["latest", "main"] {
		codes(denied(object.union(sample.named_image, {"tag": tag}))) == {"image_tag_refused"}
	}
}

test_what_cannot_be_read_is_refused if {
	some finding in denied(sample.unreadable_image)
	finding.code == "image_unreadable"
	finding.path == "spec.containers[0].image"
	finding.message == "pods shop/checkout was not written: an image cannot be read. spec.containers[0].image is no text."
}

test_what_the_stored_object_names_already_passes if {
	denied(object.union(sample.unreadable_image, {"isNew": false})) == set()
	denied(object.union(sample.named_image, {"isNew": false, "tag": "latest", "registry": "other.example.com"})) == set()
}

by_commit(fields) := denied(object.union(sample.named_image, object.union({"repository": "commits"}, fields)))

attested(commit) := {"signature": {"attestations": [{"sourceCommit": commit}]}}

test_a_tag_that_is_a_commit_passes_where_that_is_asked_for if {
	by_commit({"tag": "0123abc"}) == set()
	by_commit(object.union({"tag": "0123abc"}, attested("0123abcdef"))) == set()
	by_commit(object.union({"tag": "0123abc"}, {"signature": {"attestations": [{"name": "sbom"}]}})) == set()
}

test_a_tag_that_is_no_commit_or_another_one_is_refused if {
	some finding in by_commit({"tag": "v1"})
	finding.code == "image_tag_no_commit"
	finding.message == `pods shop/checkout was not written: the tag "v1" of the image registry.example.com/shop:1 is no id of the commit that it was built from.`
	codes(by_commit(object.union({"tag": "0123abc"}, attested("ffffff0")))) == {"image_tag_no_commit"}
	codes(by_commit({"tag": "v1", "digest": "sha256:0"})) == {"image_tag_no_commit"}
	codes(denied(object.remove(object.union(sample.named_image, {"repository": "commits", "digest": "sha256:0"}), ["tag"]))) == {"image_tag_no_commit"}
}

test_a_star_is_one_part_of_a_repository if {
	codes(by_commit({"repository": "team/shop", "tag": "v1"})) == {"image_tag_no_commit"}
	by_commit({"repository": "team/deep/shop", "tag": "v1"}) == set()
}
