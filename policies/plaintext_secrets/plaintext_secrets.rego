# METADATA
# title: No credential stands in Git in plain text
# description: >-
#   Whoever can read a repository, or ever could, knows each credential that it has in plain text. Secrets whose manifest nothing
#   encrypted are reported, and so are credentials in ConfigMaps, in workloads and in the values of charts, by their format, or by a
#   name such as "password" beside a value that is no word. Warned of by default; in mode enforce they are not deployed.
# custom:
#   severity: error
#   match:
#     operations: [CREATE, UPDATE]
#     groups: ["", apps, batch, argoproj.io, helm.toolkit.fluxcd.io]
#     resources: [secrets, configmaps, pods, replicationcontrollers, podtemplates, deployments, replicasets, statefulsets, daemonsets, jobs, cronjobs, applications, applicationsets, helmreleases]
#     subresources: [""]
#     actorClasses: [gitops]
#   failure: allow
#   deadlineMs: 200
#   facts: [actor, object, plaintext]
#   mode: warn
#   parameters:
#     allowedObjects: []
#     allowedKinds: []
#     plugins: ["*"]
#     publicKeys: [ca.crt, enableLfs, enableOCI, forceHttpBasicAuth, insecure, name, noProxy, project, proxy, server, type, url, username]
package holdfast.policies.plaintext_secrets

import data.holdfast.lib.actors
import data.holdfast.lib.naming

deny contains {
	"code": "secret_in_plaintext",
	"message": $"{subject} comes from a manifest that nothing encrypted: whoever can read the repository of {manager} can read {keys}.",
	"path": "data",
	"remedy": "Commit a SealedSecret or an ExternalSecret instead, or encrypt the manifest with SOPS and set spec.decryption of its Kustomization. Then replace the value: it stays in the history of the repository.",
} if {
	is_judged
	count(exposed_keys) > 0
	plaintext.decryption.status == "known"
	not is_decrypted
}

# Without an answer it may be one of a repository where all are encrypted.
deny contains {
	"code": "secret_decryption_unknown",
	"message": $"Whether something decrypted the manifest of {subject} could not be found out: {plaintext.decryption.reason}.",
	"path": "data",
	"remedy": "Try again.",
} if {
	is_judged
	count(exposed_keys) > 0
	plaintext.decryption.status == "unavailable"
}

deny contains {
	"code": "credential_in_plaintext",
	"message": $"{subject} has a credential in plain text: {credential.path} is or contains a {credential.kind}.",
	"path": $"{credential.path}",
	"remedy": "Keep it in a Secret that is encrypted in Git, and refer to that (valueFrom.secretKeyRef, or a volume). Then replace the credential: it stays in the history of the repository.",
} if {
	is_judged
	some credential in plaintext.credentials
	not credential.kind in parameters.allowedKinds
}

audit contains {
	"code": "plaintext_not_read",
	"message": $"{subject} was looked through for credentials in part only: it is too long, or has too many of them.",
	"remedy": "Look through the manifest yourself, or split it.",
} if {
	is_judged
	plaintext.isTruncated
}

# What comes from Git bears a mark. What the helm controller keeps of its releases bears none, and is of no repository.
is_judged if {
	actors.is_proven_writer(input.facts.actor)
	input.facts.object.managed
	not is_allowed
}

is_allowed if {
	some pattern in parameters.allowedObjects
	glob.match(pattern, ["/"], naming.qualified_name(request))
}

# Helm keeps each release in a Secret: its manifests, compressed.
is_allowed if request.object.type == "helm.sh/release.v1"

# Parts of the settings of Argo CD's repositories and clusters, and of certificates, that everybody may know.
exposed_keys := [key | some key in plaintext.secretKeys; not key in parameters.publicKeys]

# The controllers of the other tools write their Secrets themselves, and are no GitOps writers.
is_decrypted if plaintext.decryption.value.by in {"helm-release", "helm-secrets", "sops"}

is_decrypted if {
	plaintext.decryption.value.by == "plugin"
	some pattern in parameters.plugins
	glob.match(pattern, null, plaintext.decryption.value.name)
}

keys := $"its key {exposed_keys[0]}" if {
	count(exposed_keys) == 1
} else := $"its {count(exposed_keys)} keys, {exposed_keys[0]} among them"

manager := naming.manager(object.get(input.facts.object, "movesTo", input.facts.object))

subject := naming.subject(request)

plaintext := input.facts.plaintext

parameters := input.parameters

request := input.request
