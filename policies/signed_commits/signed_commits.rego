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
	"message": $"{naming.subject(request)} was not written: commit {short_id(commit.objectId)} of {commit.repository}{written_by(commit)} is not accepted ({commit.code}). {commit.reason}.",
	"remedy": object.get(remedies, commit.code, sign_again),
	"path": commit.path,
} if {
	some commit in commits
	commit.status == "rejected"
}

deny contains unavailable(commit) if {
	some commit in commits
	commit.status == "unavailable"
	commit.mode == "deny"
}

warn contains unavailable(commit) if {
	some commit in commits
	commit.status == "unavailable"
	commit.mode == "warn"
}

deny contains unjudged(commit.reason) if {
	object.get(input.parameters, "requireCommit", false)
	some commit in commits
	commit.status == "unjudged"
}

deny contains unjudged("Its application names no source in Git") if {
	object.get(input.parameters, "requireCommit", false)
	count(commits) == 0
}

# Of each source: one without a signature must not hide beside a signed one.
commits := commits_of(input.facts.source) if {
	actors.is_proven_writer(input.facts.actor)
	input.facts.object.managed
}

commits_of(source) := object.get(source, "commits", []) if {
	source != null
} else := []

unavailable(commit) := {
	"code": "commit_unavailable",
	"message": $"{naming.subject(request)}: the commit of {commit.repository} that it comes from could not be verified. {commit.reason}.",
	"remedy": "Argo CD and Flux try again by themselves. If it lasts, look at the Git server and at the credentials of the repository.",
}

unjudged(reason) := {
	"code": "commit_required",
	"message": $"{naming.subject(request)} was not written: it comes from no commit that could be verified. {reason}.",
	"remedy": "Name the repository in a rule of commits.rules, or deploy from a Git repository.",
}

written_by(commit) := $" by {commit.content.author.name} <{commit.content.author.email}>" if {
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
