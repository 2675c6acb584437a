# METADATA
# title: Images come from registries that are allowed
# description: >-
#   Whoever may name any registry runs what any stranger has built. Off by default: the parameter "allowed" says which images are let in.
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
#     allowed: []
#   parametersSchema:
#     allowed: { type: array, items: { type: string, minLength: 1 } }
package holdfast.policies.image_registries

import data.holdfast.lib.images
import data.holdfast.lib.naming

deny contains {
	"code": "image_registry_not_allowed",
	"message": $"{naming.subject(input.request)} was not written: the image {image.text} ({images.place(image)}) is of no registry that is allowed.",
	"path": $"{image.path}",
	"remedy": "Push the image to an allowed registry, or add a pattern to the parameter allowed of image_registries.",
} if {
	some image in images.readable
	not is_allowed(images.place(image))
}

is_allowed(place) if {
	some pattern in input.parameters.allowed
	glob.match(pattern, ["/"], place)
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
