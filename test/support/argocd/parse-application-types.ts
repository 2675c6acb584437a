/** Reads the types of Argo CD's Application from its Go source: which members JSON shows, and which it leaves out when empty. */

export interface ApplicationMember {
  /** The name in JSON. */
  readonly name: string;
  /** The Go type, as it is written. */
  readonly type: string;
  /** Whether an empty value is not written at all. */
  readonly leftOut: boolean;
}

/** By the name of the struct; embedded structs are resolved. */
export type ApplicationTypes = ReadonlyMap<string, readonly ApplicationMember[]>;

const STRUCT = /^type (?<name>\w+) struct \{\n(?<body>.*?)^\}/gmsu;
const NAMED = /^type (?<name>\w+) (?<type>\[\]\S+|map\S+)$/gmu;
const FIELD = /^\s+(?:\w+\s+)?(?<type>\S+)\s+`json:"(?<name>[^",]*)(?<options>[^"]*)"/gmu;

/** From `pkg/apis/application/v1alpha1/types.go`. */
export function parseApplicationTypes(source: string): ApplicationTypes {
  const raw = new Map<string, readonly ApplicationMember[]>();
  for (const { groups } of source.matchAll(STRUCT)) {
    raw.set(groups?.['name'] ?? '', [...(groups?.['body'] ?? '').matchAll(FIELD)].map(memberOf));
  }
  for (const { groups } of source.matchAll(NAMED)) {
    raw.set(groups?.['name'] ?? '', [{ name: '', type: groups?.['type'] ?? '', leftOut: false }]);
  }
  return raw;
}

/** Every struct that can be reached from this one, by its name, with its own members. */
export function reachableFrom(types: ApplicationTypes, root: string): ApplicationTypes {
  const found = new Map<string, readonly ApplicationMember[]>();
  const queue = [root];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const members = types.get(next);
    if (members === undefined || found.has(next)) continue;
    found.set(next, members);
    queue.push(...members.map(({ type }) => bareType(type)));
  }
  return found;
}

function memberOf({ groups = {} }: RegExpMatchArray): ApplicationMember {
  const { name = '', type = '', options = '' } = groups;
  return { name, type, leftOut: options.includes('omitempty') };
}

/** Without pointers, lists and maps. */
function bareType(type: string): string {
  return type.replace(/^(?:\*|\[\]|map\[string\])+/u, '');
}
