# The writers' service accounts: whoever can use one is the GitOps controller.
package holdfast.lib.accounts

# Those of the configuration's writers, and those that a policy's own parameters add.
known(parameters) := writers | added if {
	writers := {{"namespace": writer.namespace, "name": writer.name} |
		some writer in object.get(parameters, "writers", [])
		writer.namespace
		writer.name
	}
	added := {{"namespace": account.namespace, "name": account.name} |
		some account in object.get(parameters, "accounts", [])
	}
}

namespaces(parameters) := {account.namespace | some account in known(parameters)}

is_known(parameters, namespace, name) if {
	{"namespace": namespace, "name": name} in known(parameters)
}
