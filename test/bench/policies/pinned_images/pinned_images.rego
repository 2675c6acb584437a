# METADATA
# title: Pinned images
# description: An image is named by a digest or by a tag that does not move.
# scope: package
# custom:
#   severity: error
#   match:
#     operations: [CREATE]
#     groups: [""]
#     kinds: [Pod]
#     subresources: [""]
#   failure: deny
#   deadlineMs: 200
#   facts: []
#   parameters:
#     movingTags: [latest, main, master, stable]
package holdfast.policies.pinned_images

deny contains finding if {
	some container in input.request.object.spec.containers
	some problem in problems(container.image)
	finding := {
		"code": "image_not_pinned",
		"message": $`Container "{container.name}" runs "{container.image}", which {problem}`,
		"path": $"spec.containers[{container.name}].image",
		"remedy": "Name the image by its digest, or by a tag that is never moved",
	}
}

problems(image) := set() if contains(image, "@sha256:")

problems(image) := {"has no tag"} if {
	not contains(image, "@sha256:")
	not has_tag(image)
}

problems(image) := {sprintf("has the moving tag \"%s\"", [tag]) | some tag in moving} if {
	not contains(image, "@sha256:")
	has_tag(image)
	moving := {tag | some tag in input.parameters.movingTags; tag == last_part(image, ":")}
}

# A colon before the last slash belongs to the registry's port, not to a tag.
has_tag(image) if contains(last_part(image, "/"), ":")

last_part(text, separator) := part if {
	parts := split(text, separator)
	part := parts[count(parts) - 1]
}
