/**
 * `ignoreDifferences` of an Argo CD Application: fields that are taken out of both sides before they are compared.
 *
 * JSON pointers and plain jq paths (`.webhooks[].clientConfig.caBundle`) are evaluated; other jq programs and
 * managedFieldsManagers are not, and make a difference of exactly these objects not comparable.
 * Sources: argo-cd util/argo/normalizers/diff_normalizer.go; RFC 6901.
 */
import { z } from 'zod';
import { isRecord } from '../../base/is-record.ts';
import { matchGlob } from '../match-glob.ts';
import type { Fields } from './type-schema.ts';

/** One step into a value; `null` is every item of a list. */
export type RemovalStep = string | null;

export interface IgnoredDifferences {
  readonly removals: readonly (readonly RemovalStep[])[];
  /** What could not be read, as it is written. */
  readonly unapplied: readonly string[];
}

const row = z.looseObject({
  group: z.string().default(''),
  kind: z.string(),
  name: z.string().default(''),
  namespace: z.string().default(''),
  jsonPointers: z.array(z.string()).nullish(),
  jqPathExpressions: z.array(z.string()).nullish(),
  managedFieldsManagers: z.array(z.string()).nullish(),
});

export type IgnoreRow = z.infer<typeof row>;

/** The field of an Application: `spec.ignoreDifferences`. */
export const ignoreDifferencesSchema = z.array(row).nullish();

export interface IgnoredTarget {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** What is ignored of one object. */
export function matchIgnored(
  rows: readonly IgnoreRow[],
  target: IgnoredTarget,
): IgnoredDifferences {
  const removals: (readonly RemovalStep[])[] = [];
  const unapplied: string[] = [];
  for (const one of rows) {
    const isMeant = isFor(one, target);
    if (isMeant === undefined) unapplied.push(`the glob "${one.group}/${one.kind}"`);
    if (isMeant !== true) continue;
    for (const pointer of one.jsonPointers ?? []) removals.push(parsePointer(pointer));
    for (const expression of one.jqPathExpressions ?? []) {
      const steps = parseJqPath(expression);
      if (steps === undefined) unapplied.push(expression);
      else removals.push(steps);
    }
    for (const manager of one.managedFieldsManagers ?? []) {
      unapplied.push(`fields of the manager ${manager}`);
    }
  }
  return { removals, unapplied };
}

/** A copy without the ignored fields; what is not touched is shared. */
export function removeIgnored(object: Fields, { removals }: IgnoredDifferences): unknown {
  return removals.reduce<unknown>((value, steps) => remove(value, steps, 0), object);
}

/** Group and kind are globs, name and namespace exact; an empty one is any. `undefined` for a glob that is not evaluated. */
function isFor(one: IgnoreRow, target: IgnoredTarget): boolean | undefined {
  if (one.name !== '' && one.name !== target.name) return false;
  if (one.namespace !== '' && one.namespace !== target.namespace) return false;
  const [group, kind] = [matchGlob(one.group, target.group), matchGlob(one.kind, target.kind)];
  if (group === false || kind === false) return false;
  return group === undefined || kind === undefined ? undefined : true;
}

function parsePointer(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Sticky: `.name`, `."a/b"`, `["a/b"]`, `[]` and `[0]`, each with an optional `?`. */
const JQ_STEP =
  /\.?(?:(?<=\.)(?<name>[A-Za-z_]\w*)|\.?"(?<quoted>[^"\\]*)"|\[(?:"(?<key>[^"\\]*)"|(?<index>\d+)|(?<all>))\])\??/uy;

function parseJqPath(expression: string): readonly RemovalStep[] | undefined {
  const text = expression.trim();
  const steps: RemovalStep[] = [];
  let end = 0;
  while (end < text.length) {
    JQ_STEP.lastIndex = end;
    const groups = JQ_STEP.exec(text)?.groups;
    if (groups === undefined || JQ_STEP.lastIndex === end) return undefined;
    end = JQ_STEP.lastIndex;
    const { name, quoted, key, index } = groups;
    steps.push(name ?? quoted ?? key ?? index ?? null);
  }
  return text.startsWith('.') && steps.length > 0 ? steps : undefined;
}

function remove(value: unknown, steps: readonly RemovalStep[], at: number): unknown {
  const step = steps[at];
  if (step === undefined) return value;
  const isLast = at === steps.length - 1;
  if (Array.isArray(value)) return removeFromList(value, steps, at);
  if (!isRecord(value) || step === null || !Object.hasOwn(value, step)) return value;
  if (!isLast) return { ...value, [step]: remove(value[step], steps, at + 1) };
  const { [step]: _removed, ...others } = value;
  return others;
}

function removeFromList(
  list: readonly unknown[],
  steps: readonly RemovalStep[],
  at: number,
): readonly unknown[] {
  const step = steps[at];
  const isLast = at === steps.length - 1;
  const isMeant = (index: number): boolean => step === null || String(index) === step;
  if (isLast) return list.filter((_, index) => !isMeant(index));
  return list.map((item, index) => (isMeant(index) ? remove(item, steps, at + 1) : item));
}
