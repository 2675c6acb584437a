/**
 * The one table of built-in functions that the host gives to policies. One file per family, which is loaded when a module
 * asks for one of its functions: a process pays for no library that its policies do not use.
 */
import type { Builtin, BuiltinFamily } from './builtin.ts';
import { FAMILY_NAMES, type BuiltinFamilyName } from './builtin-names.ts';

const LOADERS: Readonly<Record<BuiltinFamilyName, () => Promise<BuiltinFamily>>> = {
  aws: async () => (await import('./aws-builtins.ts')).AWS_BUILTINS,
  cast: async () => (await import('./cast-builtins.ts')).CAST_BUILTINS,
  cidr: async () => (await import('./cidr-builtins.ts')).CIDR_BUILTINS,
  crypto: async () => (await import('./crypto-builtins.ts')).CRYPTO_BUILTINS,
  encoding: async () => (await import('./encoding-builtins.ts')).ENCODING_BUILTINS,
  graph: async () => (await import('./graph-builtins.ts')).GRAPH_BUILTINS,
  graphql: async () => (await import('./graphql-builtins.ts')).GRAPHQL_BUILTINS,
  hash: async () => (await import('./hash-builtins.ts')).HASH_BUILTINS,
  json: async () => (await import('./json-builtins.ts')).JSON_BUILTINS,
  jwt: async () => (await import('./jwt-builtins.ts')).JWT_BUILTINS,
  number: async () => (await import('./number-builtins.ts')).NUMBER_BUILTINS,
  object: async () => (await import('./object-builtins.ts')).OBJECT_BUILTINS,
  regex: async () => (await import('./regex-builtins.ts')).REGEX_BUILTINS,
  schema: async () => (await import('./schema-builtins.ts')).SCHEMA_BUILTINS,
  semver: async () => (await import('./semver-builtins.ts')).SEMVER_BUILTINS,
  string: async () => (await import('./string-builtins.ts')).STRING_BUILTINS,
  template: async () => (await import('./template-builtins.ts')).TEMPLATE_BUILTINS,
  time: async () => (await import('./time-builtins.ts')).TIME_BUILTINS,
  unit: async () => (await import('./unit-builtins.ts')).UNIT_BUILTINS,
  uri: async () => (await import('./uri-builtins.ts')).URI_BUILTINS,
  uuid: async () => (await import('./uuid-builtins.ts')).UUID_BUILTINS,
  yaml: async () => (await import('./yaml-builtins.ts')).YAML_BUILTINS,
};

/** Loads the families of these functions. Names that the host does not have are left out. */
export async function loadBuiltins(
  names: readonly string[],
): Promise<ReadonlyMap<string, Builtin>> {
  const wanted = new Set(names);
  const families = [...FAMILY_NAMES].filter(([, own]) => own.some((name) => wanted.has(name)));
  const loaded = await Promise.all(families.map(([family]) => LOADERS[family]()));
  return new Map(loaded.flatMap((family) => Object.entries(family)));
}
