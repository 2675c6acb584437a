package holdfast.policies.signed_commits_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.signed_commits

place := {"repository": "https://git.example.com/platform/shop", "path": "production"}

content := {
	"objectId": "0123456789abcdef0123456789abcdef01234567",
	"author": {"name": "Alice", "email": "alice@example.com"},
	"committer": {"name": "Alice", "email": "alice@example.com"},
}

verified := object.union(place, {"status": "verified", "rule": "platform", "content": content})

rejected := object.union(place, {
	"status": "rejected", "rule": "platform", "code": "unsigned", "objectId": content.objectId,
	"reason": "The commit has no signature", "content": content,
})

unavailable(mode) := object.union(place, {
	"status": "unavailable", "reason": "The Git server did not answer within 5000 ms",
	"mode": mode,
})

unjudged := object.union(place, {"status": "unjudged", "reason": "No rule names the repository"})

facts(commit) := facts_of([commit])

facts_of(commits) := {
	"actor": sample.writer, "object": sample.managed,
	"source": object.union(sample.source, {"commits": commits}),
}

judge(fact_values, parameters) := {"deny": denied, "warn": warned} if {
	denied := signed_commits.deny with input as asked(fact_values, parameters)
	warned := signed_commits.warn with input as asked(fact_values, parameters)
}

asked(fact_values, parameters) := {
	"request": sample.deployment, "facts": fact_values,
	"parameters": object.union(sample.parameters, parameters),
}

codes(findings) := {finding.code | some finding in findings}

nothing := {"deny": set(), "warn": set()}

test_a_verified_commit_is_applied if {
	judge(facts(verified), {"requireCommit": true}) == nothing
}

test_a_rejected_commit_is_refused_with_commit_author_and_remedy if {
	some finding in judge(facts(rejected), {}).deny
	finding.code == "commit_rejected"
	finding.message == "deployments.apps shop/checkout was not written: commit 0123456789ab of https://git.example.com/platform/shop by Alice <alice@example.com> is not accepted (unsigned). The commit has no signature."
	startswith(finding.remedy, "Sign it: git commit --amend --no-edit -S, then push.")
}

test_a_commit_that_does_not_exist_has_no_author if {
	absent := object.remove(object.union(rejected, {"code": "commit_not_found"}), ["content"])
	some finding in judge(facts(absent), {}).deny
	contains(finding.message, "commit 0123456789ab of https://git.example.com/platform/shop is not accepted (commit_not_found)")
}

test_every_other_code_has_a_remedy if {
	some finding in judge(facts(object.union(rejected, {"code": "bad_signature"})), {}).deny
	startswith(finding.remedy, "Sign the commit again")
}

test_what_nobody_can_tell_follows_the_rule if {
	denied := judge(facts(unavailable("deny")), {})
	codes(denied.deny) == {"commit_unavailable"}
	denied.warn == set()
	warned := judge(facts(unavailable("warn")), {})
	codes(warned.warn) == {"commit_unavailable"}
	warned.deny == set()
	judge(facts(unavailable("allow")), {}) == nothing
}

test_a_repository_without_a_rule_passes_unless_commits_are_required if {
	judge(facts(unjudged), {}) == nothing
	some finding in judge(facts(unjudged), {"requireCommit": true}).deny
	finding.code == "commit_required"
	contains(finding.message, "No rule names the repository.")
}

test_a_source_without_a_commit_is_refused_where_commits_are_required if {
	without := {"actor": sample.writer, "object": sample.managed, "source": sample.source}
	judge(without, {}) == nothing
	codes(judge(without, {"requireCommit": true}).deny) == {"commit_required"}
	codes(judge(object.union(without, {"source": null}), {"requireCommit": true}).deny) == {"commit_required"}
}

test_others_and_unmanaged_objects_are_not_judged_here if {
	changed := object.union(facts(rejected), {"object": sample.unmanaged})
	judge(changed, {"requireCommit": true}) == nothing
	judge(object.union(facts(rejected), {"actor": sample.unproven_writer}), {"requireCommit": true}) == nothing
}

test_every_source_is_judged if {
	codes(judge(facts_of([verified, rejected]), {}).deny) == {"commit_rejected"}
	mixed := facts_of([unavailable("warn"), unjudged, verified])
	judged := judge(mixed, {"requireCommit": true})
	codes(judged.deny) == {"commit_required"}
	codes(judged.warn) == {"commit_unavailable"}
}
