/** Writers for Flux: its controllers that apply, and the accounts that they impersonate. */
import { askAccountPods } from './ask-account-pods.ts';
import type { FluxController, FluxFinding } from './classify-flux.ts';
import { classifyProof } from './classify-proof.ts';
import type { ClusterSurvey, FluxObject } from './cluster-survey.ts';
import { listSeen } from './looked.ts';
import type { PlannedItem, PlannedList, Question } from './planned-configuration.ts';
import { chooseWriterName } from './writer-names.ts';

const NAMES_SHOWN = 3;

/**
 * Nothing where no Flux runs.
 *
 * @param roomFor how many accounts that are impersonated may be proposed: the configuration takes a number of writers
 */
export function planFluxWriters(
  finding: FluxFinding,
  survey: ClusterSurvey,
  roomFor: number,
): PlannedList {
  const byUser = Map.groupBy(finding.controllers, usernameOf);
  const taken = new Set<string>();
  const items = [...byUser].map(([username, controllers]) => {
    const name = chooseWriterName(firstOf(controllers).program, taken);
    taken.add(name);
    return planController({ name, username, controllers }, survey);
  });
  const impersonated = planImpersonated(finding, survey, {
    own: new Set(byUser.keys()),
    taken,
    roomFor,
  });
  return {
    items: [...items, ...impersonated.items],
    questions: [
      ...askProofs(finding, survey),
      ...finding.others.map(askOther),
      ...impersonated.questions,
    ],
  };
}

function usernameOf({ workload }: FluxController): string {
  return `system:serviceaccount:${workload.namespace}:${workload.serviceAccount}`;
}

function planController(
  writer: {
    readonly name: string;
    readonly username: string;
    readonly controllers: readonly FluxController[];
  },
  survey: ClusterSurvey,
): PlannedItem {
  const { name, username, controllers } = writer;
  const { namespace, serviceAccount, kind, name: workload } = firstOf(controllers).workload;
  const isShared = controllers.length > 1;
  return {
    notes: [
      ...controllers.map(describeController),
      ...(isShared ? ['Several workloads share the account, so that none is named'] : []),
      ...classifyProof({ namespace, name: serviceAccount }, survey).notes,
    ],
    value: {
      name,
      username,
      tool: 'flux',
      proof: 'pod-bound',
      ...(!isShared && { workload: { kind, name: workload } }),
    },
  };
}

/** Of a group, which has at least one. */
function firstOf(controllers: readonly FluxController[]): FluxController {
  return controllers.reduce((first) => first);
}

function describeController(controller: FluxController): string {
  const { workload, program, shard, defaultServiceAccount, isMultiTenant } = controller;
  const details = [
    ...(shard === undefined ? [] : [`serves the shard ${shard}`]),
    ...(defaultServiceAccount === undefined
      ? []
      : [`impersonates ${defaultServiceAccount} by default`]),
    ...(isMultiTenant ? ['lets tenants use sources of their own namespace alone'] : []),
  ];
  const base = `because ${workload.kind} ${workload.namespace}/${workload.name} runs ${program} with the ServiceAccount ${workload.serviceAccount}`;
  return [base, ...details].join(', ');
}

function askProofs({ controllers }: FluxFinding, survey: ClusterSurvey): readonly Question[] {
  const accounts = new Map(
    controllers.map((controller) => [usernameOf(controller), controller.workload]),
  );
  return [...accounts.values()].flatMap(({ namespace, serviceAccount }) =>
    classifyProof({ namespace, name: serviceAccount }, survey).doubts.map((text) => ({
      key: 'identity.writers',
      text,
    })),
  );
}

function askOther({ workload, program }: FluxController): Question {
  const { kind, namespace, name, createdAt } = workload;
  return {
    key: 'ownership.flux.namespace',
    text: `${kind} ${namespace}/${name} runs ${program}, too, made later (${createdAt}). One configuration serves one Flux: is the right one chosen, and does this one apply here?`,
  };
}

