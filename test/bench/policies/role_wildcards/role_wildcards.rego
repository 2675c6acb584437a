# METADATA
# title: Role wildcards
# description: Roles name what they allow; wildcards and escalating verbs are for the platform's own roles.
# scope: package
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE]
#     groups: [rbac.authorization.k8s.io]
#     kinds: [Role, ClusterRole]
#   failure: deny
#   deadlineMs: 200
#   facts: [actor]
#   parameters:
#     escalatingVerbs: [escalate, bind, impersonate]
package holdfast.policies.role_wildcards

deny contains finding if {
	not input.facts.actor.class in {"gitops", "platform"}
	some index, rule in input.request.object.rules
	some field in ["verbs", "resources", "apiGroups"]
	"*" in rule[field]
	finding := {
		"code": "wildcard_in_role",
		"message": sprintf("Rule %d allows every entry of \"%s\"", [index, field]),
		"path": sprintf("rules[%d].%s", [index, field]),
	}
}

deny contains finding if {
	some index, rule in input.request.object.rules
	some verb in input.parameters.escalatingVerbs
	verb in rule.verbs
	finding := {
		"code": "escalating_verb_in_role",
		"message": sprintf("Rule %d allows the verb \"%s\", which grants more than the role says", [index, verb]),
		"path": sprintf("rules[%d].verbs", [index]),
	}
}
