# METADATA
# title: Images have a tag that stays
# description: >-
#   An image without a tag or with the tag "latest" is another program tomorrow. Only recorded by default: an example
#   of a policy that warns.
# custom:
#   severity: warning
#   match:
#     operations: [CREATE, UPDATE]
#     groups: [""]
#     resources: [pods]
#     subresources: ["", ephemeralcontainers]
#   failure: allow
#   deadlineMs: 200
#   mode: audit
package holdfast.policies.latest_tag_warning

warn contains {
	"code": "image_tag_latest",
	"message": $`Container "{container.name}" runs the image {container.image}, which is another program tomorrow.`,
	"path": $"spec.{list}[{container.name}].image",
	"remedy": "Name a version or, better, a digest.",
} if {
	some list in ["containers", "initContainers", "ephemeralContainers"]
	some container in input.request.object.spec[list]
	is_latest(container.image)
}

is_latest(image) if endswith(image, ":latest")

# A colon before the last slash is the registry's port; a digest has one behind it.
is_latest(image) if {
	parts := split(image, "/")
	not contains(parts[count(parts) - 1], ":")
}
