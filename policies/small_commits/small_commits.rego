# METADATA
# title: What the GitOps controller applies comes from a commit that people can review
# description: >-
#   Nobody reviews ten thousand lines: what is to pass unseen hides in a large commit. Warned of by default; in mode enforce, a
#   commit that is too large, or whose size is not known, is not deployed.
# custom:
#   severity: warning
#   match:
#     operations: [CREATE, UPDATE, DELETE]
#     subresources: [""]
#     actorClasses: [gitops]
#   failure: allow
#   deadlineMs: 500
#   facts: [actor, object, source]
#   mode: warn
#   parameters:
#     filesMax: 50
#     linesMax: 1000
#     uncountedFilesMax: 0
#     of: commit
#   parametersSchema:
#     filesMax: { type: integer, minimum: 0 }
#     linesMax: { type: integer, minimum: 0 }
#     uncountedFilesMax: { type: integer, minimum: 0 }
#     of: { enum: [commit, path] }
package holdfast.policies.small_commits

import data.holdfast.lib.actors
import data.holdfast.lib.naming

deny contains {
	"code": "commit_files_exceeded",
	"message": $"{naming.subject(request)} comes from a large commit: {described(commit)} changes {counts.files} files, and {parameters.filesMax} are allowed.",
	"remedy": smaller,
} if {
	some commit in commits
	counts := counts_of(commit)
	counts.files > parameters.filesMax
}

deny contains {
	"code": "commit_lines_exceeded",
	"message": $"{naming.subject(request)} comes from a large commit: {described(commit)} adds and deletes {counts.lines} lines, and {parameters.linesMax} are allowed.",
	"remedy": smaller,
} if {
	some commit in commits
	counts := counts_of(commit)
	counts.lines > parameters.linesMax
}

# Lines that nobody counts are no small number. Stops a change that hides in an archive, or in a file that git takes for one.
deny contains {
	"code": "commit_lines_uncounted",
	"message": $"{naming.subject(request)} comes from a commit whose size is not known: {described(commit)} changes {counts.uncounted} files that are binary or too large to be counted, and {parameters.uncountedFilesMax} are allowed.",
	"remedy": "Commit what people can read, as the files of a chart instead of its archive. If these files are meant to be there, raise uncountedFilesMax of small_commits.",
} if {
	some commit in commits
	counts := counts_of(commit)
	counts.uncounted > parameters.uncountedFilesMax
}

deny contains {
	"code": "commit_size_unknown",
	"message": $"{naming.subject(request)} comes from a commit whose size is not known: what {described(commit)} changes could not be counted.",
	"remedy": "Look at the Git server: Holdfast asks it for the folders and the changed files of the commit.",
} if {
	some commit in commits
	is_null(commit.content.changes)
}

# Of each source that was verified; the others are for signed_commits.
commits contains commit if {
	actors.is_proven_writer(input.facts.actor)
	input.facts.object.managed
	some commit in object.get(input.facts.source, "commits", [])
	commit.status == "verified"
}

# Absent where the configuration does not ask for it (commits.countChanges).
changes_of(commit) := object.get(commit.content, "changes", null)

# A list that is not complete says nothing about the files of a path: then the whole commit counts.
counts_of(commit) := {"files": count(files), "lines": sum(lines), "uncounted": count(uncounted)} if {
	parameters.of == "path"
	changes := changes_of(commit)
	changes.truncated == false
	files := [file | some file in changes.files; is_below(file.path, folder(commit.path))]
	lines := [number |
		some file in files
		some number in [file.linesAdded, file.linesDeleted]
		is_number(number)
	]
	uncounted := [file | some file in files; is_null(file.linesAdded)]
} else := {"files": changes.filesCount, "lines": changes.linesAdded + changes.linesDeleted, "uncounted": changes.uncountedFilesCount} if {
	changes := changes_of(commit)
} else := {"files": changes.filesCount, "lines": 0, "uncounted": changes.uncountedFilesCount} if {
	changes := changes_of(commit)
} else := {"files": 0, "lines": 0, "uncounted": 0}

folder(path) := trim(trim_prefix(path, "./"), "/")

is_below(_, parent) if parent in {"", "."}

is_below(path, parent) if startswith(path, $"{parent}/")

described(commit) := $"{short_id(commit.content.objectId)} of {commit.repository} by {commit.content.author.name} <{commit.content.author.email}>"

short_id(object_id) := substring(object_id, 0, 12)

smaller := "Deploy it in smaller commits, each of which somebody can review. If such commits are usual here, raise filesMax and linesMax of small_commits."

parameters := input.parameters

request := input.request
