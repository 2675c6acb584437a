/** Reads the struct types of the Kubernetes API from its Go sources: what JSON shows of them, and how lists merge. */

export interface GoField {
  /** The name in JSON. */
  readonly name: string;
  /** The type as the table writes it (`src/source/manifest/builtin-types.ts` explains the codes). */
  readonly code: string;
}

/** `core/v1.Container` and its fields, embedded structs resolved. */
export type GoTypes = ReadonlyMap<string, readonly GoField[]>;

export interface GoPackage {
  /** `core/v1`. */
  readonly name: string;
  readonly sources: readonly string[];
}

interface RawField {
  readonly embedded: boolean;
  readonly name: string;
  readonly type: string;
  readonly listType: string | undefined;
  readonly listKeys: readonly string[];
}

type Declaration =
  | { readonly kind: 'struct'; readonly fields: readonly RawField[] }
  | { readonly kind: 'alias'; readonly type: string };

interface ParsedPackage {
  readonly name: string;
  readonly imports: ReadonlyMap<string, string>;
  readonly declarations: ReadonlyMap<string, Declaration>;
}

const SCALARS = /^(?:string|bool|u?int\d*|float\d+|types\.\w+|intstr\.IntOrString|.*\bDuration)$/u;
const OPAQUE = /(?:RawExtension|apiextensionsv1\.JSON|FieldsV1)$|^JSON$/u;
/** A schema, or something simpler in its place. */
const SCHEMA_UNION = /^JSONSchemaPropsOr(?:Bool|Array|StringArray)$/u;

/** Every struct type that can be reached from a kind: a struct with metadata that is not a list. */
export function parseGoTypes(packages: readonly GoPackage[]): GoTypes {
  const parsed = new Map(packages.map((one) => [one.name, parsePackage(one)]));
  const found = new Map<string, readonly GoField[]>();
  const queue = [...parsed.values()].flatMap(({ name, declarations }) =>
    [...declarations]
      .filter(([, one]) => one.kind === 'struct' && one.fields.some(isObjectMeta))
      .map(([type]) => `${name}.${type}`),
  );
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (found.has(next)) continue;
    const [packageName = '', typeName = ''] = next.split('.');
    const one = parsed.get(packageName);
    if (one === undefined) continue;
    const isRoot = one.declarations.get(typeName);
    const fields = fieldsOf(typeName, one, parsed).filter(
      ({ name }) =>
        !(isRoot?.kind === 'struct' && isRoot.fields.some(isObjectMeta) && name === 'status'),
    );
    found.set(next, fields);
    for (const { code } of fields) queue.push(...(code.match(/[\w-]+\/\w+\.\w+/gu) ?? []));
  }
  return found;
}

function isObjectMeta({ type }: RawField): boolean {
  return type === 'metav1.ObjectMeta';
}

function parsePackage({ name, sources }: GoPackage): ParsedPackage {
  const imports = new Map<string, string>();
  const declarations = new Map<string, Declaration>();
  for (const source of sources) {
    for (const [, alias, path = ''] of source.matchAll(
      /^(?:import)?\s+(?:(\w+) )?"(k8s\.io\/[^"]+)"$/gmu,
    )) {
      const parts = path.split('/');
      imports.set(alias ?? parts.at(-1) ?? '', parts.slice(-2).join('/'));
    }
    for (const [, type = '', body = ''] of source.matchAll(
      /^type (\w+) struct \{\n([\s\S]*?)^\}/gmu,
    )) {
      declarations.set(type, { kind: 'struct', fields: parseFields(body) });
    }
    for (const [, type = '', target = ''] of source.matchAll(
      /^type (\w+) (?!struct|interface)(\S+)/gmu,
    )) {
      declarations.set(type, { kind: 'alias', type: target });
    }
  }
  return { name, imports, declarations };
}

