# METADATA
# title: Images are built from a commit that is trusted
# description: >-
#   A signature says who released an image, not what it was built from. The provenance that a rule of images asks for names the
#   commit: it must be the one that deploys the image, or one of a repository that is listed. Off by default.
# custom:
#   severity: error
#   match:
#     operations: [CREATE, UPDATE]
#     groups: ["", apps, batch]
#     resources: [pods, replicationcontrollers, podtemplates, deployments, replicasets, statefulsets, daemonsets, jobs, cronjobs]
#     subresources: [""]
#     actorClasses: [gitops]
#   failure: deny
#   deadlineMs: 200
#   facts: [source, images]
#   mode: "off"
#   parameters:
#     builtFrom: deploying-commit
#     repositories: []
#   parametersSchema:
#     builtFrom: { enum: [deploying-commit, listed-repository] }
#     repositories: { type: array, items: { type: string, minLength: 1 } }
package holdfast.policies.image_provenance

import data.holdfast.lib.images
import data.holdfast.lib.naming

# What has no verdict about its signatures is for image_signatures to refuse; here it has no provenance.
deny contains {
	"code": "image_provenance_missing",
	"message": $"{not_written}: no attestation that counts says from which commit the image {image.text} was built.",
	"path": $"{image.path}",
	"remedy": $"Attest the provenance of {images.place(image)} where it is built, and ask for it in the rule of images.rules that names it (attestations).",
} if {
	some image in images.readable
	count(builds(image)) == 0
}

deny contains {
	"code": "image_built_elsewhere",
	"message": $"{not_written}: the image {image.text} was built from {found(image)}, and not from {wanted}.",
	"path": $"{image.path}",
	"remedy": "Build the image from the commit that deploys it, or list its repository in the parameter repositories of image_provenance.",
} if {
	some image in images.readable
	not is_accepted(image)
}

# Each attestation that names where it was built from.
builds(image) := {build |
	some attestation in object.get(image, ["signature", "attestations"], [])
	build := {"repository": attestation.sourceRepository, "commit": attestation.sourceCommit}
}

# Every one of them: a second attestation must not hide where the image was really built.
is_accepted(image) if {
	every build in builds(image) {
		accepts(build)
	}
}

accepts(build) if {
	some commit in object.get(input.facts.source, "commits", [])
	commit.status == "verified"
	commit.repository == build.repository
	commit.content.objectId == build.commit
}

accepts(build) if {
	input.parameters.builtFrom == "listed-repository"
	some pattern in input.parameters.repositories
	glob.match(pattern, ["/"], build.repository)
}

found(image) := concat(" and ", sort([$"commit {substring(build.commit, 0, 12)} of {build.repository}" | some build in builds(image)]))

wanted := "a verified commit that deploys it" if input.parameters.builtFrom != "listed-repository"

wanted := "a repository that is listed" if input.parameters.builtFrom == "listed-repository"

not_written := $"{naming.subject(input.request)} was not written"
