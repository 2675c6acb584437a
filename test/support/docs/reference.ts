/** docs/reference/: what the code knows about itself, as pages. */
import { PROBLEM_KINDS, type ProblemKind } from '../../../src/authoring/source-problem.ts';
import { auditRecordSchema, recordJsonSchema } from '../../../src/audit/record-schema.ts';
import { EXIT_CODES } from '../../../src/cli/exit-codes.ts';
import { IMAGE_PRESETS, type ImagePlaces } from '../../../src/image/custom-image-presets.ts';
import {
  CONFIGURATION_SCHEMA_FILE,
  configurationJsonSchema,
} from '../../../src/config/json-schema.ts';
import type { OperatorPreset } from '../../../src/identity/presets/operator-preset.ts';
import { OPERATOR_PRESETS } from '../../../src/identity/presets/operator-presets.ts';
import { LIMITS } from '../../../src/config/limits.ts';
import type { Limit } from '../../../src/settings/limit.ts';
import { ERRORS } from '../../../src/errors.ts';
import type { ErrorRow } from '../../../src/errors.ts';
import { METRICS } from '../../../src/telemetry/metrics-table.ts';
import type { MetricRow } from '../../../src/telemetry/metric-row.ts';
import { formatBuiltinsPage } from './builtins-reference.ts';
import { formatCommandsPage } from './commands-reference.ts';
import { formatConfigurationPage } from './configuration-reference.ts';
import { listInputMembers } from './input-members.ts';
import { buildInputSchema, INPUT_SCHEMA_FILE } from './input-schema.ts';
import { addExamples } from './schema-examples.ts';
import { formatCode, formatTable } from './markdown.ts';
import { listSchemaKeys } from './schema-keys.ts';

/** Asked for once: TypeScript takes a second. */
const INPUT_SCHEMA = buildInputSchema();

/** A file that is written from code. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** Every generated file, as it must be. */
export function listGeneratedFiles(): readonly GeneratedFile[] {
  return [
    page('builtins', 'Built-in functions of policies', formatBuiltinsPage()),
    page('commands', 'Commands', formatCommandsPage()),
    page('configuration', 'Configuration', formatConfigurationPage()),
    page('errors', 'Error codes', formatErrors()),
    page('image-presets', 'Presets of custom resources with images', formatImagePresets()),
    page('operator-presets', 'Presets of operators', formatOperatorPresets()),
    page('exit-codes', 'Exit codes', formatExitCodes()),
    page('input', 'The input of policies', formatInput()),
    page('limits', 'Limits', formatLimits()),
    page('metrics', 'Metrics', formatMetrics()),
    page('policy-problems', 'Problems of policies', formatPolicyProblems()),
    page('record-schema', 'The audit record', formatRecord()),
    {
      path: INPUT_SCHEMA_FILE,
      text: `${JSON.stringify(INPUT_SCHEMA, undefined, 1)}\n`,
    },
    {
      path: CONFIGURATION_SCHEMA_FILE,
      text: `${JSON.stringify(addExamples(configurationJsonSchema()), undefined, 2)}\n`,
    },
    {
      path: 'deploy/schemas/audit-record.v1.schema.json',
      text: `${JSON.stringify(recordJsonSchema(), undefined, 2)}\n`,
    },
  ];
}

/** One page of docs/reference. */
export function page(name: string, title: string, body: string): GeneratedFile {
  const note = '<!-- Generated from the code: run npm run docs:reference. -->';
  return { path: `docs/reference/${name}.md`, text: `${note}\n\n# ${title}\n\n${body}\n` };
}

function formatExitCodes(): string {
  const rows = Object.values(EXIT_CODES).map(({ code, meaning }) => [String(code), meaning]);
  return [
    'Scripts can rely on these: a number never changes its meaning.',
    formatTable(['code', 'meaning'], rows),
  ].join('\n\n');
}

function formatImagePresets(): string {
  const places: readonly (readonly [string, readonly ImagePlaces[]])[] =
    Object.entries(IMAGE_PRESETS);
  const rows = places.flatMap(([preset, resources]) =>
    resources.map(({ group, resource, podSpecs = [], images = [] }) => [
      formatCode(preset),
      formatCode(`${resource}.${group}`),
      podSpecs.map(formatCode).join(', '),
      images.map(formatCode).join(', '),
    ]),
  );
  return [
    'The presets of `images.resources` ([images](../images.md#custom-resources)), from the API types of each project.',
    formatTable(['preset', 'resource', 'PodSpecs', 'images'], rows),
  ].join('\n\n');
}

const OPERATOR_PRESETS_INTRODUCTION = `The presets of \`identity.operatorPresets\` ([operators](../identity-and-ownership.md#operators)). Each rule was read in the project's own code
and permissions, of the version that is given. A later version may write more: it is then refused, and the denial says what.`;

function formatOperatorPresets(): string {
  const presets: readonly (readonly [string, OperatorPreset])[] = Object.entries(OPERATOR_PRESETS);
  return [
    OPERATOR_PRESETS_INTRODUCTION,
    ...presets.flatMap(([name, preset]) => formatOperatorPreset(name, preset)),
  ].join('\n\n');
}

