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

# It changes what a commit declares.
update := object.union(sample.deployment, {"object": {"spec": {"replicas": 2}}, "oldObject": {"spec": {"replicas": 1}}})

judge_request(request, fact_values) := denied if {
	asked_of := object.union(object.remove(asked(fact_values, {"requireCommit": true}), ["request"]), {"request": request})
	denied := signed_commits.deny with input as asked_of
}

asked(fact_values, parameters) := {
	"request": update, "facts": fact_values,
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
	startswith(finding.remedy, "Sign a commit on top of it: `git commit --allow-empty -S`, then `git push`.")
}

test_where_every_commit_counts_it_is_signed_again if {
	some finding in judge(facts(object.union(rejected, {"range": "since-verified"})), {}).deny
	startswith(finding.remedy, "Sign it and those on top of it again: `git rebase --force-rebase -S 0123456789ab~1`, then `git push --force-with-lease`.")
}

test_a_commit_that_does_not_exist_has_no_author if {
	absent := object.remove(object.union(rejected, {"code": "revision_absent"}), ["content"])
	some finding in judge(facts(absent), {}).deny
	contains(finding.message, "commit 0123456789ab of https://git.example.com/platform/shop is not accepted (revision_absent)")
}

test_every_other_code_has_a_remedy if {
	some finding in judge(facts(object.union(rejected, {"code": "bad_signature"})), {}).deny
	finding.remedy == "With an accepted key, sign a commit on top of it: `git commit --allow-empty -S`, then `git push`."
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

test_a_dry_run_is_not_refused_as_comparing_needs_it if {
	dry := object.union(update, {"dryRun": true})
	judge_request(dry, facts(rejected)) == set()
	codes(judge_request(object.union(update, {"dryRun": false}), facts(rejected))) == {"commit_rejected"}
}

test_what_an_application_takes_with_it_when_it_is_deleted_is_not_refused if {
	deleting := object.union(facts(rejected), {"source": {"operation": "deleting"}})
	delete := object.union(update, {"operation": "DELETE"})
	judge_request(delete, deleting) == set()
	codes(judge_request(delete, facts(rejected))) == {"commit_rejected"}
	codes(judge_request(update, deleting)) == {"commit_rejected"}
}

child := object.union(update, {"resource": {"group": "argoproj.io", "version": "v1alpha1", "resource": "applications"}})

written(before, after) := object.union(object.remove(child, ["object", "oldObject"]), {"oldObject": before, "object": after})

test_the_state_that_a_controller_keeps_in_an_application_of_applications_is_not_refused if {
	before := {"spec": {"project": "shop"}, "status": {"sync": {"status": "Synced"}}, "operation": {}}
	every after in [
		{"spec": {"project": "shop"}, "status": {"sync": {"status": "OutOfSync"}}},
		object.union(before, {"metadata": {"annotations": {"argocd.argoproj.io/refresh": "hard"}}}),
		object.union(before, {"metadata": {"finalizers": ["resources-finalizer.argocd.argoproj.io"], "generation": 2}}),
	] {
		judge_request(written(before, after), facts(rejected)) == set()
	}
	every after in [
		object.union(before, {"spec": {"project": "other"}}),
		object.union(before, {"metadata": {"labels": {"team": "a"}}}),
		object.union(before, {"metadata": {"annotations": {"note": "a"}}}),
		object.union(before, {"metadata": {"finalizers": ["example.com/keep"]}}),
		object.union(before, {"metadata": {"ownerReferences": [{"name": "other"}]}}),
	] {
		codes(judge_request(written(before, after), facts(rejected))) == {"commit_rejected"}
	}
}

running(place, value) := json.patch({"spec": {}, "status": {"operationState": {}}}, [{
	"op": "add", "path": place,
	"value": {"sync": {"source": {"repoURL": value}}},
}])

test_an_operation_brings_no_source_that_no_signed_commit_says if {
	without := {"spec": {}, "status": {"operationState": {}}}
	requested := running("operation", "a")
	started := running("status/operationState/operation", "a")
	every after in [requested, started] {
		codes(judge_request(written(without, after), facts(rejected))) == {"commit_rejected"}
	}
	judge_request(written(requested, started), facts(rejected)) == set()
	judge_request(written(started, without), facts(rejected)) == set()
	own := object.union(requested, {"spec": {"source": {"repoURL": "a"}}})
	judge_request(written(object.remove(own, ["operation"]), own), facts(rejected)) == set()
	other := running("status/operationState/operation", "b")
	codes(judge_request(written(requested, other), facts(rejected))) == {"commit_rejected"}
}

test_the_status_of_other_kinds_is_content if {
	other := object.union(written({"status": {"a": 1}}, {"status": {"a": 2}}), {"resource": sample.deployment_resource})
	codes(judge_request(other, facts(rejected))) == {"commit_rejected"}
}

test_the_finalizers_of_hooks_and_of_flux_are_no_content if {
	every finalizer in ["argocd.argoproj.io/hook-finalizer", "finalizers.fluxcd.io"] {
		judge_request(written({"metadata": {"finalizers": [finalizer]}}, {"metadata": {}}), facts(rejected)) == set()
	}
}

with_change(paths, truncated) := object.union(facts(rejected), {"change": object.union(sample.change(paths), {"truncated": truncated})})

test_what_the_listed_changes_say_is_enough_unless_the_list_is_cut if {
	finalizer := {"segments": ["metadata", "finalizers", "resources-finalizer.argocd.argoproj.io/background"]}
	annotation := {"segments": ["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"]}
	status := {"segments": ["status", "sync", "status"]}
	judge_request(update, with_change([finalizer, annotation], false)) == set()
	every facts_now in [
		with_change([finalizer, {"segments": ["spec", "replicas"]}], false),
		with_change([{"segments": ["metadata", "finalizers", "example.com/keep"]}], false),
		with_change([status], false),
		with_change([finalizer], true),
	] {
		codes(judge_request(update, facts_now)) == {"commit_rejected"}
	}
	judge_request(object.union(child, {"object": {}, "oldObject": {}}), with_change([status], false)) == set()
}

test_what_the_controller_writes_for_itself_needs_no_commit if {
	without := {"actor": sample.writer, "object": sample.managed, "source": null}
	created := object.union(object.remove(update, ["oldObject"]), {"operation": "CREATE"})
	codes(judge_request(created, without)) == {"commit_required"}
	judge_request(object.union(created, {"resource": {"group": "", "version": "v1", "resource": "events"}}), without) == set()
}

test_a_mode_says_nothing_where_a_commit_was_judged if {
	every mode in ["deny", "warn"] {
		judge(facts(object.union(verified, {"mode": mode})), {}) == nothing
	}
}

test_a_creation_is_no_bookkeeping if {
	finalizer := {"segments": ["metadata", "finalizers", "resources-finalizer.argocd.argoproj.io/background"]}
	created := object.union(update, {"operation": "CREATE"})
	codes(judge_request(created, with_change([finalizer], false))) == {"commit_rejected"}
}

test_a_list_that_is_whole_says_all_that_changes if {
	without := {"spec": {}, "status": {"operationState": {}}}
	brought := with_change([{"segments": ["operation", "sync", "source", "repoURL"]}], false)
	codes(judge_request(written(without, running("operation", "a")), brought)) == {"commit_rejected"}
	every path in [["metadata", "generateName"], ["spec", "project"], ["data", "key"]] {
		codes(judge_request(written(without, without), with_change([{"segments": path}], false))) == {"commit_rejected"}
	}
}

test_each_place_of_a_source_is_known_to_an_operation if {
	every spec in [
		{"source": {"repoURL": "a"}},
		{"sources": [{"repoURL": "b"}, {"repoURL": "a"}]},
		{"sourceHydrator": {"drySource": {"repoURL": "a"}}},
		{"sourceHydrator": {"syncSource": {"repoURL": "a"}}},
	] {
		own := object.union(running("operation", "a"), {"spec": spec})
		judge_request(written(object.remove(own, ["operation"]), own), facts(rejected)) == set()
		several := object.union(own, {"operation": {"sync": {"sources": [{"repoURL": "a"}]}}})
		judge_request(written(object.remove(own, ["operation"]), several), facts(rejected)) == set()
		stranger := object.union(own, {"operation": {"sync": {"sources": [{"repoURL": "a"}, {"repoURL": "evil"}]}}})
		codes(judge_request(written(object.remove(own, ["operation"]), stranger), facts(rejected))) == {"commit_rejected"}
	}
	nameless := object.union(running("operation", null), {"spec": {}})
	codes(judge_request(written(object.remove(nameless, ["operation"]), nameless), facts(rejected))) == {"commit_rejected"}
}

test_every_other_part_of_an_application_is_content if {
	before := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"labels": {"team": "a"}}, "spec": {"project": "a"}}
	judge_request(written(before, object.union(before, {"status": {"sync": {}}})), facts(rejected)) == set()
	every after in [
		object.union(before, {"kind": "Applications"}),
		object.union(before, {"kind": "Applicatiom"}),
		object.remove(before, ["spec"]),
		object.union(before, {"spec": "a"}),
		object.union(object.remove(before, ["metadata"]), {"metadata": {}}),
	] {
		codes(judge_request(written(before, after), facts(rejected))) == {"commit_rejected"}
	}
	every key in sample.words_of_no_rule {
		codes(judge_request(written(before, object.union(before, {key: 1})), facts(rejected))) == {"commit_rejected"}
	}
}
