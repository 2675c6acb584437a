/** docs/reference/configuration.md: every key of the configuration file, from its schema. */
import { needsRestart } from '../../../src/config/diff-restart-settings.ts';
import { LIMITS } from '../../../src/config/limits.ts';
import type { Limit } from '../../../src/settings/limit.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { findExample } from './configuration-examples.ts';
import { formatCode, formatTable } from './markdown.ts';
import { listSchemaKeys } from './schema-keys.ts';
import type { SchemaKey } from './schema-keys.ts';

const INTRODUCTION = `The configuration is one YAML file. \`holdfast config check\` reports every mistake with its line, and \`holdfast config print\`
prints the configuration in force with every default. Unknown keys are errors. Environment variables are not interpolated. Paths are
relative to the folder of the file. A changed file is read again while the process runs; what takes effect only at a restart says so.

A *secret reference* is \`{ file: PATH }\` or \`{ env: NAME }\`: the secret itself never stands in the configuration. In a path, \`[]\`
stands for each member of a list and \`NAME\` for a key that you choose. *Required* keys must be set where their section is set.
[Limits](limits.md) says more about the keys that are limits. Examples are those of the guides and of [a file of its own](../examples/configuration.yaml),
each from a configuration that is valid as a whole.

Editors complete and check the file by its [JSON Schema](../../deploy/schemas/configuration.schema.json): put this line first, with the path
from the file to the schema.

\`\`\`text
# yaml-language-server: $schema=deploy/schemas/configuration.schema.json
\`\`\``;

/** Every key, alternatives of a list included. */
export function listConfigurationKeys(): readonly SchemaKey[] {
  return listSchemaKeys(configurationSchema);
}

/** The page without its title. */
export function formatConfigurationPage(): string {
  const keys = listConfigurationKeys();
  const sections = keys.filter(({ path }) => !path.includes('.'));
  return [
    INTRODUCTION,
    formatTable(
      ['section', 'meaning'],
      sections.map(({ path, meaning }) => [`[${path}](#${path.toLowerCase()})`, meaning]),
    ),
    ...sections.map((section) => formatSection(section, keys)),
  ].join('\n\n');
}

function formatSection(section: SchemaKey, keys: readonly SchemaKey[]): string {
  const own = keys.filter(({ path }) => path.startsWith(`${section.path}.`));
  const plain = own.filter(({ alternative }) => alternative === undefined);
  return [
    `## ${section.path}`,
    section.meaning,
    formatKeys(own.length === 0 ? [section] : plain),
    ...formatAlternatives(own.filter(({ alternative }) => alternative !== undefined)),
  ].join('\n\n');
}

/** What all types of a list share stands once, then what each type adds. */
function formatAlternatives(keys: readonly SchemaKey[]): readonly string[] {
  if (keys.length === 0) return [];
  const types = [...new Set(keys.map(({ alternative }) => alternative ?? ''))];
  const list = keys[0]?.path.replace(/\[\].*$/u, '[]') ?? '';
  const counts = Map.groupBy(keys, fingerprint);
  const isShared = (key: SchemaKey) =>
    key.path === `${list}.type` || counts.get(fingerprint(key))?.length === types.length;
  const shared = keys.filter(
    (key) => key.alternative === types[0] && isShared(key) && key.path !== `${list}.type`,
  );
  return [
    `### ${list}, every type`,
    formatKeys(shared),
    ...types.flatMap((type) =>
      formatAlternative(
        list,
        type,
        keys.filter((key) => key.alternative === type && !isShared(key)),
      ),
    ),
  ];
}

function formatAlternative(
  list: string,
  type: string,
  keys: readonly SchemaKey[],
): readonly string[] {
  const note = keys.length === 0 ? 'No further keys.' : formatKeys(keys);
  return [`### ${list}, type: ${type}`, note];
}

function fingerprint({ path, type, default: value, meaning }: SchemaKey): string {
  return JSON.stringify([path, type, value, meaning]);
}

function formatKeys(keys: readonly SchemaKey[]): string {
  const rows = keys.map((key) => [
    formatCode(key.path),
    key.type,
    key.required ? 'required' : formatDefault(key),
    formatExample(key),
    formatMeaning(key),
  ]);
  return formatTable(['key', 'type', 'default', 'example', 'meaning'], rows);
}

function formatDefault({ default: value }: SchemaKey): string {
  return value === undefined ? '' : formatCode(value);
}

function formatExample(key: SchemaKey): string {
  const example = findExample(key);
  return example === undefined ? '' : formatCode(example);
}

function formatMeaning({ path, meaning }: SchemaKey): string {
  const limit = findLimit(path);
  const restart = needsRestart(path) ? 'Takes effect at a restart.' : '';
  if (limit === undefined) return [meaning, restart].filter((text) => text !== '').join(' ');
  const unit = limit.unit === 'items' ? '' : `In ${limit.unit}.`;
  const why = `Why: ${limit.reason}. Beyond it: ${limit.overflow}.`;
  return [meaning, unit, why, restart].filter((text) => text !== '').join(' ');
}

/** The row in the table of limits that the key has its bounds from. */
export function findLimit(path: string): Limit | undefined {
  const rows: Readonly<Record<string, Limit>> = LIMITS;
  return rows[path.replaceAll('[]', '')];
}
