package holdfast.policies.image_signatures_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.image_signatures

digest := "sha256:0"

verified := {"status": "verified", "rule": "shop", "digest": digest, "signers": []}

rejected := {"status": "rejected", "rule": "shop", "code": "unsigned", "reason": "The image has no signature"}

unavailable(mode) := {"status": "unavailable", "rule": "shop", "reason": "registry.example.com does not answer", "mode": mode}

with_last(mode) := object.union(unavailable(mode), {"lastVerifiedDigest": digest})

image(signature) := object.union(sample.named_image, {"signature": signature})

pinned(signature) := object.union(image(signature), {"digest": digest})

asked(resource, group, images, parameters) := {
	"request": sample.request_for(resource, group, {"operation": "CREATE"}),
	"facts": {"images": images},
	"parameters": parameters,
}

denied(resource, group, images, parameters) := findings if {
	findings := image_signatures.deny with input as asked(resource, group, images, parameters)
}

deployment(images) := denied("deployments", "apps", images, {"judgesImages": true})

pod(images) := denied("pods", "", images, {"judgesImages": true})

warned(images) := findings if {
	findings := image_signatures.warn with input as asked("pods", "", images, {"judgesImages": true})
}

patched(resource, group, images) := operations if {
	operations := image_signatures.patch with input as asked(resource, group, images, {"judgesImages": true})
}

codes(findings) := {finding.code | some finding in findings}

test_nothing_is_refused_where_no_image_is_judged if {
	denied("pods", "", [sample.named_image, sample.unreadable_image], {"judgesImages": false}) == set()
	patched("pods", "", [sample.named_image]) == set()
}

test_a_signed_image_of_a_workload_passes_with_its_tag if {
	deployment([image(verified)]) == set()
	patched("deployments", "apps", [image(verified)]) == set()
}

test_an_unsigned_image_is_refused if {
	some finding in deployment([image(rejected)])
	finding.code == "image_rejected"
	finding.path == "spec.containers[0].image"
	finding.message == "deployments.apps shop/checkout was not written: the image registry.example.com/shop:1 is not accepted (unsigned). The image has no signature."
	finding.remedy == "Sign it with cosign by an authority of the rule shop. `holdfast verify image registry.example.com/shop:1 --key FILE`, with a key of that rule, says of each signature why it did not count."
}

test_one_unsigned_image_among_signed_ones_is_refused if {
	codes(deployment([image(verified), image(rejected)])) == {"image_rejected"}
}

test_the_remedy_for_what_the_registry_refuses_is_no_signature if {
	some finding in deployment([image(object.union(rejected, {"code": "image_absent"}))])
	startswith(finding.remedy, "Look at the name of the image")
}

test_a_tag_of_a_pod_is_replaced_by_what_was_verified if {
	patched("pods", "", [image(verified)]) == {{
		"op": "replace",
		"path": "/spec/containers/0/image",
		"value": "registry.example.com/shop:1@sha256:0",
	}}
}

test_an_image_volume_is_pinned_at_its_reference if {
	volume := object.union(image(verified), {"path": "spec.volumes[2].image.reference", "kind": "volume"})
	patched("pods", "", [volume]) == {{
		"op": "replace",
		"path": "/spec/volumes/2/image/reference",
		"value": "registry.example.com/shop:1@sha256:0",
	}}
}

test_a_pod_with_a_digest_is_not_patched_again if {
	patched("pods", "", [pinned(verified)]) == set()
	pod([pinned(verified)]) == set()
}

test_a_pod_that_kept_its_tag_is_refused if {
	some finding in pod([image(verified)])
	finding.code == "image_not_pinned"
	finding.message == "pods shop/checkout was not written: the image registry.example.com/shop:1 has no digest, and its tag can be moved before it is pulled."
}

test_what_the_stored_object_names_already_passes if {
	pod([object.union(image(rejected), {"isNew": false})]) == set()
	patched("pods", "", [object.union(image(verified), {"isNew": false})]) == set()
}

test_the_mode_decides_where_nobody_can_tell if {
	codes(deployment([image(unavailable("deny"))])) == {"image_unavailable"}
	deployment([image(unavailable("warn"))]) == set()
	codes(warned([image(unavailable("warn"))])) == {"image_unavailable"}
	deployment([image(unavailable("allow"))]) == set()
	warned([image(unavailable("allow"))]) == set()
}

test_last_good_passes_only_what_was_verified_before if {
	codes(deployment([image(unavailable("allow-if-last-good"))])) == {"image_unavailable"}
	deployment([image(with_last("allow-if-last-good"))]) == set()
	codes(warned([image(with_last("allow-if-last-good"))])) == {"image_unavailable"}
}

test_last_good_pins_a_pod_to_what_was_verified_before if {
	operations := patched("pods", "", [image(with_last("allow-if-last-good"))])
	{operation.value | some operation in operations} == {"registry.example.com/shop:1@sha256:0"}
	codes(pod([image(with_last("allow-if-last-good"))])) == {"image_not_pinned"}
}

test_an_image_that_no_rule_names_passes_unless_all_must_be_signed if {
	deployment([image({"status": "unjudged"})]) == set()
	some finding in denied("deployments", "apps", [image({"status": "unjudged"})], {"requireSignature": true})
	finding.code == "image_required"
	finding.remedy == "Name registry.example.com/shop in a rule of images.rules."
}

test_what_cannot_be_read_is_refused if {
	codes(pod([sample.unreadable_image])) == {"image_unreadable"}
}

test_a_mode_says_nothing_where_there_is_a_verdict if {
	every mode in ["deny", "warn", "allow-if-last-good"] {
		judged := object.union(verified, {"mode": mode})
		deployment([image(judged)]) == set()
		warned([pinned(judged)]) == set()
	}
	warned([image(unavailable("deny"))]) == set()
	denied("deployments", "apps", [image(verified)], {"requireSignature": true}) == set()
}

test_only_what_a_registry_says_is_mended_at_the_registry if {
	every code in {"signer_not_accepted"} | sample.words_of_no_rule {
		some finding in deployment([image(object.union(rejected, {"code": code}))])
		startswith(finding.remedy, "Sign it with cosign by an authority of the rule shop.")
	}
}
