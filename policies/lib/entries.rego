# The line of configuration that would let a controller keep notes of its own on what Git manages, for its denial.
#
# Nothing lets it without one: a finalizer keeps what Git declares from being deleted, and no account can prove that a
# domain is its own. Whoever runs Holdfast reads the line and decides.
package holdfast.lib.entries

import data.holdfast.lib.actors
import data.holdfast.lib.naming

# More than this is no note, and no line that anybody reads.
notes_max := 8

# Finalizers and annotations of these domains steer GitOps, the cluster or Holdfast: no line is offered for them.
steering_domains := {"argoproj.io", "fluxcd.io", "helm.sh", "holdfast.dev", "k8s.io", "kubernetes.io"}

# Appended to what to do instead; empty where no line could be given.
offer := $"\n{line}" if {
	line != ""
} else := ""

line := $"If it may do so, add to identity.operators of Holdfast's configuration:\n- {entry}" if {
	actor.class == "other"
	is_offered
} else := $"If it may do so, add to the rules of {written_name} in identity.operators of Holdfast's configuration:\n- {rule}" if {
	actor.class == "operator"
	is_offered
} else := ""

is_offered if is_noting

is_offered if is_restoring

request := input.request

actor := input.facts.actor

change := input.facts.change

written_name := json.marshal(actor.name)

entry := $"\{name: {json.marshal(account)}, username: {json.marshal(actor.username)}, rules: [{rule}]}" if {
	account := split(actor.username, ":")[3]
}

rule := $"\{verbs: [{verb}], groups: [{written_group}], resources: [{json.marshal(written_resource)}]{written_paths}}"

verb := "CREATE" if {
	is_restoring
} else := "UPDATE"

written_group := json.marshal(request.resource.group)

written_paths := "" if {
	is_restoring
} else := $", paths: {json.marshal([path.path | some path in change.paths])}"

written_resource := request.resource.resource if {
	naming.subresource(request) == ""
} else := $"{request.resource.resource}/{naming.subresource(request)}"

# Brings back what the application that the mark names lists, as a restore from a backup does.
is_restoring if {
	request.operation == "CREATE"
	naming.subresource(request) == ""
	actors.is_service_account(actor)
	input.facts.object.listed == {"status": "known", "value": true}
}

is_noting if {
	request.operation == "UPDATE"
	actors.is_service_account(actor)
	not change.truncated
	count(change.paths) > 0
	count(change.paths) <= notes_max
	every path in change.paths {
		is_note(path.segments)
	}
}

is_note(segments) if {
	count(segments) == 3
	segments[0] == "metadata"
	segments[1] in {"annotations", "finalizers"}
	contains(segments[2], "/")
	not is_steering(split(segments[2], "/")[0])
}

is_steering(domain) if domain in steering_domains

is_steering(domain) if {
	some steering in steering_domains
	endswith(domain, $".{steering}")
}
