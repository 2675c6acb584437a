package holdfast.policies.small_commits_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.small_commits

defaults := {"filesMax": 50, "linesMax": 1000, "uncountedFilesMax": 0, "of": "commit"}

small := {
	"filesCount": 2, "linesAdded": 600, "linesDeleted": 400, "uncountedFilesCount": 0, "truncated": false,
	"files": [
		{"path": "production/app.yaml", "linesAdded": 10, "linesDeleted": 1},
		{"path": "staging/app.yaml", "linesAdded": 590, "linesDeleted": 399},
	],
}

commit_of(changes) := {
	"status": "verified", "rule": "platform", "path": "./production/", "repository": "https://git.example.com/platform/shop",
	"content": {
		"objectId": "0123456789abcdef0123456789abcdef01234567", "changes": changes,
		"author": {"name": "Alice", "email": "alice@example.com"},
	},
}

denied(commits, changed) := findings if {
	findings := small_commits.deny with input as {
		"request": sample.deployment, "parameters": object.union(defaults, changed),
		"facts": {"actor": sample.writer, "object": sample.managed, "source": object.union(sample.source, {"commits": commits})},
	}
}

codes(changes, changed) := {finding.code | some finding in denied([commit_of(changes)], changed)}

large(changed) := object.union(small, changed)

test_a_commit_at_its_limits_passes if {
	codes(small, {}) == set()
	codes(large({"filesCount": 50}), {}) == set()
}

test_too_many_files_or_lines if {
	codes(large({"filesCount": 51}), {}) == {"commit_files_exceeded"}
	codes(large({"linesDeleted": 401}), {}) == {"commit_lines_exceeded"}
	codes(large({"filesCount": 51, "linesAdded": 601}), {}) == {"commit_files_exceeded", "commit_lines_exceeded"}
	codes(large({"filesCount": 51, "linesAdded": 601}), {"filesMax": 60, "linesMax": 2000}) == set()
}

test_the_whole_finding if {
	denied([commit_of(large({"linesAdded": 601}))], {}) == {{
		"code": "commit_lines_exceeded",
		"message": "deployments.apps shop/checkout comes from a large commit: 0123456789ab of https://git.example.com/platform/shop by Alice <alice@example.com> adds and deletes 1001 lines, and 1000 are allowed.",
		"remedy": "Deploy it in smaller commits, each of which somebody can review. If such commits are usual here, raise filesMax and linesMax of small_commits.",
	}}
}

test_lines_that_nobody_counts_are_not_few if {
	codes(large({"uncountedFilesCount": 1}), {}) == {"commit_lines_uncounted"}
	codes(large({"uncountedFilesCount": 1}), {"uncountedFilesMax": 1}) == set()
	uncounted := large({"filesCount": 40, "linesAdded": null, "linesDeleted": null, "uncountedFilesCount": 40, "truncated": true})
	codes(uncounted, {}) == {"commit_lines_uncounted"}
	codes(uncounted, {"filesMax": 30}) == {"commit_lines_uncounted", "commit_files_exceeded"}
}

test_a_commit_that_was_not_counted_is_said_to_be_so if {
	codes(null, {}) == {"commit_size_unknown"}
	without := json.remove(commit_of(small), ["content/changes"])
	denied([without], {}) == set()
}

test_of_a_path_only_its_files_count if {
	many := large({"filesCount": 60, "linesAdded": 5000})
	codes(many, {"of": "path"}) == set()
	codes(many, {"of": "path", "linesMax": 10}) == {"commit_lines_exceeded"}
	codes(many, {"of": "path", "filesMax": 0}) == {"commit_files_exceeded"}
	beside := large({"files": [{"path": "production-old/app.yaml", "linesAdded": 5000, "linesDeleted": 0}]})
	codes(beside, {"of": "path", "filesMax": 0}) == set()
	binary := large({"files": [{"path": "production/chart.tgz", "linesAdded": null, "linesDeleted": null}]})
	codes(binary, {"of": "path"}) == {"commit_lines_uncounted"}
}

test_the_root_of_the_repository_is_the_whole_commit if {
	every path in ["", ".", "./", "/"] {
		commit := object.union(commit_of(large({"linesAdded": 601})), {"path": path})
		denied([commit], {"of": "path", "linesMax": 999}) != set()
	}
}

test_a_list_that_is_cut_is_judged_as_a_whole if {
	cut := large({"filesCount": 60, "truncated": true})
	codes(cut, {"of": "path"}) == {"commit_files_exceeded"}
}

test_each_source_is_judged if {
	count(denied([commit_of(small), commit_of(large({"filesCount": 51}))], {})) == 1
}

test_what_is_not_judged_is_left_alone if {
	every status in ["rejected", "unavailable", "unjudged"] {
		denied([object.union(commit_of(null), {"status": status})], {}) == set()
	}
	denied([], {}) == set()
	none := small_commits.deny with input as {
		"request": sample.deployment, "parameters": defaults,
		"facts": {"actor": sample.writer, "object": sample.managed, "source": null},
	}
	none == set()
	unjudged := small_commits.deny with input as {
		"request": sample.deployment, "parameters": defaults,
		"facts": {"actor": sample.writer, "object": sample.managed, "source": sample.source},
	}
	unjudged == set()
}

test_others_are_for_other_policies if {
	human := small_commits.deny with input as {
		"request": sample.deployment, "parameters": defaults,
		"facts": {"actor": sample.human, "object": sample.managed, "source": object.union(sample.source, {"commits": [commit_of(null)]})},
	}
	human == set()
}

test_what_nobody_manages_has_no_size if {
	findings := small_commits.deny with input as {
		"request": sample.deployment, "parameters": defaults,
		"facts": {"actor": sample.writer, "object": sample.unmanaged, "source": object.union(sample.source, {"commits": [commit_of(null)]})},
	}
	findings == set()
}

test_a_folder_is_no_root if {
	every path in sample.words_of_no_rule {
		commit := object.union(commit_of(large({"linesAdded": 601})), {"path": path})
		denied([commit], {"of": "path", "filesMax": 0, "linesMax": 0}) == set()
	}
}
