/** A configuration that fits what was found. What the cluster does not tell becomes a question, and never a guess. */
import { classifyArgocd, type ArgocdFinding } from './classify-argocd.ts';
import { classifyFlux, findFlag, type FluxFinding } from './classify-flux.ts';
import { classifyPlatform, type PlatformFinding } from './classify-platform.ts';
import { classifySize, type SizeFinding } from './classify-size.ts';
import type { ClusterSurvey } from './cluster-survey.ts';
import { isWhole, listSeen } from './looked.ts';
import { parseNamespaces } from './parse-argocd-configuration.ts';
import { planArgocdWriters } from './plan-argocd-writers.ts';
import { planFluxWriters } from './plan-flux-writers.ts';
import { planGrants, type BlindSpot } from './plan-grants.ts';
import { planPresets } from './plan-presets.ts';
import { planWebhookNotes } from './plan-webhook-notes.ts';
import type { PlannedKey, PlannedList, Question } from './planned-configuration.ts';

export interface AdoptionPlan {
  readonly keys: readonly PlannedKey[];
  readonly platform: PlatformFinding;
  readonly size: SizeFinding;
  readonly blindSpots: readonly BlindSpot[];
}

export interface AdoptionOptions {
  /** What the cluster is called; absent: nobody said. */
  readonly cluster: string | undefined;
}

