# METADATA
# title: Images are named by digest
# description: >-
#   Whoever may push to a repository can move each of its tags. A digest names one image, and no other. Off by default.
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
package holdfast.policies.image_digests

import data.holdfast.lib.images
import data.holdfast.lib.naming

deny contains {
	"code": "image_digest_missing",
	"message": $"{naming.subject(input.request)} was not written: the image {image.text} has no digest, and its tag can be moved.",
	"path": $"{image.path}",
	"remedy": $"Write the digest behind the tag: REPOSITORY:TAG@sha256:DIGEST. `holdfast verify image {image.text} --key FILE` prints it, whichever public key the file has.",
} if {
	some image in images.readable
	not image.digest
}

# It may be any image.
deny contains {
	"code": "image_unreadable",
	"message": $"{naming.subject(input.request)} was not written: an image cannot be read. {image.reason}.",
	"path": $"{image.path}",
	"remedy": "Write the image as REGISTRY/REPOSITORY:TAG, or with a digest as REGISTRY/REPOSITORY@sha256:DIGEST.",
} if {
	some image in images.unreadable
}
