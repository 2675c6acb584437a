/** One-step changes of Rego that make a policy judge otherwise: each must fail some test. */

/**
 * - `wider-set`: a set of words has one more: a verb, or a resource, name, condition that the set does not have
 * - `wider-path`: a list of words, as the path of a field, has one less at its end
 * - `dropped-condition`: a line of a body is true
 * - `dropped-negation`: a line of a body is asked for instead of ruled out
 */
export type MutantKind = 'wider-set' | 'wider-path' | 'dropped-condition' | 'dropped-negation';

export interface Mutant {
  readonly kind: MutantKind;
  /** From 1. */
  readonly line: number;
  /** The line, trimmed: it finds the mutant again where lines move. */
  readonly source: string;
  /** What stands in its place. */
  readonly change: string;
  /** The whole file. */
  readonly text: string;
}

const WORDS = String.raw`(?:"[^"\n]*"\s*,\s*)*"[^"\n]*"\s*,?\s*`;
const SET = new RegExp(String.raw`\{\s*${WORDS}\}`, 'gu');
const LIST = new RegExp(String.raw`\[\s*${WORDS}\]`, 'gu');
/** In words of capital letters too, as those of capabilities. */
const CAPITALS = /^[A-Z_]+$/u;
const VERBS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];
/** The first that a set does not have; each is a kind that an attacker would choose. */
const ADDED_WORDS = ['secrets', 'pods', 'nodes'];

/** Bodies are indented; a line that binds a name or opens a block cannot be true by itself. */
const CONDITION =
  /^(?<indent>\t+)(?<negation>not )?(?!some |every |import |#)(?<body>[^{}]*[^{},[(\s:=])$/u;
const BINDS = /:=/u;
/** The only line of a rule: `name(arguments) if condition`. */
const ONE_LINE = /^(?<head>[a-z_]+(?:\([^)]*\))? if )(?<body>[^{]+)$/u;

/** All mutants of one file, in the order of its lines. */
export function listMutants(text: string): readonly Mutant[] {
  return [...mutateWords(text), ...mutateLines(text)].toSorted((a, b) => a.line - b.line);
}

function mutateWords(text: string): readonly Mutant[] {
  const sets = [...text.matchAll(SET)].map((match) => {
    const words = wordsOf(match[0]);
    const change = `{${[...words, addedTo(words)].map(quote).join(', ')}}`;
    return replaceAt(text, match, { kind: 'wider-set', change });
  });
  const lists = [...text.matchAll(LIST)].map((match) => {
    const change = `[${wordsOf(match[0]).slice(0, -1).map(quote).join(', ')}]`;
    return replaceAt(text, match, { kind: 'wider-path', change });
  });
  return [...sets, ...lists].filter(({ source }) => !source.startsWith('#'));
}

function wordsOf(literal: string): readonly string[] {
  return [...literal.matchAll(/"(?<word>[^"\n]*)"/gu)].map(({ groups }) => groups?.['word'] ?? '');
}

function addedTo(words: readonly string[]): string {
  const isOfVerbs = words.every((word) => VERBS.includes(word));
  const added =
    (isOfVerbs ? VERBS : ADDED_WORDS).find((word) => !words.includes(word)) ?? 'anything';
  return words.every((word) => CAPITALS.test(word)) ? added.toUpperCase() : added;
}

function quote(word: string): string {
  return `"${word}"`;
}

function replaceAt(
  text: string,
  { index, 0: found }: RegExpMatchArray & { readonly index?: number },
  { kind, change }: Pick<Mutant, 'kind' | 'change'>,
): Mutant {
  const before = text.slice(0, index);
  const line = before.split('\n').length;
  return {
    kind,
    line,
    source: text.split('\n')[line - 1]?.trim() ?? '',
    change,
    text: before + change + text.slice((index ?? 0) + found.length),
  };
}

/** A rule that collects findings, to the end of its head. */
const FINDING_HEAD = /^[a-z]+ contains \{$.*?^\} if \{$/gmsu;
const DETAILS = /^\t"details": \{(?<values>[^\n]*)\},?$/mu;
/** A name alone. */
const NAME = /^\t(?<name>[a-z_]+)$/u;

function mutateLines(text: string): readonly Mutant[] {
  const lines = text.split('\n');
  const demanded = linesOfDetails(text);
  return lines.flatMap((source, index) =>
    (demanded.has(index) ? [] : changesOf(source)).map(({ kind, change }) => ({
      kind,
      line: index + 1,
      source: source.trim(),
      change: change.trim(),
      text: lines.with(index, change).join('\n'),
    })),
  );
}

function changesOf(line: string): readonly Pick<Mutant, 'kind' | 'change'>[] {
  const oneLine = ONE_LINE.exec(line)?.groups;
  if (oneLine !== undefined) return changesOfBody(oneLine['head'] ?? '', oneLine['body'] ?? '');
  const groups = CONDITION.exec(line)?.groups;
  if (groups === undefined || BINDS.test(line)) return [];
  return changesOfBody(groups['indent'] ?? '', `${groups['negation'] ?? ''}${groups['body']}`);
}

function changesOfBody(before: string, body: string): readonly Pick<Mutant, 'kind' | 'change'>[] {
  if (body === 'true') return [];
  const dropped = { kind: 'dropped-condition', change: `${before}true` } as const;
  if (!body.startsWith('not ')) return [dropped];
  return [dropped, { kind: 'dropped-negation', change: `${before}${body.slice('not '.length)}` }];
}

/**
 * The conditions that name what the details of their finding read: without them there is no finding either, and a build
 * demands them. The first line has the number 0.
 */
function linesOfDetails(text: string): ReadonlySet<number> {
  const lines = text.split('\n');
  const found = new Set<number>();
  for (const { index, 0: head } of text.matchAll(FINDING_HEAD)) {
    const values = DETAILS.exec(head)?.groups?.['values'] ?? '';
    const names = new Set(values.split(/[^a-z_]+/u));
    const first = text.slice(0, index + head.length).split('\n').length;
    for (let number = first; lines[number] !== '}' && number < lines.length; number++) {
      const name = NAME.exec(lines[number] ?? '')?.groups?.['name'];
      if (name !== undefined && names.has(name)) found.add(number);
    }
  }
  return found;
}
