package holdfast.policies.image_registries_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.image_registries

denied(image) := findings if {
	findings := image_registries.deny with input as {
		"request": sample.request_for("pods", "", {"operation": "CREATE"}),
		"facts": {"images": [image]},
		"parameters": {"allowed": ["registry.example.com/**", "docker.io/library/*"]},
	}
}

codes(findings) := {finding.code | some finding in findings}

test_allowed_places_pass if {
	denied(sample.named_image) == set()
	denied(object.union(sample.named_image, {"registry": "docker.io", "repository": "library/nginx"})) == set()
}

test_others_are_refused_with_the_place if {
	every place in [
		{"registry": "docker.io", "repository": "library/a/b"},
		{"registry": "docker.io", "repository": "stranger/nginx"},
		{"registry": "registry.example.com.evil.test"},
		{"registry": "registry.example.com:5000"},
	] {
		codes(denied(object.union(sample.named_image, place))) == {"image_registry_not_allowed"}
	}
	some finding in denied(object.union(sample.named_image, {"registry": "docker.io", "repository": "library/a/b"}))
	finding.message == "pods shop/checkout was not written: the image registry.example.com/shop:1 (docker.io/library/a/b) is of no registry that is allowed."
}

test_brackets_of_an_address_need_a_backslash if {
	image := object.union(sample.named_image, {"registry": "[fd00::1]:5000", "repository": "team/shop"})
	allowed_by(image, `\[fd00::1\]:5000/**`) == set()
	codes(allowed_by(image, "[fd00::1]:5000/**")) == {"image_registry_not_allowed"}
	other := object.union(image, {"registry": "[fd00::2]:5000"})
	codes(allowed_by(other, `\[fd00::1\]:5000/**`)) == {"image_registry_not_allowed"}
}

allowed_by(image, pattern) := findings if {
	findings := image_registries.deny with input as {
		"request": sample.request_for("pods", "", {"operation": "CREATE"}),
		"facts": {"images": [image]},
		"parameters": {"allowed": [pattern]},
	}
}

test_an_empty_list_allows_nothing if {
	findings := image_registries.deny with input as {
		"request": sample.request_for("pods", "", {"operation": "CREATE"}),
		"facts": {"images": [sample.named_image]},
		"parameters": {"allowed": []},
	}
	codes(findings) == {"image_registry_not_allowed"}
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
