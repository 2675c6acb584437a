/** Writers for Argo CD: its application controller, whom it impersonates, or the account that a hub uses. */
import { normalizeServer } from '../../kubernetes/hub/match-destination.ts';
import type { ArgocdFinding, ArgocdInstallation } from './classify-argocd.ts';
import { askAccountPods } from './ask-account-pods.ts';
import { classifyProof } from './classify-proof.ts';
import type { ApplicationFacts, ClusterSurvey } from './cluster-survey.ts';
import { listSeen } from './looked.ts';
import { matchDestinationAccount, type DestinationAccount } from './match-destination-account.ts';
import type { PlannedItem, PlannedList, Question } from './planned-configuration.ts';
import { chooseWriterName } from './writer-names.ts';

/** How Argo CD may write the cluster that it runs in itself. */
const ITSELF = ['https://kubernetes.default.svc', 'https://kubernetes.default', 'in-cluster'];
/** More impersonated accounts than the configuration has room for, beside the controllers. */
const ACCOUNTS_MAX = 80;

/** Nothing where no Argo CD applies to the cluster. */
export function planArgocdWriters(finding: ArgocdFinding, survey: ClusterSurvey): PlannedList {
  const { installation, others, managers } = finding;
  if (installation === undefined) {
    return managers.length === 0 ? { items: [], questions: [] } : planHubWriter(finding, survey);
  }
  const impersonated = planImpersonated(installation, finding, survey);
  return {
    items: [planController(installation, survey), ...impersonated.items],
    questions: [
      ...askProof(installation, survey),
      ...others.map(askOther),
      ...managers.map(({ namespace, name }) => ({
        key: 'kubernetes.hub',
        text: `ServiceAccount ${namespace}/${name} is that of an Argo CD in another cluster, and one runs here, too. One configuration serves one of them: which one applies here?`,
      })),
      ...impersonated.questions,
    ],
  };
}

function accountOf({ controller }: ArgocdInstallation) {
  return { namespace: controller.namespace, name: controller.serviceAccount };
}

function planController(installation: ArgocdInstallation, survey: ClusterSurvey): PlannedItem {
  const { controller } = installation;
  const account = accountOf(installation);
  return {
    notes: [
      `because ${controller.kind} ${controller.namespace}/${controller.name} runs Argo CD's application controller with the ServiceAccount ${account.name}`,
      ...classifyProof(account, survey).notes,
    ],
    value: {
      name: 'argocd',
      username: `system:serviceaccount:${account.namespace}:${account.name}`,
      tool: 'argocd',
      proof: 'pod-bound',
      workload: { kind: controller.kind, name: controller.name },
    },
  };
}

function askProof(installation: ArgocdInstallation, survey: ClusterSurvey): readonly Question[] {
  return classifyProof(accountOf(installation), survey).doubts.map((text) => ({
    key: 'identity.writers',
    text,
  }));
}

function askOther({ controller }: ArgocdInstallation): Question {
  const { kind, namespace, name, createdAt } = controller;
  return {
    key: 'ownership.argocd.namespace',
    text: `${kind} ${namespace}/${name} is an Argo CD, too, made later (${createdAt}). One configuration serves one Argo CD: is the right one chosen, and does this one apply here?`,
  };
}

/** The account of `argocd cluster add`: what it shows is a token of its Secret, unless somebody has changed that. */
function planHubWriter({ managers }: ArgocdFinding, survey: ClusterSurvey): PlannedList {
  const secrets = listSeen(survey.tokenSecrets);
  const items = managers.map(({ namespace, name }, index) => {
    const secret = secrets.find((one) => one.namespace === namespace && one.account === name);
    return {
      notes: [
        `because ServiceAccount ${namespace}/${name} is that of an Argo CD in another cluster, and no Argo CD runs here`,
        secret === undefined
          ? 'No Secret with a token of it was found'
          : `Secret ${namespace}/${secret.name} keeps a token of it that never expires`,
      ],
      value: {
        name: index === 0 ? 'hub' : `hub-${String(index + 1)}`,
        username: `system:serviceaccount:${namespace}:${name}`,
        tool: 'argocd',
        proof: secret === undefined ? 'unbound' : 'legacy',
      },
    };
  });
  return {
    items,
    questions: [
      {
        key: 'identity.writers[].credentials',
        text: 'Whoever holds a token of this account is the hub. Give the hub a token that was asked for, and list its hash (docs/hub.md)',
        example: {
          identity: {
            writers: items.map(({ value }) => ({
              ...value,
              proof: 'unbound',
              credentials: ['sha256:…'],
            })),
          },
        },
      },
    ],
  };
}

