# The command that requests a break-glass grant, for denials that a grant can overrule.
package holdfast.lib.grants

import data.holdfast.lib.naming

# Appended to a remedy: the command on its own line; empty if no grant is possible.
offer := $"\n{line}" if {
	line != ""
} else := ""

line := $"In an emergency: {command}" if {
	is_possible
} else := ""

# For people and operators, if there are approvers: the permissions of GitOps writers, nodes and the control plane are
# configured.
is_possible if {
	input.parameters.grantsPossible
	input.facts.actor.class in {"operator", "other"}
	command
}

# The input of `holdfast grant request`, with everything of the request that a grant is matched with.
command := $"holdfast grant request {object_word}{options} --cluster {cluster}{limits}" if {
	resource := naming.resource(input.request)
	object_word := shell_word($"{resource}/{place(input.request)}")
	options := concat("", [
		option("--subresource", naming.subresource(input.request)),
		option("--verb", verb(input.request)),
		option("--subject", input.facts.actor.username),
	])
	cluster := shell_word(input.facts.cluster.name)
}

# Where the configuration allows less than a grant has by default.
limits := concat("", [$" {word}" | some word in object.get(input.parameters, "grantOptions", [])])

place(request) := $"{request.namespace}/{name(request)}" if naming.namespaced(request)

place(request) := name(request) if not naming.namespaced(request)

# An object without a name yet can only be granted with `*`.
name(request) := "*" if {
	not naming.has_name(request)
} else := naming.name(request)

# UPDATE is the default of the command.
verb(request) := "" if {
	request.operation == "UPDATE"
} else := request.operation

# Omitted if it is empty or not printable; the command then prints a placeholder.
option(flag, value) := $" {flag} {word}" if {
	word := shell_word(value)
} else := ""

# Quotes a value as one shell word. Undefined for values with terminal control characters.
shell_word(text) := text if is_plain(text)

shell_word(text) := $"'{replace(text, "'", `'\''`)}'" if {
	text != ""
	not is_plain(text)
	trim(text, printable_characters) == ""
}

is_plain(text) if {
	text != ""
	trim(text, plain_characters) == ""
}

plain_characters := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:@/-"

printable_characters := $"{plain_characters}{other_printable_characters}"

other_printable_characters := " !\"#$%&'()*+,;<=>?[\\]^`{|}~"
