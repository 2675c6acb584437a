package holdfast.lib.accounts_test

import data.holdfast.lib.accounts

parameters := {
	"writers": [{"namespace": "argocd", "name": "application-controller"}, {"username": "alice"}],
	"accounts": [{"namespace": "ci", "name": "deployer"}],
	"installationNamespaces": ["argocd"],
	"otherAccounts": [{"namespace": "argocd", "name": "backup"}, {"namespace": "velero", "name": "restore"}],
}

test_writers_and_what_parameters_add_are_known if {
	accounts.known(parameters) == {
		{"namespace": "argocd", "name": "application-controller"},
		{"namespace": "ci", "name": "deployer"},
	}
	accounts.namespaces(parameters) == {"argocd", "ci"}
	accounts.known({}) == set()
	accounts.namespaces({}) == set()
}

test_every_account_of_an_installation_counts_but_those_that_only_lie_there if {
	accounts.is_known(parameters, "argocd", "anything")
	accounts.is_known(parameters, "ci", "deployer")
	not accounts.is_known(parameters, "ci", "anything")
	not accounts.is_known(parameters, "argocd", "backup")
	accounts.is_known(parameters, "argocd", "restore")
}
