/** Which members of `input` a policy is always given, by the schema of the input and by what the policy declares. */
import { z } from 'zod';
import type { PolicyDescriptor } from '../policy/descriptor.ts';

/** An item of a list, in a path. */
export const ITEM = '[]';

/** Whether the member at a path below `input`, `["request", "uid"]`, is there in every request. */
export type IsAlwaysGiven = (path: readonly string[]) => boolean;

export interface Declared extends Pick<PolicyDescriptor, 'facts' | 'parameters'> {}

const nodeSchema = z.looseObject({
  required: z.array(z.string()).default([]),
  get properties() {
    return z.record(z.string(), nodeSchema).default({});
  },
  get items() {
    return nodeSchema.optional();
  },
});
type Node = z.output<typeof nodeSchema>;

/** The API server writes both, where one is absent as null. */
const OBJECTS: ReadonlySet<string> = new Set(['object', 'oldObject']);

/**
 * `schema` is that of policies/schema/input.json. Of a library nothing is declared: whoever imports it declares what it reads.
 * Throws a ZodError for what is no schema of objects.
 */
export function describeGiven(schema: unknown, declared: Declared | undefined): IsAlwaysGiven {
  const root = nodeSchema.parse(schema);
  return ([member = '', key = '', ...rest]) => {
    if (key === '' || (member === 'request' && OBJECTS.has(key) && rest.length === 0)) return true;
    if (member === 'parameters') {
      return rest.length === 0 && Object.hasOwn(declared?.parameters ?? {}, key);
    }
    const part = root.properties[member];
    const isDeclared = declared === undefined || declared.facts.some((fact) => fact === key);
    if (member !== 'facts' || !isDeclared) return isRequired(part, [key, ...rest]);
    return isRequired(part?.properties[key], rest);
  };
}

function isRequired(node: Node | undefined, [key, ...rest]: readonly string[]): boolean {
  if (node === undefined) return false;
  if (key === undefined) return true;
  if (key === ITEM) return isRequired(node.items, rest);
  return node.required.includes(key) && isRequired(node.properties[key], rest);
}