function formatOperatorPreset(name: string, preset: OperatorPreset): readonly string[] {
  const accounts = Object.entries(preset.accounts);
  const who = accounts.map(
    ([part, { serviceAccount, namespace = preset.namespace }]) =>
      `* ${formatCode(part)}: ${formatCode(`system:serviceaccount:${namespace}:${serviceAccount}`)}`,
  );
  const rows = accounts.flatMap(([part, { rules }]) =>
    rules.map((rule) => [
      formatCode(part),
      rule.verbs.join(', '),
      rule.groups
        .flatMap((group) =>
          rule.resources.map((one) => formatCode(group === '' ? one : `${one}.${group}`)),
        )
        .join(', '),
      (rule.paths ?? []).map(formatCode).join(', '),
      [
        rule.why,
        rule.undeclared === true ? 'Only what Git does not declare.' : '',
        rule.autoscaled === true ? 'Within the bounds of an autoscaler from Git.' : '',
      ]
        .filter((text) => text !== '')
        .join(' '),
    ]),
  );
  return [
    `## ${name}`,
    [`${preset.title}, from ${preset.source}.`, preset.notes]
      .filter((text) => text !== '')
      .join(' '),
    who.join('\n'),
    formatTable(['part', 'verbs', 'resources', 'fields', 'why'], rows),
  ];
}

const ERRORS_INTRODUCTION = `These are the codes of Holdfast itself: in denials, in log lines, in metrics and in records. The codes of findings stand in the README
of [each policy](../../policies/README.md).

| what happens | meaning |
| --- | --- |
| reject | The HTTP request is answered with the status, without a decision |
| deny | The change is refused |
| fail-mode | The policy is unavailable; its failure mode decides |
| exit | The process ends with the [exit code](exit-codes.md) |
| keep-last-good | The process goes on with what it had |
| retry | Holdfast tries again by itself |`;

function formatErrors(): string {
  const rows = Object.entries<ErrorRow>(ERRORS).map(([code, row]) => [
    formatCode(code),
    row.meaning,
    formatStatus(row),
    row.caller,
    row.remedy,
  ]);
  const header = ['code', 'meaning', 'status', 'what happens', 'what to do'];
  return [ERRORS_INTRODUCTION, formatTable(header, rows)].join('\n\n');
}

function formatStatus({ httpStatus, exitCode }: ErrorRow): string {
  const parts: string[] = [];
  if (httpStatus !== undefined) parts.push(String(httpStatus));
  if (exitCode !== undefined) parts.push(`exit ${exitCode}`);
  return parts.join(', ');
}

function formatLimits(): string {
  const rows = Object.entries<Limit>(LIMITS).map(([key, limit]) => [
    formatCode(key),
    `${limit.default} ${limit.unit}`,
    limit.minimum === limit.maximum ? 'fixed' : `${limit.minimum} to ${limit.maximum}`,
    limit.reason,
    limit.overflow,
    limit.metric === 'none' ? '' : formatCode(limit.metric),
  ]);
  const header = ['limit', 'default', 'range', 'why', 'beyond it', 'metric'];
  return [
    'A limit is the key in the [configuration](configuration.md) that sets it; a fixed one cannot be set.',
    formatTable(header, rows),
  ].join('\n\n');
}

function formatMetrics(): string {
  const rows = Object.entries<MetricRow>(METRICS).map(([name, { type, labels, help }]) => [
    formatCode(name),
    type,
    labels.map(formatCode).join(', '),
    help,
  ]);
  return [
    'Prometheus reads them from `GET /metrics` on the address of `server.metrics`.',
    formatTable(['metric', 'type', 'labels', 'meaning'], rows),
  ].join('\n\n');
}

const INPUT_INTRODUCTION = `A policy reads \`input\`. This is what it has, from the types of the code; [input.json](../../policies/schema/input.json) is the same as a
JSON Schema, by which \`holdfast policy check\`, \`holdfast policy build\` and \`opa check --schema\` refuse what is misspelt. \`[]\` stands for each member of a
list. What is not *always there* is absent, never null, unless its type says so.`;

function formatInput(): string {
  const rows = listInputMembers(INPUT_SCHEMA).map(({ path, type, isRequired, meaning }) => [
    formatCode(path),
    type,
    isRequired ? 'yes' : 'no',
    meaning,
  ]);
  return [
    INPUT_INTRODUCTION,
    formatTable(['member', 'type', 'always there', 'meaning'], rows),
  ].join('\n\n');
}

function formatPolicyProblems(): string {
  const rows = Object.entries<ProblemKind>(PROBLEM_KINDS).map(([code, { meaning, remedy }]) => [
    formatCode(code),
    meaning,
    remedy,
  ]);
  return [
    '`holdfast policy check` reports them all at once, each with file and line; `holdfast policy build` ends at those that a bundle must not have.',
    formatTable(['code', 'meaning', 'what to do'], rows),
  ].join('\n\n');
}

const RECORD_INTRODUCTION = `A record is one decision, as JSON. [audit-record.v1.schema.json](../../deploy/schemas/audit-record.v1.schema.json) is its JSON Schema.
\`schemaVersion\` names the version. Within a version, members are only added and never required, so a reader ignores what it does not
know. Any other change is a new version with a schema of its own. [Audit](../audit.md) says what is recorded and how a record is
checked.`;

function formatRecord(): string {
  const rows = listSchemaKeys(auditRecordSchema).map(({ path, type, required, meaning }) => [
    formatCode(path),
    type,
    required ? 'yes' : 'no',
    meaning,
  ]);
  return [
    RECORD_INTRODUCTION,
    formatTable(['member', 'type', 'always there', 'meaning'], rows),
  ].join('\n\n');
}
