# METADATA
# title: Images have a tag that stays
# description: >-
#   An image without a tag or with the tag "latest" is another program tomorrow, without a change in Git. Off by default.
# custom:
#   severity: error
#   match:
#     operations: [CREATE, UPDATE]
#     groups: ["", apps, batch]
#     resources: [pods, replicationcontrollers, podtemplates, deployments, replicasets, statefulsets, daemonsets, jobs, cronjobs]
#     subresources: ["", ephemeralcontainers]
#   failure: deny
#   deadlineMs: 200
#   facts: [images]
#   mode: "off"
#   parameters:
#     refused: [latest]
#     commitTags: []
#   parametersSchema:
#     commitTags: { type: array, items: { type: string, minLength: 1 } }
package holdfast.policies.image_tags

import data.holdfast.lib.images
import data.holdfast.lib.naming

deny contains {
	"code": "image_tag_refused",
	"message": $`{naming.subject(input.request)} was not written: the image {image.text} has the tag "{image.tag}", and can change without a change in Git.`,
	"path": $"{image.path}",
	"remedy": "Name a version or, better, a digest. An image without both has the tag latest.",
} if {
	some image in images.readable
	not image.digest
	image.tag in input.parameters.refused
}

# Whoever reads the tag must find the commit: where provenance is attested, it must be that one.
deny contains {
	"code": "image_tag_no_commit",
	"message": $`{naming.subject(input.request)} was not written: the tag "{tag_of(image)}" of the image {image.text} is no id of the commit that it was built from.`,
	"path": $"{image.path}",
	"remedy": "Tag the image with the id of its commit when it is built: at least seven hexadecimal digits.",
} if {
	some image in images.readable
	some pattern in input.parameters.commitTags
	glob.match(pattern, ["/"], images.place(image))
	not names_commit(image)
}

names_commit(image) if {
	tag := tag_of(image)
	regex.match(`^[0-9a-f]{7,64}$`, tag)
	every attestation in object.get(image, ["signature", "attestations"], []) {
		startswith(object.get(attestation, "sourceCommit", tag), tag)
	}
}

# An image that only has a digest has none.
tag_of(image) := object.get(image, "tag", "")

# It may be any image.
deny contains {
	"code": "image_unreadable",
	"message": $"{naming.subject(input.request)} was not written: an image cannot be read. {image.reason}.",
	"path": $"{image.path}",
	"remedy": "Write the image as REGISTRY/REPOSITORY:TAG, or with a digest as REGISTRY/REPOSITORY@sha256:DIGEST.",
} if {
	some image in images.unreadable
}
