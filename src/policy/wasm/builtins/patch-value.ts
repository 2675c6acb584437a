/** JSON patches of Rego values: as RFC 6902, and sets are addressed by their items. */
import { areEqual, findValue, sortedSet } from '../compare-values.ts';
import { parseInteger } from '../rego-number.ts';
import { isRegoArray, RegoNumber, RegoObject, RegoSet, type RegoValue } from '../rego-value.ts';
import { BuiltinError, BuiltinLimitError, type BuiltinContext } from './builtin.ts';
import { formatRegoValue } from './format-value.ts';
import { BUILTIN_LIMITS } from './limits.ts';
import { typeNameOf } from './operand.ts';

type Path = readonly RegoValue[];

/** Each operation copies what leads to its place: about 30 ns an item. */
const ITEM_FUEL = 10;

/** Applies the operations in their order. Undefined where the whole value was removed. */
export function patchValue(
  value: RegoValue,
  operations: readonly RegoValue[],
  { spend }: BuiltinContext,
): RegoValue | undefined {
  let patched: RegoValue | undefined = value;
  let items = 0;
  for (const operation of operations) {
    if (!(operation instanceof RegoObject)) {
      throw new BuiltinError(
        'must be an array of JSON-Patch objects, but at least one element is not an object',
      );
    }
    const length = sizeOf(patched);
    items += length;
    spend?.(length * ITEM_FUEL);
    // A patch may copy a value into itself, and each time doubles it.
    if (length > BUILTIN_LIMITS.items || items > BUILTIN_LIMITS.items * 100) {
      throw new BuiltinLimitError(`the value has more than ${BUILTIN_LIMITS.items} items`);
    }
    patched = applyOperation(patched, operation);
  }
  return patched;
}

function sizeOf(value: RegoValue | undefined): number {
  if (typeof value !== 'object' || value === null || value instanceof RegoNumber) return 1;
  const items =
    value instanceof RegoSet
      ? value.items
      : value instanceof RegoObject
        ? value.entries.map(([, item]) => item)
        : value;
  return items.reduce((sum, item) => sum + sizeOf(item), 1);
}

function applyOperation(
  value: RegoValue | undefined,
  operation: RegoObject,
): RegoValue | undefined {
  const required = (name: string): RegoValue => {
    const found = findValue(operation, name);
    if (found !== undefined) return found;
    throw new BuiltinError(`missing required attribute '${name}'`);
  };
  required('path');
  const op = required('op');
  if (typeof op !== 'string') {
    throw new BuiltinError(`attribute 'op' must be a string but found: ${typeNameOf(op)}`);
  }
  const path = parsePath(required('path'));
  switch (op) {
    case 'add':
      return insertAt(value, path, required('value'));
    case 'remove':
      return removeAt(value, path);
    case 'replace':
      return insertAt(removeAt(value, path), path, required('value'));
    case 'move': {
      const from = parsePath(required('from'));
      return insertAt(removeAt(value, from), path, findAt(value, from));
    }
    case 'copy':
      return insertAt(value, path, findAt(value, parsePath(required('from'))));
    case 'test': {
      const [found, wanted] = [findAt(value, path), required('value')];
      if (areEqual(found, wanted)) return value;
      throw new BuiltinError(
        `value from EditTree != patch value.\n\nExpected: ${formatRegoValue(wanted)}\n\nFound: ${formatRegoValue(found)}`,
      );
    }
    default:
      throw new BuiltinError(`unrecognized op: '${op}'`);
  }
}

