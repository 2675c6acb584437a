/** A planned configuration as a file for people: each key with its reasons above it, and each question where its answer belongs. */
import { printable } from '../../base/printable.ts';
import { formatYaml } from '../../base/parse-yaml.ts';
import type { AdoptionPlan } from './plan-configuration.ts';
import { SECRETS, type BlindSpot } from './plan-grants.ts';
import {
  configurationOf,
  type PlannedItem,
  type PlannedKey,
  type Question,
} from './planned-configuration.ts';

/** Longer texts come from objects of the cluster, and say no more. */
const COMMENT_CHARS_MAX = 500;
const LINE_CHARS_MAX = 118;

/** Ends with a newline. Texts of the cluster end no comment, so that none can add a setting. */
export function formatConfiguration(plan: AdoptionPlan): string {
  const bySection = Map.groupBy(plan.keys, ({ section }) => section);
  const asked = plan.keys.reduce((sum, { questions }) => sum + questions.length, 0);
  return [
    ...comment(
      '',
      'Written by holdfast adopt from what the cluster showed. Read each line: what was found may have been put there.',
    ),
    ...comment(
      '',
      `Questions that are open: ${String(asked)}. Each is marked "Question", with the key that holds the answer.`,
    ),
    ...comment('', 'The chart adds where Holdfast listens, its certificate and its journal.'),
    ...plan.blindSpots.flatMap(formatBlindSpot),
    ...[...bySection].flatMap(([section, keys]) => ['', ...formatSection(section, keys)]),
    '',
  ].join('\n');
}

/** A permission for Secrets shows their content, which nobody should need for this. */
const REMEDIES: Readonly<Record<string, string>> = {
  [SECRETS]:
    'Ask somebody who may list Secrets: kubectl get secrets -A --field-selector type=kubernetes.io/service-account-token',
};

/** All that was found, for programs. */
export function formatPlanJson({ keys, platform, size, blindSpots }: AdoptionPlan): string {
  const found = keys.map(({ section, key, notes, questions, items }) => ({
    key: `${section}.${key}`,
    notes,
    questions,
    ...(items !== undefined && { items }),
  }));
  const answer = { configuration: configurationOf(keys), found, platform, size, blindSpots };
  return JSON.stringify(answer, undefined, 2);
}

function formatBlindSpot({ resource, reason, unknown, isForbidden }: BlindSpot): readonly string[] {
  const remedy = isForbidden
    ? ` ${REMEDIES[resource] ?? 'Grant get and list on it, and run it again'}.`
    : '';
  return comment(
    '',
    `Could not look at ${resource}, so that it is not known ${unknown}: ${reason}.${remedy}`,
  );
}

/** Questions of a section without a value stand by themselves: an empty key would say that it is null. */
function formatSection(section: string, keys: readonly PlannedKey[]): readonly string[] {
  const isOpen = keys.some(hasValue);
  const indent = isOpen ? '  ' : '';
  return [...(isOpen ? [`${section}:`] : []), ...keys.flatMap((key) => formatKey(key, indent))];
}

function hasValue({ value, items }: PlannedKey): boolean {
  return value !== undefined || items !== undefined;
}

function formatKey({ key, notes, questions, value, items }: PlannedKey, indent: string) {
  return [
    ...notes.flatMap((note) => comment(indent, note)),
    ...questions.flatMap((question) => formatQuestion(question, indent)),
    ...(value === undefined ? [] : yamlLines({ [key]: value }, indent)),
    ...(items === undefined
      ? []
      : [`${indent}${key}:`, ...items.flatMap((item) => formatItem(item, `${indent}  `))]),
  ];
}

function formatItem({ notes, value }: PlannedItem, indent: string): readonly string[] {
  return [...notes.flatMap((note) => comment(indent, note)), ...yamlLines([value], indent)];
}

function formatQuestion({ key, text, example }: Question, indent: string): readonly string[] {
  return [
    ...comment(
      indent,
      `Question: ${text}${text.endsWith('?') ? '' : '.'} Set ${key}${example === undefined ? '' : ', such as'}`,
    ),
    ...(example === undefined ? [] : yamlLines(example, `${indent}#   `)),
  ];
}

function yamlLines(value: unknown, before: string): readonly string[] {
  return formatYaml(value)
    .trimEnd()
    .split('\n')
    .map((line) => `${before}${printable(line)}`);
}

/** One comment, in lines that a terminal shows. */
function comment(indent: string, text: string): readonly string[] {
  const clean = printable(text);
  const short = clean.length > COMMENT_CHARS_MAX ? `${clean.slice(0, COMMENT_CHARS_MAX)}…` : clean;
  const lines: string[] = [];
  let line = '';
  for (const word of short.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent.length + longer.length + 2 > LINE_CHARS_MAX) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].map((one) => `${indent}# ${one}`);
}
