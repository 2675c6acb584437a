/** Reads the table of built-in types. A type is resolved when it is first needed, and then kept. */
import { BUILTIN_TYPES } from './builtin-types.ts';
import { findFieldRule } from './field-rules.ts';
import type { FieldType, StructType, TypeNode } from './type-schema.ts';

/** The folders of k8s.io/api whose name is not their group. */
const GROUPS: Readonly<Record<string, string>> = {
  core: '',
  admissionregistration: 'admissionregistration.k8s.io',
  apiextensions: 'apiextensions.k8s.io',
  apiregistration: 'apiregistration.k8s.io',
  certificates: 'certificates.k8s.io',
  coordination: 'coordination.k8s.io',
  discovery: 'discovery.k8s.io',
  flowcontrol: 'flowcontrol.apiserver.k8s.io',
  networking: 'networking.k8s.io',
  node: 'node.k8s.io',
  rbac: 'rbac.authorization.k8s.io',
  resource: 'resource.k8s.io',
  scheduling: 'scheduling.k8s.io',
  storage: 'storage.k8s.io',
};

interface TableRow {
  readonly fields: ReadonlyMap<string, string>;
}

const rows = new Map<string, TableRow>();
const kinds = new Map<string, string>();
for (const line of BUILTIN_TYPES.trim().split('\n')) addRow(line);

const structs = new Map<string, StructType>();

/** The type of a built-in kind; `undefined` for a custom kind, and for one that is newer than the table. */
export function findBuiltinType(apiVersion: string, kind: string): StructType | undefined {
  const name = kinds.get(`${apiVersion}/${kind}`);
  return name === undefined ? undefined : structOf(name, true);
}

/** Whether a built-in API has this group: its kinds are none of a CustomResourceDefinition. */
export function isBuiltinGroup(group: string): boolean {
  return BUILTIN_GROUPS.has(group);
}

function addRow(line: string): void {
  const [name = '', ...fields] = line.split(' ');
  rows.set(name, {
    fields: new Map(
      fields.map((field) => {
        const colon = field.indexOf(':');
        return [field.slice(0, colon), field.slice(colon + 1)];
      }),
    ),
  });
  const [folder = '', rest = ''] = name.split('/');
  const [version = '', type = ''] = rest.split('.');
  const group = GROUPS[folder] ?? folder;
  kinds.set(`${group === '' ? version : `${group}/${version}`}/${type}`, name);
}

const BUILTIN_GROUPS: ReadonlySet<string> = new Set(
  [...rows.keys()].map((name) => {
    const [folder = ''] = name.split('/');
    return GROUPS[folder] ?? folder;
  }),
);

function structOf(name: string, keepsEmpty: boolean): StructType {
  const key = `${keepsEmpty ? '?' : ''}${name}`;
  const known = structs.get(key);
  if (known !== undefined) return known;
  const row = rows.get(name);
  const fields = new Map<string, FieldType | undefined>();
  const made: StructType = {
    kind: 'struct',
    name,
    keepsEmpty,
    isObject: row?.fields.has('metadata') === true,
    field: (field) => {
      if (!fields.has(field)) fields.set(field, fieldOf(name, field, row?.fields.get(field)));
      return fields.get(field);
    },
  };
  structs.set(key, made);
  return made;
}

function fieldOf(type: string, field: string, code: string | undefined): FieldType | undefined {
  if (code === undefined) return undefined;
  return { type: parseCode(code), rule: findFieldRule(type, field) };
}

function parseCode(code: string): TypeNode {
  switch (code) {
    case 's':
      return { kind: 'scalar', dropsZero: false };
    case 'z':
      return { kind: 'scalar', dropsZero: true };
    case 'q':
      return { kind: 'quantity' };
    case 'b':
      return { kind: 'bytes' };
    case 't':
      return { kind: 'time' };
    case 'x':
      return { kind: 'exact' };
    default:
      return parseComposedCode(code);
  }
}

function parseComposedCode(code: string): TypeNode {
  if (code.startsWith('?')) return structOf(code.slice(1), true);
  if (code.startsWith('{}')) {
    return { kind: 'map', keepsEmpty: false, value: parseCode(code.slice(2)) };
  }
  if (!code.startsWith('[')) return structOf(code, false);
  const end = code.indexOf(']');
  const keys = code.slice(1, end);
  const item = parseCode(code.slice(end + 1));
  if (keys === '') return { kind: 'list', keepsEmpty: false, item, merge: 'atomic' };
  const merge = keys === '=' ? 'set' : keys.split('|');
  return { kind: 'list', keepsEmpty: false, item, merge };
}
