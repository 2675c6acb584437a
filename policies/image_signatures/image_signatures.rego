# METADATA
# title: Images are signed, and run as they were verified
# description: >-
#   Whoever can push to a repository of images decides what runs. Each image that a rule of the configuration names must bear the
#   signatures that the rule asks for. A Pod gets the digest that was verified, so that a tag that is moved later changes nothing.
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE]
#     groups: ["", apps, batch]
#     resources: [pods, replicationcontrollers, podtemplates, deployments, replicasets, statefulsets, daemonsets, jobs, cronjobs]
#     subresources: ["", ephemeralcontainers]
#     judgedImagesOnly: true
#   failure: deny
#   deadlineMs: 200
#   facts: [images]
package holdfast.policies.image_signatures

import data.holdfast.lib.images
import data.holdfast.lib.naming

deny contains {
	"code": "image_rejected",
	"message": $"{not_written}: the image {image.text} is not accepted ({image.signature.code}). {image.signature.reason}.",
	"path": $"{image.path}",
	"remedy": $"{remedy_of(image)}",
} if {
	some image in images.readable
	image.signature.status == "rejected"
}

deny contains {
	"code": "image_unavailable",
	"message": $"{not_written}: {not_verified(image)}",
	"path": $"{image.path}",
	"remedy": $"{ask_again}",
} if {
	some image in images.readable
	image.signature.status == "unavailable"
	is_refused_without_verdict(image.signature)
}

warn contains {
	"code": "image_unavailable",
	"message": $"{naming.subject(request)} was written without proof: {not_verified(image)}",
	"path": $"{image.path}",
	"remedy": $"{ask_again}",
} if {
	some image in images.readable
	image.signature.status == "unavailable"
	image.signature.mode != "allow"
	not is_refused_without_verdict(image.signature)
}

deny contains {
	"code": "image_required",
	"message": $"{not_written}: no rule names the image {image.text}, and every image must be signed.",
	"path": $"{image.path}",
	"remedy": $"Name {images.place(image)} in a rule of images.rules.",
} if {
	object.get(input.parameters, "requireSignature", false)
	some image in images.readable
	image.signature.status == "unjudged"
}

# It may be any image.
deny contains {
	"code": "image_unreadable",
	"message": $"{not_written}: an image cannot be read. {image.reason}.",
	"path": $"{image.path}",
	"remedy": "Write the image as REGISTRY/REPOSITORY:TAG, or with a digest as REGISTRY/REPOSITORY@sha256:DIGEST.",
} if {
	object.get(input.parameters, "judgesImages", false)
	some image in images.unreadable
}

# Stops a tag that is moved between this decision and the pull: the kubelet would run another image than the one that was verified.
deny contains {
	"code": "image_not_pinned",
	"message": $"{not_written}: the image {image.text} has no digest, and its tag can be moved before it is pulled.",
	"path": $"{image.path}",
	"remedy": $"Write {pinned(image)}. Pods without a digest get it from the patch webhook, except those that Git manages: there, write it in Git.",
} if {
	request.resource.resource == "pods"
	some image in images.readable
	pinned(image)
}

# Only Pods: what Git manages is changed in Git, and the Pods that are made of it are patched.
patch contains {"op": "replace", "path": pointer(image), "value": pinned(image)} if {
	request.resource.resource == "pods"
	some image in images.readable
}

pinned(image) := $"{image.text}@{digest}" if {
	not image.digest
	digest := digest_of(image.signature)
}

digest_of(signature) := signature.digest if signature.status == "verified"

digest_of(signature) := signature.lastVerifiedDigest if signature.status == "unavailable"

# RFC 6901. No name of a field in a PodSpec that leads to an image contains a slash or a tilde.
pointer(image) := concat("", ["/", replace(replace(replace(image.path, ".", "/"), "[", "/"), "]", "")])

is_refused_without_verdict(signature) if signature.mode == "deny"

is_refused_without_verdict(signature) if {
	signature.mode == "allow-if-last-good"
	not signature.lastVerifiedDigest
}

not_written := $"{naming.subject(request)} was not written"

not_verified(image) := $"the image {image.text} could not be verified. {image.signature.reason}."

ask_again := "Controllers try again by themselves. If it lasts, look at the registry and at the credentials of images.registries."

remedy_of(image) := $"Sign it with cosign by an authority of the rule {image.signature.rule}. `holdfast verify image {image.text} --key FILE`, with a key of that rule, says of each signature why it did not count." if {
	not image.signature.code in registry_codes
} else := "Look at the name of the image, at the registry, and at the credentials of images.registries."

registry_codes := {
	"image_absent",
	"image_access_denied",
	"image_registry_refused",
	"image_limit_exceeded",
	"image_registry_lied",
}

request := input.request
