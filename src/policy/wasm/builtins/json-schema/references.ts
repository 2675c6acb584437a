/** Where `$ref` leads within a document. Nothing is ever fetched. Source: JSON Schema draft 7, section 8. */
import { BuiltinError, BuiltinLimitError } from '../builtin.ts';
import { isList, isMembers, type JsonValue } from './json-value.ts';

/** For documents without an address of their own. */
const NO_ADDRESS = 'schema:///';

/** A part of the document, and the address that its own references are relative to. */
export interface ReferredSchema {
  readonly schema: JsonValue;
  readonly base: string;
}

/** All parts of a document that have an address. */
export class References {
  readonly #byAddress = new Map<string, ReferredSchema>();

  constructor(document: JsonValue) {
    this.#byAddress.set(NO_ADDRESS, { schema: document, base: NO_ADDRESS });
    this.#collect(document, NO_ADDRESS, 0);
  }

  /** The address of the document. */
  get root(): string {
    return NO_ADDRESS;
  }

  #collect(value: JsonValue, base: string, depth: number): void {
    if (depth > DEPTH_MAX) throw tooDeep();
    if (isList(value)) for (const item of value) this.#collect(item, base, depth + 1);
    if (!isMembers(value)) return;
    const own = resolveId(value, base);
    if (own !== base) this.#byAddress.set(own.replace(/#$/, ''), { schema: value, base: own });
    for (const item of value.values()) this.#collect(item, own, depth + 1);
  }

  /** What a reference leads to. */
  find(reference: string, base: string): ReferredSchema & { readonly address: string } {
    const address = resolve(reference, base);
    const whole = this.#byAddress.get(address.replace(/#$/, ''));
    if (whole !== undefined) return { ...whole, address };
    const [document = '', pointer = ''] = address.split(/#(.*)/s);
    const found = this.#byAddress.get(document);
    if (found === undefined) {
      throw new BuiltinLimitError(
        `the schema refers to ${JSON.stringify(reference)}, and nothing is fetched: put what is referred to under "definitions" of the same document`,
      );
    }
    return { ...followPointer(found, pointer), address };
  }
}

/** A schema of a person nests some ten levels; each takes stack. */
export const DEPTH_MAX = 300;

/** The failure of what nests deeper. */
export function tooDeep(): BuiltinLimitError {
  return new BuiltinLimitError(`the schema nests more than ${DEPTH_MAX} levels`);
}

/** The address of a schema that may have one of its own. */
export function resolveId(schema: JsonValue, base: string): string {
  if (!isMembers(schema)) return base;
  const id = schema.get('id') ?? schema.get('$id');
  return typeof id === 'string' ? resolve(id, base) : base;
}

function resolve(reference: string, base: string): string {
  if (URL.canParse(reference, base)) return new URL(reference, base).href;
  throw new BuiltinError(`parse ${JSON.stringify(reference)}: invalid reference`);
}

function followPointer(found: ReferredSchema, pointer: string): ReferredSchema {
  let { schema, base } = found;
  for (const step of readPointer(pointer)) {
    const next = isMembers(schema)
      ? schema.get(step)
      : isList(schema)
        ? schema[Number(step)]
        : null;
    if (next === undefined || next === null) {
      throw new BuiltinError(`Object has no key '${step}'`);
    }
    schema = next;
    base = resolveId(schema, base);
  }
  return { schema, base };
}

/** RFC 6901, section 6. */
function readPointer(pointer: string): readonly string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) {
    throw new BuiltinError(`JSON pointer must be empty or start with a "/"`);
  }
  const steps = pointer.slice(1).split('/');
  return steps.map((step) => decode(step).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
