/** The catalogue as a page of Markdown. Texts of policies are shown as they are written, and never as markup. */
import { escapeMarkdown } from '../../base/escape-markdown.ts';
import type { PolicyMatch } from '../../policy/descriptor.ts';
import type { CatalogueFinding, CataloguePolicy } from './policy-catalogue.ts';

const MATCH_FLAGS = {
  managedOnly: 'only objects that Git manages',
  installationsOnly: 'only where the GitOps controllers and Holdfast are installed',
  judgedImagesOnly: 'only where the configuration judges signatures of images',
} as const;
const MATCH_LISTS = {
  operations: 'operations',
  groups: 'groups',
  resources: 'resources',
  kinds: 'kinds',
  subresources: 'subresources',
  namespaces: 'namespaces',
  excludedNamespaces: 'not in the namespaces',
  actorClasses: 'actors',
} as const;

/** A table of all policies, then a section for each. Without a title: the reader has one. Names of policies are plain words. */
export function formatCatalogue(policies: readonly CataloguePolicy[]): string {
  const rows = policies.map(({ name, title, severity, mode, failure }) => [
    `[${name}](#${name})`,
    escapeText(title),
    severity,
    mode,
    failure,
  ]);
  const header = ['policy', 'rule', 'severity', 'mode', 'where it cannot be evaluated'];
  return [formatTable(header, rows), ...policies.map(formatPolicy)].join('\n\n');
}

function formatPolicy(policy: CataloguePolicy): string {
  const { name, title, description, findings } = policy;
  return [
    `## ${name}`,
    `**${escapeText(title)}** ${escapeText(description)}`,
    formatTable(['', ''], listProperties(policy)),
    ...(findings.length === 0 ? [] : [formatFindings(findings)]),
    ...formatParameters(policy),
  ].join('\n\n');
}

function listProperties(policy: CataloguePolicy): readonly (readonly string[])[] {
  const { severity, match, mode, namespaces, failure, deadlineMs } = policy;
  const modes = Object.entries(namespaces).map(
    ([namespace, own]) => `${own} in ${formatCode(namespace)}`,
  );
  const facts = [
    ...policy.facts.map(formatCode),
    ...policy.optionalFacts.map((fact) => `${formatCode(fact)} (optional)`),
  ];
  return [
    ['severity', severity],
    ['judges', formatMatch(match)],
    ['mode', [mode, ...modes].join(', ')],
    ['where it cannot be evaluated', `${failure}, after ${String(deadlineMs)} ms at the latest`],
    ['facts', facts.length === 0 ? 'none' : facts.join(', ')],
    ...(policy.patches ? [['changes requests', 'yes']] : []),
  ];
}

function formatMatch(match: PolicyMatch): string {
  const lists = keysOf(MATCH_LISTS).flatMap((key) => {
    const values: readonly string[] | undefined = match[key];
    if (values === undefined) return [];
    return [`${MATCH_LISTS[key]} ${values.map((value) => formatValue(key, value)).join(', ')}`];
  });
  const flags = keysOf(MATCH_FLAGS).flatMap((key) =>
    match[key] === true ? [MATCH_FLAGS[key]] : [],
  );
  const all = [...lists, ...flags];
  return all.length === 0 ? 'every request' : all.join('; ');
}

function keysOf<Key extends string>(table: Readonly<Record<Key, unknown>>): readonly Key[] {
  // Object.keys does not know that a table has no other keys.
  return Object.keys(table).filter((key): key is Key => Object.hasOwn(table, key));
}

function formatValue(key: keyof typeof MATCH_LISTS, value: string): string {
  if (value !== '') return formatCode(value);
  return key === 'subresources' ? 'none (the object itself)' : 'core';
}

function formatFindings(findings: readonly CatalogueFinding[]): string {
  const rows = findings.map(({ rule, codes, messages, paths, remedies }) => [
    rule,
    formatCodes(codes),
    formatCodes(messages),
    formatCodes(paths),
    formatCodes(remedies),
  ]);
  return formatTable(['finding', 'code', 'message', 'field', 'what to do'], rows);
}

function formatCodes(texts: readonly string[]): string {
  return texts.map(formatCode).join('<br>');
}

function formatParameters({ parameters }: CataloguePolicy): readonly string[] {
  const rows = Object.entries(parameters).map(([name, value]) => [
    formatCode(name),
    formatCode(JSON.stringify(value)),
  ]);
  return rows.length === 0 ? [] : [formatTable(['parameter', 'value'], rows)];
}

/** A bar or a line break in a cell cannot break the table. */
function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** As code, whatever is in it: a run of backticks longer than any inside encloses it. */
function formatCode(text: string): string {
  const flat = text.replaceAll(/\s+/gu, ' ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...flat.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 || flat.trim() !== flat || flat === '' ? ' ' : '';
  return `${fence}${pad}${flat}${pad}${fence}`;
}

/** In one line, without markup: neither links nor HTML of a policy's author. */
function escapeText(text: string): string {
  return escapeMarkdown(text.replaceAll(/\s+/gu, ' ').trim());
}