/** RFC 6901, also without the first slash; or an array of keys, which may be any values. */
function parsePath(path: RegoValue): Path {
  if (isRegoArray(path)) return path;
  if (typeof path !== 'string') {
    throw new BuiltinError(
      `operand 2 must be one of {set, array} containing string paths or array of path segments but got ${typeNameOf(path)}`,
    );
  }
  if (path === '') return [];
  const segments = path.replace(/^\/+/, '').split('/');
  return segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function findAt(value: RegoValue | undefined, path: Path): RegoValue {
  let found = value;
  for (const key of path) found = childOf(found, key);
  if (found === undefined) throw new BuiltinError('deleted node encountered');
  return found;
}

function childOf(value: RegoValue | undefined, key: RegoValue): RegoValue {
  const found = findChild(value, key);
  if (found !== undefined) return found;
  throw new BuiltinError(`path ${formatRegoValue(key)} does not exist`);
}

function findChild(value: RegoValue | undefined, key: RegoValue): RegoValue | undefined {
  if (value instanceof RegoObject) return findValue(value, key);
  if (value instanceof RegoSet) return value.items.find((item) => areEqual(item, key));
  if (value !== undefined && isRegoArray(value)) return value[readIndex(value, key)];
  throw new BuiltinError(`expected composite type for path ${formatRegoValue(key)}`);
}

/** `change` gets the value that the path leads to without its last key, and gives what takes its place. */
function changeAt(
  value: RegoValue | undefined,
  path: Path,
  change: (value: RegoValue | undefined) => RegoValue,
): RegoValue {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  const child = changeAt(childOf(value, key), rest, change);
  if (value instanceof RegoObject) return withEntry(value, key, child);
  if (value instanceof RegoSet) {
    return sortedSet([...value.items.filter((item) => !areEqual(item, key)), child]);
  }
  return value !== undefined && isRegoArray(value)
    ? value.with(readIndex(value, key), child)
    : child;
}

function insertAt(value: RegoValue | undefined, path: Path, inserted: RegoValue): RegoValue {
  const key = path.at(-1);
  if (key === undefined) return inserted;
  return changeAt(value, path.slice(0, -1), (parent) => {
    if (parent instanceof RegoObject) return withEntry(parent, key, inserted);
    if (parent instanceof RegoSet) {
      if (areEqual(key, inserted)) return sortedSet([...parent.items, inserted]);
      throw new BuiltinError(
        `set key ${formatRegoValue(key)} does not equal value to be inserted ${formatRegoValue(inserted)}`,
      );
    }
    if (parent === undefined || !isRegoArray(parent)) {
      throw new BuiltinError('expected composite type for an insertion');
    }
    const index = readIndex(parent, key);
    if (index < 0 || index > parent.length) {
      throw new BuiltinError('index for array insertion out of bounds');
    }
    return parent.toSpliced(index, 0, inserted);
  });
}

function removeAt(value: RegoValue | undefined, path: Path): RegoValue | undefined {
  const key = path.at(-1);
  if (key === undefined) {
    if (value === undefined) {
      throw new BuiltinError('deleted node encountered during delete operation');
    }
    return undefined;
  }
  return changeAt(value, path.slice(0, -1), (parent) => {
    if (parent !== undefined && isRegoArray(parent)) {
      const index = readIndex(parent, key);
      if (index >= 0 && index < parent.length) return parent.toSpliced(index, 1);
      throw new BuiltinError('index for array delete out of bounds');
    }
    if (findChild(parent, key) === undefined) {
      throw new BuiltinError(`cannot delete child key ${formatRegoValue(key)} that does not exist`);
    }
    if (parent instanceof RegoObject) {
      return new RegoObject(parent.entries.filter(([own]) => !areEqual(own, key)));
    }
    const items = parent instanceof RegoSet ? parent.items : [];
    return new RegoSet(items.filter((item) => !areEqual(item, key)));
  });
}

function withEntry(object: RegoObject, key: RegoValue, value: RegoValue): RegoObject {
  return new RegoObject([...object.entries.filter(([own]) => !areEqual(own, key)), [key, value]]);
}

/** `-` is behind the last item. */
function readIndex(array: readonly RegoValue[], key: RegoValue): number {
  if (key === '-') return array.length;
  const text = key instanceof RegoNumber ? key.text : key;
  if (typeof text !== 'string') throw new BuiltinError('invalid type for indexing');
  if (typeof key === 'string' && /^0./.test(key)) {
    throw new BuiltinError('leading zeros are not allowed in JSON paths');
  }
  const index = /^-?\d+$/.test(text) || key instanceof RegoNumber ? parseInteger(text) : undefined;
  if (index === undefined) throw new BuiltinError('invalid string for indexing');
  return Number(index);
}