/** The configuration takes 100. */
const WRITERS_MAX = 100;
/** An address that the hub may have: the schema takes no other. */
const SERVER = /^https:\/\/[^\s/?#]+(?:\/[^\s?#]*)?$/u;

/** In the order of the file. */
export function planConfiguration(survey: ClusterSurvey, options: AdoptionOptions): AdoptionPlan {
  const argocd = classifyArgocd(survey);
  const flux = classifyFlux(survey);
  const platform = classifyPlatform(survey);
  const size = classifySize(survey);
  const writers = planWriters(argocd, flux, survey);
  const usernames = new Set(writers.items.map(({ value }) => String(value['username'])));
  return {
    platform,
    size,
    blindSpots: planGrants(survey),
    keys: [
      planName(options),
      { ...MODE },
      ...planRegistration(platform),
      { section: 'identity', key: 'writers', notes: [], ...filled(writers) },
      {
        section: 'identity',
        key: 'operatorPresets',
        notes: [],
        ...filled(planPresets(survey, usernames)),
      },
      ...planControllerManager(survey),
      ...planArgocdOwnership(argocd, survey),
      ...planFluxOwnership(flux, survey),
      ...planHub(argocd, survey),
      planWatch(size),
      planMutated(survey),
      ...PEOPLE,
    ],
  };
}

function filled({ items, questions }: PlannedList): Pick<PlannedKey, 'items' | 'questions'> {
  return { questions, ...(items.length > 0 && { items }) };
}

function planName({ cluster }: AdoptionOptions): PlannedKey {
  const name = { section: 'cluster', key: 'name', notes: [] };
  if (cluster !== undefined) return { ...name, questions: [], value: cluster };
  const text =
    'What is the cluster called? Records and grants name it, and no other may be called the same';
  return {
    ...name,
    questions: [{ key: 'cluster.name', text, example: { cluster: { name: 'prod-eu-1' } } }],
  };
}

const MODE: PlannedKey = {
  section: 'policies',
  key: 'mode',
  notes: ['Nothing is refused: see first what would be (holdfast report)'],
  questions: [],
  value: 'warn',
};

function planRegistration({ platform, because }: PlatformFinding): readonly PlannedKey[] {
  const profile: PlannedKey = {
    section: 'registration',
    key: 'profile',
    notes: ['While Holdfast is away, every write passes'],
    questions: [],
    value: 'trial',
  };
  if (platform !== 'aks') return [profile];
  const annotations: PlannedKey = {
    section: 'registration',
    key: 'annotations',
    notes: [`because ${because}: AKS rewrites the selectors of webhooks without it`],
    questions: [],
    value: { 'admissions.enforcer/disabled': 'true' },
  };
  return [profile, annotations];
}

function planWriters(argocd: ArgocdFinding, flux: FluxFinding, survey: ClusterSurvey): PlannedList {
  const ofArgocd = planArgocdWriters(argocd, survey);
  const roomFor = WRITERS_MAX - ofArgocd.items.length - flux.controllers.length;
  const ofFlux = planFluxWriters(flux, survey, Math.max(0, roomFor));
  const items = [...ofArgocd.items, ...ofFlux.items];
  const questions = [...ofArgocd.questions, ...ofFlux.questions];
  if (items.length > 0) return { items, questions };
  return { items, questions: [...questions, askWriter(survey)] };
}

/** `config check` says the same of a file without writers. */
function askWriter({ workloads, accounts, served }: ClusterSurvey): Question {
  const isSeen = isWhole(workloads) && isWhole(accounts);
  const kinds = ['applications.argoproj.io', 'kustomizations.kustomize.toolkit.fluxcd.io'];
  const kind = kinds.find((name) => served.has(name));
  const found = isSeen
    ? 'No controller of Argo CD or Flux runs here, and no account of a hub was found'
    : 'What runs here could not be read';
  const hint = kind === undefined ? '' : `, although the API server serves ${kind}`;
  return {
    key: 'identity.writers',
    text: `${found}${hint}. Which account applies what Git declares? Until one is named, nobody may change what is managed. A hub in another cluster may use an identity of a cloud (docs/hub.md)`,
    example: {
      identity: {
        writers: [
          {
            name: 'argocd',
            username: 'system:serviceaccount:argocd:argocd-application-controller',
            tool: 'argocd',
            proof: 'pod-bound',
          },
        ],
      },
    },
  };
}

/** Source: kube-controller-manager --use-service-account-credentials, which makes an account for each controller. */
function planControllerManager({ accounts }: ClusterSurvey): readonly PlannedKey[] {
  const isSeen = isWhole(accounts) && listSeen(accounts).length > 0;
  const hasOwn = listSeen(accounts).some(
    ({ namespace, name }) => namespace === 'kube-system' && name === 'deployment-controller',
  );
  if (!isSeen || hasOwn) return [];
  return [
    {
      section: 'identity',
      key: 'sharedControllerManager',
      notes: [
        'because kube-system has no ServiceAccount deployment-controller: all controllers act as system:kube-controller-manager, and that one name may then do what each of them may',
      ],
      questions: [],
      value: true,
    },
  ];
}

function planArgocdOwnership(
  { installation, remote, local }: ArgocdFinding,
  survey: ClusterSurvey,
): readonly PlannedKey[] {
  if (installation === undefined) return [];
  const { namespace } = installation;
  const looked = survey.argocdSettings.get(namespace);
  const settings = looked === undefined || looked.status === 'unseen' ? undefined : looked.value;
  const marks = settings?.marks;
  const key = 'ownership.argocd.trackingMethod';
  return [
    {
      section: 'ownership',
      key: 'argocd',
      notes: [
        ...describeReach(installation.controller, { settings, local: local.length, remote }),
        ...(settings === undefined
          ? []
          : [
              settings.isSet.trackingMethod
                ? `because ConfigMap ${namespace}/argocd-cm sets application.resourceTrackingMethod`
                : `because ConfigMap ${namespace}/argocd-cm sets no application.resourceTrackingMethod, and Argo CD 3 then marks by annotation`,
            ]),
      ],
      questions:
        settings === undefined
          ? [
              {
                key,
                text: `ConfigMap ${namespace}/argocd-cm could not be read: how does Argo CD mark what it manages (application.resourceTrackingMethod)?`,
              },
            ]
          : [],
      value: {
        namespace,
        ...(marks !== undefined && { trackingMethod: marks.trackingMethod }),
        ...(settings?.isSet.instanceLabelKey === true && {
          instanceLabelKey: marks?.instanceLabelKey,
        }),
        ...(isShort(marks?.installationId) && { installationId: marks?.installationId }),
      },
    },
  ];
}

/** What the configuration takes. */
const INSTALLATION_ID_CHARS_MAX = 253;

function isShort(text: string | undefined): boolean {
  return text !== undefined && text.length <= INSTALLATION_ID_CHARS_MAX;
}

type Settings = Extract<
  ReturnType<ClusterSurvey['argocdSettings']['get']>,
  { status: 'seen' }
>['value'];

function describeReach(
  controller: NonNullable<ArgocdFinding['installation']>['controller'],
  reach: {
    readonly settings: Settings | undefined;
    readonly local: number;
    readonly remote: ArgocdFinding['remote'];
  },
): readonly string[] {
  const { settings, local, remote } = reach;
  const flag = findFlag(
    controller.containers.flatMap(({ words }) => words),
    '--application-namespaces',
  );
  const variable = controller.containers.flatMap(({ variables }) =>
    parseNamespaces(variables['ARGOCD_APPLICATION_NAMESPACES'] ?? ''),
  );
  const namespaces = [
    ...new Set([
      ...(settings?.applicationNamespaces ?? []),
      ...parseNamespaces(flag ?? ''),
      ...variable,
    ]),
  ];
  const elsewhere = [...remote.values()].reduce((sum, count) => sum + count, 0);
  return [
    `${String(local)} Applications deploy to this cluster`,
    ...(namespaces.length === 0
      ? []
      : [
          `Applications of other namespaces count, too (application.namespaces: ${namespaces.join(', ')})`,
        ]),
    ...(elsewhere === 0
      ? []
      : [
          `This Argo CD is a hub: ${String(elsewhere)} Applications deploy to ${String(remote.size)} other clusters. Holdfast there needs kubernetes.hub (docs/hub.md)`,
        ]),
  ];
}

function planFluxOwnership(
  { namespace }: FluxFinding,
  { workloads }: ClusterSurvey,
): readonly PlannedKey[] {
  const flux = { section: 'ownership', key: 'flux', questions: [] };
  if (namespace !== undefined) {
    const notes = [`because the controllers of Flux run in namespace ${namespace}`];
    return [{ ...flux, notes, value: { enabled: true, namespace } }];
  }
  // What could not be read may be there: its marks count by default.
  if (!isWhole(workloads)) return [];
  const notes = ['because no kustomize-controller and no helm-controller runs here'];
  return [{ ...flux, notes, value: { enabled: false } }];
}

/** What the hub calls this cluster is known there alone. */
function planHub(
  { installation, managers }: ArgocdFinding,
  { server }: ClusterSurvey,
): readonly PlannedKey[] {
  if (installation !== undefined || managers.length === 0) return [];
  const kubeconfigFile = '/etc/holdfast/hub/kubeconfig';
  const questions = [
    {
      key: 'kubernetes.hub',
      text: 'How does the hub call this cluster in spec.destination of its Applications, and which account may read them there? docs/hub.md makes the account, its kubeconfig and the Secret that is mounted',
      example: {
        kubernetes: {
          hub: {
            kubeconfigFile,
            cluster: { servers: ['https://10.20.0.1:6443'], names: ['prod-eu-1'] },
          },
        },
      },
    },
  ];
  const hub = { section: 'kubernetes', key: 'hub', questions };
  if (!SERVER.test(server)) return [{ ...hub, notes: [] }];
  return [
    {
      ...hub,
      notes: [
        `because an Argo CD in another cluster applies here; ${server} is the address of the kubeconfig, and the hub may have another one`,
      ],
      value: { kubeconfigFile, cluster: { servers: [server] } },
    },
  ];
}

function planWatch({ entries, entriesMax, memoryMib, largest, unknown }: SizeFinding): PlannedKey {
  const shown = largest.map(({ resource, count }) => `${String(count)} ${resource}`).join(', ');
  return {
    section: 'kubernetes',
    key: 'watch',
    notes: [
      `Holdfast would follow ${String(entries)} objects (${shown === '' ? 'none' : shown}): resources.limits.memory of the chart: ${String(memoryMib)}Mi`,
      ...(unknown.length === 0
        ? []
        : [`Not counted, since they could not be read: ${unknown.join(', ')}`]),
    ],
    questions: [],
    ...(entriesMax !== undefined && { value: { entriesMax } }),
  };
}

function planMutated(survey: ClusterSurvey): PlannedKey {
  return { section: 'manifests', key: 'mutated', ...planWebhookNotes(survey) };
}

/** People are nowhere in the cluster. */
const PEOPLE: readonly PlannedKey[] = [
  {
    section: 'breakGlass',
    key: 'approvers',
    notes: [],
    questions: [
      {
        key: 'breakGlass.approvers',
        text: 'Who approves a change in an emergency? holdfast grant keygen makes the key of each (docs/break-glass.md)',
        example: {
          breakGlass: { approvers: [{ name: 'anna', username: 'anna@example.com', key: '…' }] },
        },
      },
    ],
  },
  {
    section: 'policies',
    key: 'settings',
    notes: [],
    questions: [
      {
        key: 'policies.settings.gitops_namespaces.parameters.editors',
        text: 'Who installs and upgrades Argo CD, Flux and Holdfast by hand? Nobody needs to be named where they come from Git themselves',
        example: {
          policies: {
            settings: { gitops_namespaces: { parameters: { editors: ['platform-pipeline'] } } },
          },
        },
      },
    ],
  },
];
