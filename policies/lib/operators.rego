# The permissions of a configured operator: exactly the rules of its entry in `identity.operators`.
package holdfast.lib.operators

import data.holdfast.lib.autoscalers
import data.holdfast.lib.naming

# Whether some rule of the operator covers the whole request.
permits(request, actor, scope) if {
	some rule in rules_of(actor, scope)
	covers(rule, request)
	changes_only(rule, request, scope.change)
	keeps_declared(rule, request, scope.change)
	scales_as_declared(rule, request, scope)
	restores_only_listed(request, scope)
}

# An entry covers an always-protected key only if it names that key: `metadata.finalizers[example.com/x]`.
permits_protected(request, actor, scope) if {
	some rule in rules_of(actor, scope)
	covers(rule, request)
	changes_only(rule, request, scope.change)
	keeps_declared(rule, request, scope.change)
	every key in scope.change.protectedKeys {
		names_key(rule, key, scope.change)
	}
}

names_key(rule, key, _) if key in rule.paths

# Owners have no names of their own: an entry that names the list means its items.
names_key(rule, key, _) if {
	"metadata.ownerReferences" in rule.paths
	startswith(key, "metadata.ownerReferences[")
}

# `metadata.finalizers[example.com/*]`: a pattern has a domain, or the configuration is not read. Not of marks: those are written
# out.
names_key(rule, key, change) if {
	some changed in change.paths
	changed.path == key
	some pattern in rule.patterns
	pattern[1] == "finalizers"
	matches(changed.segments, pattern)
}

rules_of(actor, scope) := scope.parameters.operators[actor.name].rules if actor.class == "operator"

covers(rule, request) if {
	request.operation in rule.verbs
	some group in rule.groups
	group in {request.resource.group, "*"}
	some resource in rule.resources
	resource in resource_names(request)
}

# `deployments`, `deployments/scale`, `*/scale`; `*` covers objects, never subresources.
resource_names(request) := {request.resource.resource, "*"} if naming.subresource(request) == ""

resource_names(request) := {
	$"{request.resource.resource}/{naming.subresource(request)}",
	$"*/{naming.subresource(request)}",
} if {
	naming.subresource(request) != ""
}

changes_only(rule, _, _) if not rule.paths

changes_only(_, request, _) if request.operation != "UPDATE"

changes_only(rule, _, change) if {
	not change.truncated
	every changed in change.paths {
		is_covered(changed, rule)
	}
}

is_covered(changed, rule) if {
	some path in rule.paths
	is_below(changed.path, path)
}

is_covered(changed, rule) if {
	some pattern in rule.patterns
	matches(changed.segments, pattern)
}

# Whether the field is at or below a pattern such as `spec.http[*].route[*].weight`, segment by segment.
matches(segments, pattern) if {
	every index, part in pattern {
		fits_segment(segments[index], part)
	}
}

fits_segment(_, "*")

fits_segment(segment, part) if segment == part

fits_segment(segment, part) if {
	endswith(part, "*")
	startswith(segment, trim_suffix(part, "*"))
}

# Only fields that Git does not declare, by the managedFields of the stored object; unknown counts as
# declared.
keeps_declared(rule, _, _) if not object.get(rule, "undeclared", false)

keeps_declared(_, request, change) if {
	request.operation == "UPDATE"
	not change.truncated
	every path in change.paths {
		path.gitOwned == false
	}
}

# Only if an autoscaler from Git targets the object, and within its bounds.
scales_as_declared(rule, _, _) if not object.get(rule, "autoscaled", false)

scales_as_declared(_, request, scope) if {
	naming.subresource(request) == "scale"
	autoscalers.permits(request, scope.object, scope.parameters)
}

# What bears the mark of an application is created only where that application lists it: then it was deployed by it, and
# is restored. Stops marks that are made up, which would put an object into another's hands.
restores_only_listed(request, _) if request.operation != "CREATE"

restores_only_listed(_, scope) if not bears_mark(scope.object)

restores_only_listed(_, scope) if scope.object.listed == {"status": "known", "value": true}

bears_mark(object_fact) if {
	object_fact.self
	object_fact.tool in {"argocd", "flux"}
}

is_below(changed, path) if changed == path

is_below(changed, path) if startswith(changed, $"{path}.")

is_below(changed, path) if startswith(changed, $"{path}[")
