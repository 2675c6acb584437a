/**
 * Plans entries of `identity.operators` and `identity.operatorPresets` from what controllers tried to write: a preset where one covers
 * everything, else the narrowest rules. Whoever runs Holdfast reads them and decides: what was observed may have been an attack.
 */
import { matchRule } from './match-rule.ts';
import type { ObservedField, ObservedWrite } from './observed-write.ts';
import type { OperatorRule } from './operator-rule.ts';
import { matchPreset } from './presets/match-preset.ts';
import type { OperatorPresetName } from './presets/operator-presets.ts';

/** Whom the configuration knows already, by username. */
export interface KnownAccounts {
  readonly writers: ReadonlySet<string>;
  readonly operators: ReadonlySet<string>;
}

export interface OperatorPlan {
  readonly presets: readonly PlannedPreset[];
  readonly operators: readonly PlannedOperator[];
  /** What no entry is proposed for, and why. */
  readonly left: readonly LeftWrites[];
}

export interface PlannedPreset {
  readonly preset: OperatorPresetName;
  readonly namespace?: string | undefined;
  readonly accounts?: Readonly<Record<string, string>> | undefined;
  readonly seen: Seen;
}

export interface PlannedOperator {
  readonly name: string;
  readonly username: string;
  readonly rules: readonly OperatorRule[];
  /** It has an entry: the rules belong to that one. */
  readonly isKnown: boolean;
  /** A preset of its account that does not cover everything. */
  readonly nearPreset?: OperatorPresetName | undefined;
  readonly isCut: boolean;
  readonly seen: Seen;
}

export interface LeftWrites {
  readonly username: string;
  readonly reason: string;
  readonly seen: Seen;
}

/** How often, and one decision to look at. */
export interface Seen {
  readonly count: number;
  readonly decisionId: string;
}

const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/u;
/** More paths than this are no note of a controller, and no line that anybody reads. */
const PATHS_MAX = 32;

/** In the order of the usernames. */
export function planOperators(
  writes: readonly ObservedWrite[],
  known: KnownAccounts,
): OperatorPlan {
  const byUser = Map.groupBy(writes, ({ username }) => username);
  const plan: { presets: PlannedPreset[]; operators: PlannedOperator[]; left: LeftWrites[] } = {
    presets: [],
    operators: [],
    left: [],
  };
  for (const [username, all] of [...byUser].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const reason = reasonToLeave(username, known);
    if (reason !== undefined) {
      plan.left.push({ username, reason, seen: seenOf(all) });
      continue;
    }
    const near = matchPreset(username.replace(ACCOUNT, '$1'), username.replace(ACCOUNT, '$2'));
    const isCovered =
      near !== undefined && all.every((write) => near.rules.some((rule) => matchRule(rule, write)));
    if (isCovered && !known.operators.has(username)) {
      const { preset, namespace, accounts } = near;
      plan.presets.push({
        preset,
        ...(namespace !== undefined && { namespace }),
        ...(accounts !== undefined && { accounts }),
        seen: seenOf(all),
      });
      continue;
    }
    planEntry(plan, {
      username,
      all,
      isKnown: known.operators.has(username),
      near: near?.preset,
    });
  }
  return plan;
}

/** Never a person, and never the writer: its refusals have another cause. */
function reasonToLeave(username: string, { writers }: KnownAccounts): string | undefined {
  if (writers.has(username)) return 'It is a GitOps writer: look for the cause of each refusal.';
  if (!ACCOUNT.test(username)) {
    return 'It is no service account: people change what Git manages in Git, or under a grant.';
  }
  return undefined;
}

interface Entry {
  readonly username: string;
  readonly all: readonly ObservedWrite[];
  readonly isKnown: boolean;
  readonly near: OperatorPresetName | undefined;
}

function planEntry(
  plan: { readonly operators: PlannedOperator[]; readonly left: LeftWrites[] },
  { username, all, isKnown, near }: Entry,
): void {
  const [proposed, refused] = [all.filter(isProposed), all.filter((write) => !isProposed(write))];
  if (refused.length > 0) {
    const reason =
      'It deleted, or changed marks, owners or more than an entry can name. If it may, write the rule yourself.';
    plan.left.push({ username, reason, seen: seenOf(refused) });
  }
  if (proposed.length === 0) return;
  plan.operators.push({
    name: username.replace(ACCOUNT, '$2'),
    username,
    rules: planRules(proposed),
    isKnown,
    ...(near !== undefined && { nearPreset: near }),
    isCut: proposed.some(({ isCut }) => isCut),
    seen: seenOf(proposed),
  });
}

/** A deletion has no fields to narrow it, and a mark that is written by others hands an object over. */
function isProposed({ operation, fields, protectedKeys, resource }: ObservedWrite): boolean {
  if (operation === 'CONNECT' || operation === 'DELETE') return false;
  if (operation === 'CREATE') return !resource.includes('/');
  if (fields.length === 0 || fields.length > PATHS_MAX) return false;
  if (fields.some(({ segments }) => segments.length === 0)) return false;
  return protectedKeys.every((key) => /^metadata\.finalizers\[[^\]]*\/[^\]]*\]$/u.test(key));
}

/** One rule for each resource and operation; resources of a group that change the same fields share one. */
function planRules(writes: readonly ObservedWrite[]): readonly OperatorRule[] {
  const byResource = Map.groupBy(writes, ({ operation, group, resource }) =>
    JSON.stringify([operation, group, resource]),
  );
  const rules = [...byResource.values()].map((all) => {
    const first = firstOf(all);
    const paths = [...new Set(all.flatMap(({ fields }) => fields.map(pathOf)))].toSorted();
    return { first, paths: first.operation === 'UPDATE' ? paths : [] };
  });
  const shared = Map.groupBy(rules, ({ first, paths }) =>
    JSON.stringify([first.operation, first.group, paths]),
  );
  return [...shared.values()].map((all) => {
    const one = firstOf(all);
    return {
      verbs: [one.first.operation],
      groups: [one.first.group],
      resources: all.map(({ first }) => first.resource).toSorted(),
      ...(one.paths.length > 0 && { paths: one.paths }),
    };
  });
}

/** Items without a name change their place: `spec.http[0].weight` is one of any item. */
function pathOf({ path, segments }: ObservedField): string {
  const isIndexed = segments.some((segment) => typeof segment === 'number');
  return isIndexed ? path.replaceAll(/\[\d+\]/gu, '[*]') : path;
}

function seenOf(writes: readonly ObservedWrite[]): Seen {
  return { count: writes.length, decisionId: firstOf(writes).decisionId };
}

/** Of a group, which has at least one. */
function firstOf<Item>(group: readonly Item[]): Item {
  return group.reduce((first) => first);
}