function parseFields(body: string): readonly RawField[] {
  const fields: RawField[] = [];
  let comments: string[] = [];
  for (const line of body.split('\n').map((one) => one.trim())) {
    if (line.startsWith('//')) comments.push(line);
    const match = /^(?:(\w+)\s+)?(\S+)\s+`([^`]*)`/u.exec(line);
    if (match === null) continue;
    const [, , type = '', tags = ''] = match;
    const [name = ''] = (/json:"([^"]*)"/u.exec(tags)?.[1] ?? '').split(',');
    const text = comments.join('\n');
    const mergeKey = /patchMergeKey:"([^"]*)"/u.exec(tags)?.[1];
    const listKeys = [...text.matchAll(/\+listMapKey=(\w+)/gu)].map(([, key = '']) => key);
    const keys = listKeys.length > 0 ? listKeys : mergeKey === undefined ? [] : [mergeKey];
    const declared = /\+listType=(\w+)/u.exec(text)?.[1];
    fields.push({
      embedded: name === '',
      name,
      type,
      // Client-side apply goes by the patch tags, server-side apply by the markers: an item found by either is one.
      listType: keys.length > 0 ? 'map' : declared,
      listKeys: keys,
    });
    comments = [];
  }
  return fields;
}

function fieldsOf(
  type: string,
  one: ParsedPackage,
  all: ReadonlyMap<string, ParsedPackage>,
): readonly GoField[] {
  const declaration = one.declarations.get(type);
  if (declaration?.kind !== 'struct') return [];
  return declaration.fields.flatMap((field) => {
    if (!field.embedded) return [{ name: field.name, code: codeOfField(field, one, all) }];
    const bare = field.type.replace(/^\*/u, '');
    if (bare.endsWith('TypeMeta')) return [];
    const [target, home] = resolve(bare, one, all);
    return home === undefined ? [] : fieldsOf(target, home, all);
  });
}

function resolve(
  type: string,
  one: ParsedPackage,
  all: ReadonlyMap<string, ParsedPackage>,
): readonly [string, ParsedPackage | undefined] {
  const dot = type.indexOf('.');
  if (dot === -1) return [type, one];
  const path = one.imports.get(type.slice(0, dot)) ?? '';
  return [type.slice(dot + 1), all.get(path)];
}

function codeOfField(
  field: RawField,
  one: ParsedPackage,
  all: ReadonlyMap<string, ParsedPackage>,
): string {
  const code = codeOf(field.type, one, all);
  if (code.startsWith('[]') && field.listType === 'map' && field.listKeys.length > 0) {
    return `[${field.listKeys.join('|')}]${code.slice(2)}`;
  }
  if (code.startsWith('[]') && field.listType === 'set') return `[=]${code.slice(2)}`;
  // Go knows no absence but that of a pointer: zero is written, or left out, whether it was given or not.
  return code === 's' && !field.type.startsWith('*') ? 'z' : code;
}

function codeOf(type: string, one: ParsedPackage, all: ReadonlyMap<string, ParsedPackage>): string {
  if (type.startsWith('*')) {
    const code = codeOf(type.slice(1), one, all);
    return code.includes('/') && !/^[[{?]/u.test(code) ? `?${code}` : code;
  }
  if (type === '[]byte') return 'b';
  if (type.startsWith('[]')) return `[]${codeOf(type.slice(2), one, all)}`;
  const map = /^map\[[^\]]+\](.+)$/u.exec(type)?.[1];
  if (map !== undefined) return `{}${codeOf(map, one, all)}`;
  if (type === 'resource.Quantity') return 'q';
  if (/(?:^|\.)(?:Micro)?Time$/u.test(type)) return 't';
  if (SCALARS.test(type)) return 's';
  if (OPAQUE.test(type)) return 'x';
  const [name, home] = resolve(type, one, all);
  const declaration = home?.declarations.get(name);
  if (home === undefined || declaration === undefined) return 'x';
  if (SCHEMA_UNION.test(name)) return `?${home.name}.JSONSchemaProps`;
  if (declaration.kind === 'alias') return codeOf(declaration.type, home, all);
  return `${home.name}.${name}`;
}
