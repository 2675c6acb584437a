# The accounts of the GitOps controllers and of Holdfast: whoever can use one decides what is applied.
package holdfast.lib.accounts

# Those of the configuration's writers, and those that a policy's own parameters add.
known(parameters) := writers | added if {
	writers := {{"namespace": writer.namespace, "name": writer.name} |
		some writer in object.get(parameters, "writers", [])
	}
	added := {{"namespace": account.namespace, "name": account.name} |
		some account in object.get(parameters, "accounts", [])
	}
}

# Where the controllers and Holdfast are installed: every account there may steer, whatever an installer called it.
installations(parameters) := {namespace | some namespace in object.get(parameters, "installationNamespaces", [])}

namespaces(parameters) := installations(parameters) | {account.namespace | some account in known(parameters)}

is_known(parameters, namespace, name) if {
	{"namespace": namespace, "name": name} in known(parameters)
}

is_known(parameters, namespace, name) if {
	namespace in installations(parameters)
	not is_other(parameters, namespace, name)
}

# An account that only lies there and steers nothing: of a backup, of a secret store.
is_other(parameters, namespace, name) if {
	some account in object.get(parameters, "otherAccounts", [])
	account.namespace == namespace
	account.name == name
}
