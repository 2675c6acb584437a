/** The order in which objects are named to people: the same wherever they were found. */
import type { ObjectReference } from '../object-reference.ts';

/** By group, resource and name; the core group comes first. */
export function compareObjects(left: ObjectReference, right: ObjectReference): number {
  return (
    compareTexts(left.group, right.group) ||
    compareTexts(left.resource, right.resource) ||
    compareTexts(left.name, right.name)
  );
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
