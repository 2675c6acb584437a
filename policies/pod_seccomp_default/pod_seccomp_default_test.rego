package holdfast.policies.pod_seccomp_default_test

import data.holdfast.policies.pod_seccomp_default

patched(spec) := operations if {
	operations := pod_seccomp_default.patch with input as {"request": {"object": {"spec": spec}}}
}

profile := {"seccompProfile": {"type": "RuntimeDefault"}}

test_without_a_security_context if {
	patched({}) == {{"op": "add", "path": "/spec/securityContext", "value": profile}}
	patched({"securityContext": null}) == {{"op": "add", "path": "/spec/securityContext", "value": profile}}
}

test_with_a_security_context if {
	patched({"securityContext": {"runAsNonRoot": true}}) == {{
		"op": "add",
		"path": "/spec/securityContext/seccompProfile",
		"value": {"type": "RuntimeDefault"},
	}}
}

test_a_profile_is_kept if {
	patched({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}) == set()
}

test_windows_has_no_seccomp if {
	patched({"os": {"name": "windows"}}) == set()
	count(patched({"os": {"name": "linux"}})) == 1
}
