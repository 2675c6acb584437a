/** Presets of operators that the cluster has, by the accounts of its workloads and by the kinds that it serves. */
import { matchPreset, type MatchedPreset } from '../../identity/presets/match-preset.ts';
import { expandPreset } from '../../identity/presets/list-operators.ts';
import type { OperatorPreset } from '../../identity/presets/operator-preset.ts';
import {
  OPERATOR_PRESETS,
  OPERATOR_PRESET_NAMES,
  type OperatorPresetName,
} from '../../identity/presets/operator-presets.ts';
import type { ClusterSurvey } from './cluster-survey.ts';
import { isWhole, listSeen } from './looked.ts';
import type { PlannedItem, PlannedList, Question } from './planned-configuration.ts';
import { PRESET_SIGNS } from './preset-signs.ts';

type Surveyed = Pick<ClusterSurvey, 'workloads' | 'accounts' | 'served'>;

interface FoundAccount {
  readonly namespace: string;
  readonly account: string;
  readonly matched: MatchedPreset;
  readonly because: string;
}

/** In the order of the presets. Accounts that are writers are none. */
export function planPresets(survey: Surveyed, writers: ReadonlySet<string>): PlannedList {
  const found = Map.groupBy(
    findAccounts(survey).filter(
      ({ namespace, account }) => !writers.has(`system:serviceaccount:${namespace}:${account}`),
    ),
    ({ matched }) => matched.preset,
  );
  const items: PlannedItem[] = [];
  const questions: Question[] = [];
  for (const preset of OPERATOR_PRESET_NAMES) {
    const accounts = found.get(preset);
    if (accounts === undefined) {
      questions.push(...askAccount(preset, survey));
      continue;
    }
    const [chosen, rest] = chooseInstallation(accounts);
    items.push(planItem(preset, chosen));
    questions.push(...rest.map(askSecond));
  }
  return { items, questions };
}

/** By the workload, where there is one: an account that nothing runs under may be left over. */
function findAccounts({ workloads, accounts }: Surveyed): readonly FoundAccount[] {
  const places = new Map<string, { namespace: string; account: string; because: string }>();
  for (const { kind, namespace, name, serviceAccount: account } of listSeen(workloads)) {
    const because = `because ${kind} ${namespace}/${name} uses the ServiceAccount ${account}`;
    places.set(`${namespace}/${account}`, { namespace, account, because });
  }
  for (const { namespace, name: account } of listSeen(accounts)) {
    if (places.has(`${namespace}/${account}`)) continue;
    const because = `because there is the ServiceAccount ${namespace}/${account}; no Deployment or StatefulSet uses it`;
    places.set(`${namespace}/${account}`, { namespace, account, because });
  }
  return [...places.values()].flatMap((place) => {
    const matched = matchPreset(place.namespace, place.account);
    return matched === undefined ? [] : [{ ...place, matched }];
  });
}

/** Those of the first one's namespace, a part each; parts of a preset may have namespaces of their own. */
function chooseInstallation(
  accounts: readonly FoundAccount[],
): readonly [readonly FoundAccount[], readonly FoundAccount[]] {
  const home = accounts.find(({ matched }) => matched.namespace === undefined) ?? accounts[0];
  const chosen = new Map<string, FoundAccount>();
  const rest: FoundAccount[] = [];
  for (const account of accounts) {
    const { part, namespace } = account.matched;
    const isSame = namespace === home?.matched.namespace;
    if (isSame && !chosen.has(part)) chosen.set(part, account);
    else rest.push(account);
  }
  return [[...chosen.values()], rest];
}

function planItem(preset: OperatorPresetName, chosen: readonly FoundAccount[]): PlannedItem {
  const namespace = chosen[0]?.matched.namespace;
  const accounts: Readonly<Record<string, string>> = Object.fromEntries(
    chosen.flatMap(({ matched }) => Object.entries(matched.accounts ?? {})),
  );
  return {
    notes: chosen.map(({ because }) => because),
    value: {
      preset,
      ...(namespace !== undefined && { namespace }),
      ...(Object.keys(accounts).length > 0 && { accounts }),
    },
  };
}

/** A preset is switched on once: another account of the same project gets its rules written out. */
function askSecond({ namespace, account, matched, because }: FoundAccount): Question {
  const { preset, part } = matched;
  const operators = expandPreset({ preset, namespace, accounts: { [part]: account } }).filter(
    ({ username }) => username === `system:serviceaccount:${namespace}:${account}`,
  );
  return {
    key: 'identity.operators',
    text: `${titleOf(preset)} is there twice, ${because}. A preset serves one: is this the right one, and may the other write, too?`,
    example: {
      identity: {
        operators: operators.map(({ username, rules }) => ({
          name: `${preset}-${namespace}`,
          username,
          rules,
        })),
      },
    },
  };
}

/** Only where every account was seen, so that the question is no guess. */
function askAccount(preset: OperatorPresetName, survey: Surveyed): readonly Question[] {
  const sign = PRESET_SIGNS[preset];
  if (sign === undefined || !survey.served.has(sign)) return [];
  if (!isWhole(survey.accounts)) return [];
  const { accounts }: OperatorPreset = OPERATOR_PRESETS[preset];
  const names: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(accounts).map(([part, { serviceAccount }]) => [part, serviceAccount]),
  );
  const wanted = Object.values(names).join(' or ');
  return [
    {
      key: 'identity.operatorPresets',
      text: `The API server serves ${sign}, and no ServiceAccount is called as ${titleOf(preset)} calls its own (${wanted}). If it runs here, under which account?`,
      example: {
        identity: {
          operatorPresets: [{ preset, namespace: 'NAMESPACE', accounts: names }],
        },
      },
    },
  ];
}

function titleOf(preset: OperatorPresetName): string {
  const { title }: OperatorPreset = OPERATOR_PRESETS[preset];
  return title;
}