interface Resolved {
  readonly application: ApplicationFacts;
  readonly account: DestinationAccount;
}

function planImpersonated(
  { namespace: home, controller }: ArgocdInstallation,
  { local }: ArgocdFinding,
  survey: ClusterSurvey,
): PlannedList {
  const settings = survey.argocdSettings.get(home);
  if (settings === undefined || settings.status === 'unseen') {
    const text =
      'argocd-cm could not be read: does Argo CD impersonate (application.sync.impersonation.enabled)?';
    return { items: [], questions: [{ key: 'identity.writers', text }] };
  }
  if (!settings.value.impersonation) return { items: [], questions: [] };
  const resolved = resolveAccounts(local, home, survey);
  const own = `system:serviceaccount:${controller.namespace}:${controller.serviceAccount}`;
  const byUser = Map.groupBy(resolved, ({ account }) => usernameOf(account));
  const users = [...byUser].filter(([username]) => username !== '' && username !== own);
  const taken = new Set(['argocd']);
  const items = users.slice(0, ACCOUNTS_MAX).map(([username, group]) => {
    const name = chooseWriterName(`argocd-${username.split(':').slice(2).join('-')}`, taken);
    taken.add(name);
    return {
      notes: [
        `because Argo CD impersonates it for ${listNames(group)} (destinationServiceAccounts of the project)`,
        'Whoever may impersonate the account passes for Argo CD; applications: […] would narrow what it may write',
      ],
      value: { name, username, tool: 'argocd', proof: 'impersonated' },
    };
  });
  return {
    items,
    questions: [
      ...askUnresolved(byUser.get('') ?? []),
      ...askOwn(byUser.get(own) ?? [], own),
      ...askAccountPods(
        users.map(([username]) => username),
        survey,
      ),
      ...askOverflow(users.length - items.length),
    ],
  };
}

function resolveAccounts(
  local: readonly ApplicationFacts[],
  home: string,
  { projects, server }: ClusterSurvey,
): readonly Resolved[] {
  const byName = new Map(
    listSeen(projects)
      .filter(({ namespace }) => namespace === home)
      .map((project) => [project.name, project]),
  );
  const servers = [...ITSELF, normalizeServer(server)];
  return local.map((application) => {
    const project = byName.get(application.project);
    const account: DestinationAccount =
      project === undefined
        ? { status: 'unknown', entry: `project ${application.project}` }
        : matchDestinationAccount(application, project, servers);
    return { application, account };
  });
}

function usernameOf(account: DestinationAccount): string {
  return account.status === 'account'
    ? `system:serviceaccount:${account.namespace}:${account.name}`
    : '';
}

function askUnresolved(group: readonly Resolved[]): readonly Question[] {
  if (group.length === 0) return [];
  const reasons = new Set(
    group.map(({ account }) =>
      account.status === 'unknown' ? `"${account.entry}" is not understood` : 'no entry matches',
    ),
  );
  const text = `Argo CD impersonates, and nobody could tell whom for ${listNames(group)} (${[...reasons].slice(0, NAMES_SHOWN).join('; ')}): name each account that it uses as a writer with proof "impersonated"`;
  return [{ key: 'identity.writers', text }];
}

function askOwn(group: readonly Resolved[], username: string): readonly Question[] {
  if (group.length === 0) return [];
  const text = `Argo CD impersonates its own account (${username}) for ${listNames(group)}. A writer has one proof, and this one is pod-bound: give these an account of their own in destinationServiceAccounts`;
  return [{ key: 'identity.writers', text }];
}

function askOverflow(count: number): readonly Question[] {
  if (count <= 0) return [];
  const text = `${String(count)} more accounts are impersonated than are proposed here: name them, too`;
  return [{ key: 'identity.writers', text }];
}

const NAMES_SHOWN = 3;

function listNames(group: readonly Resolved[]): string {
  const names = group.map(({ application: { namespace, name } }) => `${namespace}/${name}`);
  const rest = names.length - NAMES_SHOWN;
  const shown = names.slice(0, NAMES_SHOWN).join(', ');
  const noun = names.length === 1 ? 'Application' : 'Applications';
  return rest > 0 ? `${noun} ${shown} and ${String(rest)} more` : `${noun} ${shown}`;
}