/** The controller applies in its own name. */
const NOBODY = '';
const UNREADABLE = '?';
const ACCOUNT = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u;

interface Room {
  readonly own: ReadonlySet<string>;
  readonly taken: Set<string>;
  readonly roomFor: number;
}

/** Source: fluxcd runtime client/impersonator.go: the account is one of the namespace of the object. */
function planImpersonated(
  finding: FluxFinding,
  survey: ClusterSurvey,
  { own, taken, roomFor }: Room,
): PlannedList {
  const byUser = Map.groupBy(
    [...listSeen(survey.kustomizations), ...listSeen(survey.helmReleases)].filter(
      ({ isRemote }) => !isRemote,
    ),
    (object) => impersonatedBy(object, finding),
  );
  const users = [...byUser].filter(
    ([username]) => username !== NOBODY && username !== UNREADABLE && !own.has(username),
  );
  const items = users.slice(0, roomFor).map(([username, objects]) => {
    const [, , namespace = '', account = ''] = username.split(':');
    const name = chooseWriterName(`flux-${namespace}-${account}`, taken);
    taken.add(name);
    return {
      notes: [
        `because Flux impersonates it for ${listNames(objects)}`,
        'Whoever may impersonate the account passes for Flux',
      ],
      value: {
        name,
        username,
        tool: 'flux',
        proof: 'impersonated',
        applications: applicationsOf(objects, { namespace, home: finding.namespace }),
      },
    };
  });
  return {
    items,
    questions: [
      ...[...byUser].filter(([username]) => own.has(username)).map(askOwn),
      ...askUnreadable(byUser.get(UNREADABLE) ?? []),
      ...askAccountPods(
        users.map(([username]) => username),
        survey,
      ),
      ...askOverflow(users.length - items.length),
    ],
  };
}

function impersonatedBy(
  { kind, namespace, serviceAccount }: FluxObject,
  { controllers }: FluxFinding,
): string {
  const program = kind === 'Kustomization' ? 'kustomize-controller' : 'helm-controller';
  const account =
    serviceAccount ??
    controllers.find((controller) => controller.program === program)?.defaultServiceAccount;
  if (account === undefined) return NOBODY;
  return ACCOUNT.test(account) ? `system:serviceaccount:${namespace}:${account}` : UNREADABLE;
}

function askUnreadable(objects: readonly FluxObject[]): readonly Question[] {
  if (objects.length === 0) return [];
  const text = `${listNames(objects)} names no service account in spec.serviceAccountName: what is meant?`;
  return [{ key: 'identity.writers', text }];
}

/** In the namespace of Flux itself, others apply, too: there, each is named. */
function applicationsOf(
  objects: readonly FluxObject[],
  { namespace, home }: { readonly namespace: string; readonly home: string | undefined },
): readonly string[] {
  if (namespace !== home) return [`${namespace}/*`];
  return [...new Set(objects.map(({ name }) => name))].toSorted();
}

function askOwn([username, objects]: readonly [string, readonly FluxObject[]]): Question {
  return {
    key: 'identity.writers',
    text: `Flux impersonates its own account (${username}) for ${listNames(objects)}. A writer has one proof, and this one is pod-bound: name an account of their own in spec.serviceAccountName, and make it a writer with proof "impersonated"`,
  };
}

function askOverflow(count: number): readonly Question[] {
  if (count <= 0) return [];
  const text = `${String(count)} more accounts are impersonated than are proposed here: name them, too`;
  return [{ key: 'identity.writers', text }];
}

function listNames(objects: readonly FluxObject[]): string {
  const names = objects.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
  const rest = names.length - NAMES_SHOWN;
  const shown = names.slice(0, NAMES_SHOWN).join(', ');
  return rest > 0 ? `${shown} and ${String(rest)} more` : shown;
}
