# METADATA
# title: What the GitOps controller applies is what the commit declares
# description: >-
#   Manifests of an operation that are in no repository, a repository server that lies, and webhooks that change a request after the
#   controller sent it all write under the controller's name. The commit is rendered, and the object must be what it declares.
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE]
#     subresources: [""]
#     actorClasses: [gitops]
#   failure: deny
#   deadlineMs: 500
#   facts: [actor, object, source]
package holdfast.policies.manifest_in_git

import data.holdfast.lib.actors
import data.holdfast.lib.naming
import data.holdfast.lib.retries

deny contains {
	"code": "manifest_differs",
	"message": $"{naming.subject(request)} was not written: it is not what {declaration} declares. It differs in {paths}.",
	"remedy": $"Commit the change. If a webhook of this cluster sets these fields, name them in manifests.mutated, or in ignoreDifferences of the Application. In a checkout of the commit, with the object in object.yaml, this shows the comparison: `holdfast verify manifest {folder} --file object.yaml`.",
	"path": $"{manifest.paths[0]}",
} if {
	manifest.status == "differs"
}

deny contains {
	"code": "manifest_absent",
	"message": $"{naming.subject(request)} was not written: {declaration} declares no such object.",
	"remedy": "Commit its manifest. Argo CD applies what is in no repository only if somebody put it into an operation: find out who.",
} if {
	manifest.status == "absent"
}

deny contains {
	"code": "manifest_not_comparable",
	"message": $"{naming.subject(request)} was not written: nobody can tell whether it is what Git declares, as {manifest.reason}.",
	"remedy": "Declare it in plain manifests, a kustomization or a chart of the repository, or turn manifests.requireManifestMatch off.",
} if {
	object.get(input.parameters, "requireManifestMatch", false)
	manifest.status == "not-comparable"
}

deny contains unavailable if {
	manifest.status == "unavailable"
	object.get(manifest, "mode", "deny") == "deny"
}

warn contains unavailable if {
	manifest.status == "unavailable"
	manifest.mode == "warn"
}

manifest := input.facts.source.manifest if {
	actors.is_proven_writer(input.facts.actor)
	input.facts.object.managed
}

unavailable := {
	"code": "manifest_unavailable",
	"message": $"{naming.subject(request)}: nobody can tell yet whether it is what Git declares, as {manifest.reason}.",
	"remedy": retries.try_again,
}

declaration := $"commit {substring(manifest.objectId, 0, 12)} of {manifest.repository}{place}" if {
	manifest.objectId
} else := "the commit"

# Stops a path that does more than name a folder in the shell of whoever runs the command.
folder := manifest.path if {
	regex.match(`^[A-Za-z0-9_][A-Za-z0-9_./-]*$`, manifest.path)
} else := "FOLDER"

place := $" ({manifest.path})" if {
	object.get(manifest, "path", "") != ""
} else := ""

# As many as a person reads; the record has the rest.
paths := $"{concat(", ", array.slice(manifest.paths, 0, 5))}{more}"

more := $" and {count(manifest.paths) - 5} more" if {
	count(manifest.paths) > 5
} else := ""

request := input.request
