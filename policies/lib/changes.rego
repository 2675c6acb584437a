# The changed fields as lines of a message, and questions about them.
package holdfast.lib.changes

# The maximum number of lines; further changes are counted.
lines_max := 3

# The changed fields of an update, each on its own line below the preceding text; empty for other requests.
below(request, change) := concat("", [$"\n{shown}" | some shown in lines(change)]) if {
	request.operation == "UPDATE"
} else := ""

# `path: from → to`, one line each; kubectl's own annotation is shown only if nothing else changed.
lines(change) := array.concat(shown, more) if {
	ordered := worth_showing(change)
	shown := [line(path) | some path in array.slice(ordered, 0, lines_max)]
	more := more_line(change, count(ordered) - lines_max)
}

worth_showing(change) := found if {
	found := telling(change)
	count(found) > 0
} else := noise(change)

telling(change) := [path | some path in change.paths; path.path != ""; not is_noise(path)]

noise(change) := [path | some path in change.paths; path.path != ""; is_noise(path)]

is_noise(path) if {
	path.segments[0] == "metadata"
	path.segments[1] == "annotations"
	path.segments[2] == "kubectl.kubernetes.io/last-applied-configuration"
}

line(path) := $"{path.path}: {path.from} → {path.to}" if path.kind == "changed"

line(path) := $"{path.path}: {path.to} (added)" if path.kind == "added"

line(path) := $"{path.path}: {path.from} (removed)" if path.kind == "removed"

more_line(change, _) := ["and more than can be listed"] if change.truncated

more_line(change, hidden) := [$"and {hidden} more"] if {
	not change.truncated
	hidden > 0
}

more_line(change, hidden) := [] if {
	not change.truncated
	hidden <= 0
}

# Whether every changed field lies below one of the allowed prefixes. A prefix is a list of segments; its last one
# may end in "*". A truncated list of changes proves nothing.
only_below(change, prefixes) if {
	not change.truncated
	all_below(change, prefixes)
}

all_below(change, prefixes) if {
	every path in change.paths {
		some prefix in prefixes
		is_below(path.segments, prefix)
	}
}

is_below(segments, prefix) if {
	length := count(prefix)
	array.slice(segments, 0, length) == prefix
}

is_below(segments, prefix) if {
	last := count(prefix) - 1
	endswith(prefix[last], "*")
	array.slice(segments, 0, last) == array.slice(prefix, 0, last)
	startswith(segments[last], trim_suffix(prefix[last], "*"))
}

# The annotations that request a refresh from a GitOps controller, and change nothing that is declared. Argo CD's server asks to
# hydrate with every refresh, whether the application has a hydrator or not.
refresh_prefixes := [
	["metadata", "annotations", "argocd.argoproj.io/application-set-refresh"],
	["metadata", "annotations", "argocd.argoproj.io/hydrate"],
	["metadata", "annotations", "argocd.argoproj.io/refresh"],
	["metadata", "annotations", "reconcile.fluxcd.io/requestedAt"],
	["metadata", "annotations", "reconcile.fluxcd.io/forceAt"],
	["metadata", "annotations", "reconcile.fluxcd.io/resetAt"],
]

gitops_groups := {
	"argoproj.io",
	"helm.toolkit.fluxcd.io",
	"image.toolkit.fluxcd.io",
	"kustomize.toolkit.fluxcd.io",
	"notification.toolkit.fluxcd.io",
	"source.extensions.fluxcd.io",
	"source.toolkit.fluxcd.io",
}

# Only a request to reconcile, on an object of a GitOps controller.
only_refresh(request, change) if {
	request.operation == "UPDATE"
	request.resource.group in gitops_groups
	count(change.paths) > 0
	count(change.protectedKeys) == 0
	only_below(change, refresh_prefixes)
}
