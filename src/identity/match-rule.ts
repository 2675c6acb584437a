/** Whether a rule of an operator covers a write, as `policies/lib/operators.rego` decides it, apart from what only the cluster knows. */
import type { ObservedField, ObservedWrite } from './observed-write.ts';
import type { OperatorRule } from './operator-rule.ts';
import { parseFieldPattern } from './parse-field-pattern.ts';

/** `undeclared` and `autoscaled` ask the cluster, and are left to the policy. */
export function matchRule(rule: OperatorRule, write: ObservedWrite): boolean {
  const { operation, group, resource, fields, protectedKeys } = write;
  const names = resource.includes('/')
    ? [resource, resource.replace(/^[^/]*/u, '*')]
    : [resource, '*'];
  if (!rule.verbs.includes(operation)) return false;
  if (!rule.groups.some((one) => one === group || one === '*')) return false;
  if (!rule.resources.some((one) => names.includes(one))) return false;
  if (rule.paths === undefined || operation !== 'UPDATE') return protectedKeys.length === 0;
  const { paths } = rule;
  return fields.every((field) => {
    const isProtected = protectedKeys.includes(field.path);
    return paths.some((path) => matchField(path, field, isProtected));
  });
}

function matchField(
  path: string,
  { path: changed, segments }: ObservedField,
  isProtected: boolean,
) {
  if (changed === path) return true;
  const parsed = parseFieldPattern(path);
  const pattern = parsed.ok ? parsed.segments : undefined;
  if (pattern !== undefined) {
    // A pattern names no mark, whatever it begins with.
    if (isProtected && segments[1] !== 'finalizers') return false;
    return (
      segments.length >= pattern.length &&
      pattern.every((part, index) => matchSegment(part, segments[index]))
    );
  }
  if (isProtected && path !== 'metadata.ownerReferences') return false;
  return changed.startsWith(`${path}.`) || changed.startsWith(`${path}[`);
}

function matchSegment(part: string, segment: string | number | undefined): boolean {
  if (part === '*' || part === segment) return true;
  return typeof segment === 'string' && part.endsWith('*') && segment.startsWith(part.slice(0, -1));
}
