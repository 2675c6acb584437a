package holdfast.policies.image_digests_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.image_digests

denied(image) := findings if {
	findings := image_digests.deny with input as {
		"request": sample.request_for("pods", "", {"operation": "CREATE"}),
		"facts": {"images": [image]},
		"parameters": {},
	}
}

codes(findings) := {finding.code | some finding in findings}

test_a_digest_passes if {
	denied(object.union(sample.named_image, {"digest": "sha256:0"})) == set()
}

test_a_tag_alone_is_refused if {
	some finding in denied(sample.named_image)
	finding.code == "image_digest_missing"
	finding.message == "pods shop/checkout was not written: the image registry.example.com/shop:1 has no digest, and its tag can be moved."
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
