# METADATA
# title: What the GitOps controller applies comes from a signed commit
# description: >-
#   The controller's account proves who writes, not whose content it is: whoever can push to the repository, or answer for it,
#   writes under the controller's name. The commit must bear a signature that a rule of the configuration accepts.
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE, DELETE]
#     subresources: [""]
#     actorClasses: [gitops]
#   failure: deny
#   deadlineMs: 500
#   facts: [actor, object, source]
package holdfast.policies.signed_commits

import data.holdfast.lib.actors
import data.holdfast.lib.naming

deny contains {
	"code": "commit_rejected",
	"message": $"{naming.subject(request)} was not written: commit {short_id(commit.objectId)} of {commit.repository}{written_by} is not accepted ({commit.code}). {commit.reason}.",
	"remedy": object.get(remedies, commit.code, sign_again),
	"path": commit.path,
} if {
	commit.status == "rejected"
}

deny contains finding if {
	some finding in unavailable
	commit.mode == "deny"
}

warn contains finding if {
	some finding in unavailable
	commit.mode == "warn"
}

unavailable contains {
	"code": "commit_unavailable",
	"message": $"{naming.subject(request)}: the commit of {commit.repository} that it comes from could not be verified. {commit.reason}.",
	"remedy": "Argo CD and Flux try again by themselves. If it lasts, look at the Git server and at the credentials of the repository.",
} if {
	commit.status == "unavailable"
}

deny contains {
	"code": "commit_required",
	"message": $"{naming.subject(request)} was not written: it comes from no commit that could be verified. {unjudged_reason}.",
	"remedy": "Name the repository in a rule of commits.rules, or deploy from a Git repository.",
} if {
	object.get(input.parameters, "requireCommit", false)
	is_unjudged
}

# The worst of the sources decides, so that a second source cannot hide behind a signed one.
commit := object.get(input.facts.source, "commit", {"status": "none"}) if {
	actors.is_proven_writer(input.facts.actor)
	input.facts.object.managed
	input.facts.source != null
}

is_unjudged if commit.status in {"unjudged", "none"}

is_unjudged if {
	actors.is_proven_writer(input.facts.actor)
	input.facts.object.managed
	input.facts.source == null
}

unjudged_reason := commit.reason if {
	commit.status == "unjudged"
} else := "Its application names no source in Git"

written_by := $" by {commit.content.author.name} <{commit.content.author.email}>" if {
	commit.content.author.name
} else := ""

short_id(object_id) := substring(object_id, 0, 12)

remedies := {
	"unsigned": "Sign it: git commit --amend --no-edit -S, then push. `git config commit.gpgSign true` signs every commit from now on.",
	"signer_not_accepted": "Let somebody sign it whom the rule accepts, or add the signer to the rule in commits.rules.",
	"unknown_key": "Add the key to the keyring of its rule, or sign with a key that is in it: git commit --amend --no-edit -S.",
	"key_expired": "Extend the key and update the keyring, or sign with a valid key: git commit --amend --no-edit -S.",
	"key_revoked": "Sign with another key: git commit --amend --no-edit -S. Find out why the key was revoked.",
	"history_rewritten": "Find out who pushed with force. A commit on top of the branch, signed as usual, is accepted again.",
	"commit_unreachable": "Deploy a commit of the branch that the application follows.",
	"commit_not_found": "Somebody wrote a revision into the application's status that its repository does not have: find out who.",
	"too_few_signers": "Let a second person sign a commit on top: git commit --allow-empty -S.",
}

sign_again := "Sign the commit again with an accepted key: git commit --amend --no-edit -S, then push."

request := input.request
