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
#   facts: [actor, change, object, source]
package holdfast.policies.signed_commits

import data.holdfast.lib.actors
import data.holdfast.lib.deployments
import data.holdfast.lib.gitops
import data.holdfast.lib.naming
import data.holdfast.lib.retries

deny contains {
	"code": "commit_rejected",
	"message": $"{not_written}: commit {short_id(commit.objectId)} of {commit.repository}{written_by(commit)} is not accepted ({commit.code}). {commit.reason}.",
	"remedy": $"{remedy_of(commit)}",
} if {
	some commit in commits
	commit.status == "rejected"
}

deny contains {
	"code": "commit_unavailable",
	"message": $"{not_written}: {not_verified(commit)}",
	"remedy": retries.try_again,
} if {
	some commit in commits
	commit.status == "unavailable"
	commit.mode == "deny"
}

warn contains {
	"code": "commit_unavailable",
	"message": $"{naming.subject(request)} was written without proof: {not_verified(commit)}",
	"remedy": retries.try_again,
} if {
	some commit in commits
	commit.status == "unavailable"
	commit.mode == "warn"
}

deny contains {
	"code": "commit_required",
	"message": $"{not_written}: it comes from no commit that could be verified. {commit.reason}.",
	"remedy": $"{name_it}",
} if {
	object.get(input.parameters, "requireCommit", false)
	some commit in commits
	commit.status == "unjudged"
}

deny contains {
	"code": "commit_required",
	"message": $"{not_written}: it comes from no commit that could be verified. Its application names no source in Git.",
	"remedy": $"{name_it}",
} if {
	object.get(input.parameters, "requireCommit", false)
	count(commits) == 0
	not gitops.is_never_marked(request, object.get(input.parameters, "argocdNamespace", "argocd"))
}

not_written := $"{naming.subject(request)} was not written"

not_verified(commit) := $"the commit of {commit.repository} that it comes from could not be verified. {commit.reason}."

name_it := "Name the repository in a rule of commits.rules, or deploy from a Git repository."

# Of each source: one without a signature must not hide beside a signed one.
commits := commits_of(input.facts.source) if {
	actors.is_proven_writer(input.facts.actor)
	input.facts.object.managed
	not deployments.is_stored_nowhere(request)
	not is_clean_up
	not deployments.is_bookkeeping(request, change)
}

# `not` of a function whose argument is unknown would let the write pass.
default change := {}

change := input.facts.change

# Whoever deletes an application does not apply its commit, which may have become unacceptable long ago.
is_clean_up if {
	request.operation == "DELETE"
	input.facts.source.operation == "deleting"
}

commits_of(source) := [commit | some commit in source.commits]

written_by(commit) := $" by {commit.content.author.name} <{commit.content.author.email}>" if {
	commit.content.author.name
} else := ""

short_id(object_id) := substring(object_id, 0, 12)

remedy_of(commit) := upper_first(remedies(commit)[commit.code])

remedy_of(commit) := $"With an accepted key, {mend(commit)}." if not remedies(commit)[commit.code]

# A commit that was refused need not stay. One on top of it needs no force-push, and suffices where the rule looks at the deployed
# commit alone; where it wants each one signed, what is below stays refused.
mend(commit) := $"sign it and those on top of it again: `git rebase --force-rebase -S {short_id(commit.objectId)}~1`, then `git push --force-with-lease`" if {
	commit.range == "since-verified"
} else := "sign a commit on top of it: `git commit --allow-empty -S`, then `git push`"

upper_first(text) := concat("", [upper(substring(text, 0, 1)), substring(text, 1, -1)])

# By the codes of verifiers, of rules and of mirrors; a test holds that no other code is named, and which ones are left to the default.
remedies(commit) := {
	"author_mismatch": $"Its author has to {mend(commit)}.",
	"commit_too_old": "Deploy a newer commit, which may be empty: `git commit --allow-empty -S`, then `git push`.",
	"committer_mismatch": $"Commit with the address of the key: `git config user.email ADDRESS`. Then {mend(commit)}.",
	"future_signature": $"Correct the clock of the machine that signs, then {mend(commit)}.",
	"history_rewritten": "Find out who pushed with force. Merge the verified commit that the branch has lost, and it is accepted again: `git merge -S COMMIT`, then `git push`.",
	"identity_not_accepted": "Let somebody sign it whom the rule accepts, or add the identity to the rule in commits.rules.",
	"key_expired": $"Extend the key and update its keyring, or, with a valid key, {mend(commit)}.",
	"key_not_valid": $"Look at the dates of the key in its key file, or, with a valid key, {mend(commit)}.",
	"key_revoked": $"With another key, {mend(commit)}. Find out why the key was revoked.",
	"limit_exceeded": "Deploy a commit that is nearer to the last verified one, or raise commits.rangeMax.",
	"multiple_signatures": $"Find out which program signs it twice, then {mend(commit)}.",
	"object_malformed": "Find out who serves the repository: what it answers is no commit.",
	"object_mismatch": "Find out who serves the repository: it gives another object under the id of the commit.",
	"object_too_large": "A commit has a message and a signature: find out what else is in it, or raise mirrors.objectBytesMax.",
	"ref_absent": "Push the branch or tag that the application follows, or correct its targetRevision.",
	"repository_refused": "Write the URL as https://HOST/PATH or ssh://git@HOST/PATH, or allow its host or folder in the section mirrors.",
	"revision_absent": "If it was pushed just now, sync again. Otherwise somebody wrote a revision into the application's status that its repository does not have: find out who.",
	"revision_unreachable": "Deploy a commit of the branch or tag that the application follows.",
	"signature_expired": $"{mend(commit)}.",
	"signer_not_accepted": "Let somebody sign it whom the rule accepts, or add the signer to the rule in commits.rules.",
	"too_few_signers": "Let a second person sign a commit on top: `git commit --allow-empty -S`, then `git push`.",
	"transparency_log_entry_missing": $"Sign with the proof of the log (`git config gitsign.rekorMode offline`): {mend(commit)}.",
	"unknown_key": $"Add the key to the key files of commits, or, with a key that is in them, {mend(commit)}.",
	"unsigned": $"{mend(commit)}. `git config commit.gpgSign true` signs every commit from now on.",
	"unsupported_signature": "Sign in a format that the rule accepts (`git config gpg.format FORMAT`), or name the key file of the format in commits.",
}

request := input.request
