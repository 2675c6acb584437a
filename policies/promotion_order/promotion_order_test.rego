package holdfast.policies.promotion_order_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.promotion_order

verified := {
	"status": "verified", "rule": "platform", "path": "production", "repository": "https://git.example.com/platform/shop",
	"content": {"objectId": "0123456789abcdef0123456789abcdef01234567"},
}

promoted := {"name": "staging-first", "from": "Application argocd/shop-staging", "status": "promoted", "objectId": "89ab"}

missing := object.union(object.remove(promoted, ["objectId"]), {"status": "missing"})

unverified := object.union(missing, {"status": "unverified"})

unavailable := object.union(missing, {"status": "unavailable", "reason": "The server did not finish in time"})

with_promotions(promotions) := object.union(verified, {"promotions": promotions})

judge(commits, parameters) := judge_as(sample.writer, object.union(sample.source, {"commits": commits}), parameters)

judge_as(actor, source, parameters) := {"deny": denied, "warn": warned} if {
	asked := {
		"request": sample.deployment, "parameters": object.union({"unavailable": "deny"}, parameters),
		"facts": {"actor": actor, "object": sample.managed, "source": source},
	}
	denied := promotion_order.deny with input as asked
	warned := promotion_order.warn with input as asked
}

nothing := {"deny": set(), "warn": set()}

codes(findings) := {finding.code | some finding in findings}

test_what_was_verified_before_is_applied if {
	judge([with_promotions([promoted])], {}) == nothing
}

test_an_application_that_no_promotion_names_is_free if {
	judge([verified], {}) == nothing
	judge([], {}) == nothing
	judge_as(sample.writer, null, {}) == nothing
	judge_as(sample.writer, sample.source, {}) == nothing
}

test_what_was_not_verified_before_is_refused if {
	judge([with_promotions([missing])], {}).deny == {{
		"code": "commit_not_promoted",
		"message": `deployments.apps shop/checkout was not written: commit 0123456789ab of https://git.example.com/platform/shop was not verified in Application argocd/shop-staging before, as the promotion "staging-first" demands.`,
		"remedy": "Deploy the commit, or a later one of the same branch, to Application argocd/shop-staging first. Flux then tries again by itself; in Argo CD, sync the application once more.",
	}}
}

test_every_promotion_and_every_source_counts if {
	codes(judge([with_promotions([promoted, missing])], {}).deny) == {"commit_not_promoted"}
	codes(judge([with_promotions([promoted]), with_promotions([missing])], {}).deny) == {"commit_not_promoted"}
}

test_a_source_without_a_verified_commit_is_refused if {
	some status in ["rejected", "unjudged"]
	commit := object.union(object.remove(verified, ["content"]), {"status": status, "promotions": [unverified]})
	judge([commit], {}).deny == {{
		"code": "promotion_unverified",
		"message": `deployments.apps shop/checkout was not written: its source https://git.example.com/platform/shop has no verified commit, as the promotion "staging-first" demands.`,
		"remedy": "Name the repository in a rule of commits.rules, and deploy a commit that the rule accepts.",
	}}
}

test_a_verified_commit_without_an_id_is_refused_all_the_same if {
	codes(judge([object.remove(with_promotions([missing]), ["content"])], {}).deny) == {"commit_not_promoted"}
}

test_what_happens_when_nobody_can_tell_is_a_parameter if {
	commits := [with_promotions([unavailable])]
	codes(judge(commits, {}).deny) == {"promotion_unavailable"}
	codes(judge(commits, {"unavailable": "typo"}).deny) == {"promotion_unavailable"}
	judge(commits, {"unavailable": "allow"}) == nothing
	judge(commits, {"unavailable": "warn"}).warn == {{
		"code": "promotion_unavailable",
		"message": `deployments.apps shop/checkout: nobody can tell now whether its commit of https://git.example.com/platform/shop was verified in Application argocd/shop-staging, as the promotion "staging-first" demands. The server did not finish in time.`,
		"remedy": "Flux tries again by itself, and Argo CD until its retry limit: then sync the application once more. If it lasts, look at the Git server and at the credentials of the repository.",
	}}
}

test_others_are_for_other_policies if {
	judge_as(sample.human, object.union(sample.source, {"commits": [with_promotions([missing])]}), {}) == nothing
}

test_only_the_words_for_it_let_an_unknown_promotion_pass if {
	every word in sample.words_of_no_rule {
		codes(judge([with_promotions([unavailable])], {"unavailable": word}).deny) == {"promotion_unavailable"}
	}
	judge([with_promotions([missing])], {"unavailable": "warn"}).warn == set()
}

test_what_nobody_manages_is_promoted_by_nobody if {
	findings := promotion_order.deny with input as {
		"request": sample.deployment,
		"parameters": {"unavailable": "deny"},
		"facts": {
			"actor": sample.writer,
			"object": sample.unmanaged,
			"source": object.union(sample.source, {"commits": [with_promotions([missing])]}),
		},
	}
	findings == set()
}
