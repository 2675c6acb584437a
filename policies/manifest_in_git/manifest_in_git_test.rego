package holdfast.policies.manifest_in_git_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.manifest_in_git

declared := {
	"repository": "https://git.example.com/platform/shop",
	"path": "production",
	"objectId": "0123456789abcdef0123456789abcdef01234567",
}

fact(status) := object.union(declared, {"status": status, "paths": []})

differs := object.union(fact("differs"), {"paths": ["spec.template.spec.containers[miner]", "spec.replicas"]})

not_comparable := object.union(fact("not-comparable"), {"reason": "the source is rendered by a plugin"})

unavailable(mode) := object.union(fact("unavailable"), {"reason": "the commit is still being rendered", "mode": mode})

facts(manifest) := {
	"actor": sample.writer, "object": sample.managed,
	"source": object.union(sample.source, {"manifest": manifest}),
}

judge(fact_values, parameters) := {"deny": denied, "warn": warned} if {
	denied := manifest_in_git.deny with input as asked(fact_values, parameters)
	warned := manifest_in_git.warn with input as asked(fact_values, parameters)
}

asked(fact_values, parameters) := {
	"request": sample.deployment, "facts": fact_values,
	"parameters": object.union(sample.parameters, parameters),
}

codes(findings) := {finding.code | some finding in findings}

nothing := {"deny": set(), "warn": set()}

strict := {"requireManifestMatch": true}

test_what_the_commit_declares_is_applied if {
	judge(facts(fact("equal")), strict) == nothing
}

test_what_differs_is_refused_with_the_commit_and_the_places if {
	some finding in judge(facts(differs), {}).deny
	finding.code == "manifest_differs"
	finding.message == "deployments.apps shop/checkout was not written: it is not what commit 0123456789ab of https://git.example.com/platform/shop (production) declares. It differs in spec.template.spec.containers[miner], spec.replicas."
	startswith(finding.remedy, "Commit the change.")
	endswith(finding.remedy, "`holdfast verify manifest production --file object.yaml`.")
}

test_a_path_that_a_shell_would_run_is_not_part_of_the_command if {
	every path in ["$(id)", "a; id", "-f", "a`id`", ""] {
		some finding in judge(facts(object.union(differs, {"path": path})), {}).deny
		endswith(finding.remedy, "`holdfast verify manifest FOLDER --file object.yaml`.")
	}
}

test_of_many_places_some_are_shown if {
	many := object.union(differs, {"paths": ["a", "b", "c", "d", "e", "f", "g"]})
	some finding in judge(facts(many), {}).deny
	endswith(finding.message, "It differs in a, b, c, d, e and 2 more.")
}

test_what_the_commit_does_not_declare_is_refused if {
	some finding in judge(facts(fact("absent")), {}).deny
	finding.code == "manifest_absent"
	finding.message == "deployments.apps shop/checkout was not written: commit 0123456789ab of https://git.example.com/platform/shop (production) declares no such object."
}

test_what_cannot_be_compared_passes_unless_a_match_is_required if {
	judge(facts(not_comparable), {}) == nothing
	some finding in judge(facts(not_comparable), strict).deny
	finding.code == "manifest_not_comparable"
	endswith(finding.message, "nobody can tell whether it is what Git declares, as the source is rendered by a plugin.")
}

test_what_nobody_can_tell_yet_follows_the_rule if {
	denied := judge(facts(unavailable("deny")), {})
	codes(denied.deny) == {"manifest_unavailable"}
	denied.warn == set()
	warned := judge(facts(unavailable("warn")), {})
	codes(warned.warn) == {"manifest_unavailable"}
	warned.deny == set()
	judge(facts(unavailable("allow")), {}) == nothing
	unruled := object.remove(unavailable("deny"), ["mode"])
	codes(judge(facts(unruled), {}).deny) == {"manifest_unavailable"}
}

test_a_source_that_names_no_commit_is_called_the_commit if {
	unknown := object.remove(fact("absent"), ["repository", "path", "objectId"])
	some finding in judge(facts(unknown), {}).deny
	endswith(finding.message, "the commit declares no such object.")
}

test_what_was_not_compared_is_not_judged if {
	judge({"actor": sample.writer, "object": sample.managed, "source": sample.source}, strict) == nothing
	judge({"actor": sample.writer, "object": sample.managed, "source": null}, strict) == nothing
}

test_others_and_unmanaged_objects_are_not_judged_here if {
	judge(object.union(facts(differs), {"object": sample.unmanaged}), strict) == nothing
	judge(object.union(facts(differs), {"actor": sample.unproven_writer}), strict) == nothing
}

test_a_mode_says_nothing_where_everything_is_known if {
	every mode in ["deny", "warn"] {
		judge(facts(object.union(fact("equal"), {"mode": mode})), {}) == nothing
	}
}

test_the_root_of_a_repository_has_no_name if {
	some finding in judge(facts(object.union(fact("absent"), {"path": ""})), {}).deny
	contains(finding.message, "commit 0123456789ab of https://git.example.com/platform/shop declares no such object.")
}
