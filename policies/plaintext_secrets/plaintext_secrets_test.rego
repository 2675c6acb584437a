package holdfast.policies.plaintext_secrets_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.plaintext_secrets

defaults := {
	"allowedObjects": [],
	"allowedKinds": [],
	"plugins": ["*"],
	"publicKeys": ["ca.crt", "url"],
}

nothing := {"credentials": [], "isTruncated": false, "secretKeys": []}

secret(keys, decryption) := object.union(nothing, {"secretKeys": keys, "decryption": decryption})

undecrypted := {"status": "known", "value": null}

by(tool, name) := {"status": "known", "value": {"by": tool, "name": name}}

with_credentials(credentials) := object.union(nothing, {"credentials": credentials})

token := {"path": "data.config", "kind": "GitHub token"}

key := {"path": "data.tls", "kind": "private key"}

request := sample.request_for("secrets", "", {"operation": "CREATE", "name": "db", "object": {"type": "Opaque", "metadata": {"name": "db"}}})

question(plaintext, changes) := sample.overlay(
	{
		"request": request,
		"facts": {"actor": sample.writer, "object": sample.managed, "plaintext": plaintext},
		"parameters": defaults,
	},
	changes,
)

facts(plaintext, changes) := {"facts": sample.overlay({"actor": sample.writer, "object": sample.managed, "plaintext": plaintext}, changes)}

denied(plaintext, changes) := findings if {
	findings := plaintext_secrets.deny with input as question(plaintext, changes)
}

audited(plaintext, changes) := findings if {
	findings := plaintext_secrets.audit with input as question(plaintext, changes)
}

codes(findings) := {finding.code | some finding in findings}

test_a_secret_that_nothing_encrypted_is_told if {
	some finding in denied(secret(["password"], undecrypted), {})
	finding.code == "secret_in_plaintext"
	finding.path == "data"
	finding.message == `secrets shop/db comes from a manifest that nothing encrypted: whoever can read the repository of the Argo CD application "checkout" can read its key password.`
}

test_several_keys_are_counted if {
	some finding in denied(secret(["ca.crt", "password", "token"], undecrypted), {})
	endswith(finding.message, "can read its 2 keys, password among them.")
}

test_the_application_that_takes_the_secret_over_is_named if {
	moved := object.union(sample.managed, {"movesTo": object.union(sample.managed, {"app": "other"})})
	some finding in denied(secret(["password"], undecrypted), facts(secret(["password"], undecrypted), {"object": moved}))
	contains(finding.message, `the Argo CD application "other"`)
}

test_a_secret_without_values_or_with_public_ones_passes if {
	denied(nothing, {}) == set()
	denied(secret(["ca.crt", "url"], undecrypted), {}) == set()
}

test_what_a_tool_decrypted_passes if {
	every tool in ["sops", "helm-secrets", "helm-release"] {
		denied(secret(["password"], by(tool, "")), {}) == set()
	}
}

test_a_plugin_passes_where_it_is_listed if {
	denied(secret(["password"], by("plugin", "vault")), {}) == set()
	denied(secret(["password"], by("plugin", "")), {}) == set()
	listed := {"parameters": object.union(defaults, {"plugins": ["vault-*"]})}
	denied(secret(["password"], by("plugin", "vault-v1.2")), listed) == set()
	codes(denied(secret(["password"], by("plugin", "kustomize")), listed)) == {"secret_in_plaintext"}
	codes(denied(secret(["password"], by("plugin", "")), listed)) == {"secret_in_plaintext"}
}

test_an_unknown_tool_does_not_pass if {
	every word in sample.words_of_no_rule {
		codes(denied(secret(["password"], by(word, "vault")), {})) == {"secret_in_plaintext"}
	}
}

test_an_application_that_nobody_asked_about_says_nothing if {
	denied(object.union(nothing, {"secretKeys": ["password"]}), {}) == set()
}

test_that_nobody_could_tell_is_told if {
	unavailable := {"status": "unavailable", "reason": "the API server did not answer"}
	some finding in denied(secret(["password"], unavailable), {})
	finding.code == "secret_decryption_unknown"
	finding.message == "Whether something decrypted the manifest of secrets shop/db could not be found out: the API server did not answer."
	codes(denied(secret(["password"], unavailable), {})) == {"secret_decryption_unknown"}
	denied(secret(["url"], unavailable), {}) == set()
}

test_each_credential_is_told_with_its_place if {
	findings := denied(with_credentials([token, key]), {})
	{finding.path | some finding in findings} == {"data.config", "data.tls"}
	codes(findings) == {"credential_in_plaintext"}
	some finding in findings
	finding.message == "secrets shop/db has a credential in plain text: data.config is or contains a GitHub token."
}

test_kinds_that_are_allowed_pass if {
	findings := denied(with_credentials([token, key]), {"parameters": object.union(defaults, {"allowedKinds": ["GitHub token"]})})
	{finding.path | some finding in findings} == {"data.tls"}
}

with_allowed(patterns) := denied(
	with_credentials([token]),
	{"parameters": object.union(defaults, {"allowedObjects": patterns})},
)

test_objects_that_are_allowed_pass if {
	with_allowed(["shop/db"]) == set()
	with_allowed(["other/*", "*/d*"]) == set()
	codes(with_allowed(["db", "shop/db-2", "*"])) == {"credential_in_plaintext"}
}

of_type(name) := denied(
	secret(["release"], undecrypted),
	{"request": object.union(request, {"object": {"type": name}})},
)

test_what_helm_keeps_of_a_release_passes if {
	of_type("helm.sh/release.v1") == set()
	codes(of_type("Opaque")) == {"secret_in_plaintext"}
}

test_what_bears_no_mark_and_what_others_write_is_not_judged if {
	found := object.union(secret(["password"], undecrypted), {"credentials": [token], "isTruncated": true})
	unread := secret(["password"], {"status": "unavailable", "reason": "no answer"})
	every changes in [
		{"object": sample.unmanaged},
		{"actor": sample.unproven_writer},
		{"actor": sample.human},
		{"actor": sample.operator},
	] {
		denied(found, facts(found, changes)) == set()
		denied(unread, facts(unread, changes)) == set()
		audited(found, facts(found, changes)) == set()
	}
}

test_an_object_that_was_read_in_part_is_recorded if {
	some finding in audited(object.union(nothing, {"isTruncated": true}), {})
	finding.code == "plaintext_not_read"
	finding.message == "secrets shop/db was looked through for credentials in part only: it is too long, or has too many of them."
	audited(nothing, {}) == set()
}

test_a_cluster_wide_object_is_allowed_by_its_name if {
	cluster_wide := object.remove(request, ["namespace"])
	denied(with_credentials([token]), {"request": cluster_wide, "parameters": object.union(defaults, {"allowedObjects": ["db"]})}) == set()
}
