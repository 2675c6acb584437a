# The command that asks for a break-glass grant, in the denials of what a grant lets pass.
package holdfast.lib.grants

import data.holdfast.lib.naming

# Appended to what to do instead: the command on a line of its own; empty where no grant could be given.
offer := $"\n{line}" if {
	line != ""
} else := ""

line := $"In an emergency: {command}" if {
	is_possible
} else := ""

# For people and operators, where somebody may approve: what the GitOps writers, the nodes and the control plane may do is
# configured.
is_possible if {
	input.parameters.grantsPossible
	input.facts.actor.class in {"operator", "other"}
	command
}

# As `holdfast grant request` reads it, with everything of the request that a grant is held against.
command := $"holdfast grant request {object_word}{options} --cluster {cluster}" if {
	resource := naming.resource(input.request)
	object_word := shell_word($"{resource}/{place(input.request)}")
	options := concat("", [
		option("--subresource", naming.subresource(input.request)),
		option("--verb", verb(input.request)),
		option("--subject", input.facts.actor.username),
	])
	cluster := shell_word(input.facts.cluster.name)
}

place(request) := $"{request.namespace}/{name(request)}" if naming.namespaced(request)

place(request) := name(request) if not naming.namespaced(request)

# What has no name yet can only be granted under every name.
name(request) := "*" if {
	not naming.has_name(request)
} else := naming.name(request)

# UPDATE is what the command asks for by itself.
verb(request) := "" if {
	request.operation == "UPDATE"
} else := request.operation

# Left out where it is empty or cannot be printed; the command then prints a word for the requester to replace.
option(flag, value) := $" {flag} {word}" if {
	word := shell_word(value)
} else := ""

# What is pasted into a shell stays one word. Undefined for what a terminal would act on instead of printing it.
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
