/**
 * Generates the modules by which the entry point judges constraints: one a template, which gets the parameters of each constraint with the
 * input. A policy whose name has a slash is a constraint; no other policy can have one.
 *
 * What a template sees is exactly what Gatekeeper gives it: `input.review`, `input.parameters` and `data.inventory`.
 * Source: Gatekeeper's constraint framework, pkg/client/drivers/rego.
 */
import { templatePackage } from './plan-module.ts';

/** The modules by file name, for the templates of these names. */
export function formatConstraintEntry(templates: readonly string[]): ReadonlyMap<string, string> {
  const files = new Map(templates.map((name) => [`template_${name}.rego`, formatTemplate(name)]));
  if (files.size > 0) files.set('constraints.rego', ENTRY);
  return files;
}

const ENTRY = `package holdfast.entry

# On DELETE the object is the old one, and a Namespace is in no namespace: so Gatekeeper tells its templates.
constraint_review := object.union(object.remove(input.request, unsaid_keys), said)

unsaid_keys := ["object", "namespace"] if {
	input.request.kind.kind == "Namespace"
	input.request.kind.group == ""
} else := ["object"]

said := {
	"object": judged_object,
	"namespaceObject": namespace_object,
}

# Gatekeeper writes an empty object for what is in no namespace, although its documentation says null.
namespace_object := input.facts.namespace if {
	is_object(input.facts.namespace)
} else := {}

judged_object := input.request.oldObject if {
	input.request.operation == "DELETE"
} else := object.get(input.request, "object", null)

inventory := object.get(input.facts, "inventory", {})

verdicts[name] := {"deny": found} if {
	some name, given in input.parameters
	contains(name, "/")
	found := data.holdfast.template[given.template].findings with input as {
		"review": constraint_review,
		"parameters": given.parameters,
	}
		with data.inventory as inventory
}
`;

function formatTemplate(name: string): string {
  return `package holdfast.template["${name}"]

findings contains finding if {
	data.${templatePackage(name)}.violation[result]
	finding := {
		"code": "constraint_violated",
		"message": result.msg,
		"details": object.get(result, "details", {}),
	}
}
`;
}
