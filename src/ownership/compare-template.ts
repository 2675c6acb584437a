/**
 * Whether a pod is what the template of its owner declares.
 *
 * The controllers copy the template, and mutating webhooks add to it: sidecars, tokens, variables. So what the template
 * says must be there as it says it, additions are listed, and an addition that reaches the node counts as a difference.
 * Source: kubernetes pkg/controller/controller_utils.go GetPodFromTemplate; pkg/controller/statefulset updateStorage.
 */
import { isRecord } from '../base/is-record.ts';
import { isSameValue } from './same-value.ts';

export interface TemplateComparison {
  readonly differences: readonly string[];
  readonly additions: readonly string[];
}

export interface ComparedPods {
  /** `spec` of the pod, or of the pod template that another object was made with. */
  readonly made: unknown;
  /** `spec` of the owner's pod template. */
  readonly declared: unknown;
  /** Names of volumes that a StatefulSet fills with claims of its own. */
  readonly claimVolumes?: readonly string[] | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

interface Findings {
  readonly differences: string[];
  readonly additions: string[];
}

/** More than a message names; a hostile pod could differ in thousands of places. */
const FINDINGS_MAX = 20;
/** Values compared in one pod, all told: several times more than any real one holds. */
const VALUES_MAX = 20_000;
const DEPTH_MAX = 40;

const EXACT_IN_POD = ['hostAliases', 'hostUsers', 'nodeName', 'runtimeClassName'] as const;
/** Absent and false are the same. */
const FLAGS_IN_POD = ['hostIPC', 'hostNetwork', 'hostPID', 'shareProcessNamespace'] as const;
const EXACT_IN_CONTAINER = [
  'args',
  'command',
  'image',
  'lifecycle',
  'volumeDevices',
  'workingDir',
] as const;
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** What the ServiceAccount plugin and the Job controller add to every pod of theirs. */
const ROUTINE_ADDITIONS: ReadonlySet<string> = new Set([
  '/var/run/secrets/kubernetes.io/serviceaccount',
  'JOB_COMPLETION_INDEX',
]);

/** Paths below `spec`, as people write them: `containers[app].image`. */
export function compareTemplate({
  made,
  declared,
  claimVolumes = [],
}: ComparedPods): TemplateComparison {
  const findings: Findings = { differences: [], additions: [] };
  const comparison = new Comparison(findings);
  if (!isRecord(made) || !isRecord(declared)) {
    return { differences: ['spec'], additions: [] };
  }
  comparison.comparePod(made, declared, new Set(claimVolumes));
  return {
    differences: findings.differences.slice(0, FINDINGS_MAX),
    additions: findings.additions.slice(0, FINDINGS_MAX),
  };
}

class Comparison {
  readonly #findings: Findings;
  readonly #budget = { nodes: VALUES_MAX };

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  comparePod(made: Fields, declared: Fields, claimVolumes: ReadonlySet<string>): void {
    this.#compareExact(made, declared, { keys: EXACT_IN_POD, prefix: '' });
    for (const key of FLAGS_IN_POD) {
      if ((made[key] === true) !== (declared[key] === true)) this.#differ(key);
    }
    if (accountOf(made) !== accountOf(declared)) this.#differ('serviceAccountName');
    this.#compareSecurity(made, declared, 'securityContext');
    for (const list of ['containers', 'initContainers'] as const) {
      this.#compareContainers(list, itemsByKey(made[list], 'name'), declared[list]);
    }
    this.#compareVolumes(made, declared, claimVolumes);
  }

  #compareContainers(
    list: string,
    made: ReadonlyMap<string, Fields>,
    declaredItems: unknown,
  ): void {
    const declared = itemsByKey(declaredItems, 'name');
    for (const [name, container] of declared) {
      const other = made.get(name);
      if (other === undefined) this.#differ(`${list}[${name}]`);
      else this.#compareContainer(other, container, `${list}[${name}].`);
    }
    for (const [name, container] of made) {
      if (declared.has(name)) continue;
      const note = reachesNode(container['securityContext']) ? 'differences' : 'additions';
      this.#findings[note].push(`${list}[${name}]`);
    }
  }

  #compareContainer(made: Fields, declared: Fields, prefix: string): void {
    this.#compareExact(made, declared, { keys: EXACT_IN_CONTAINER, prefix });
    for (const probe of PROBES) {
      // Service meshes rewrite HTTP probes; a command runs in the container.
      if (!this.#isSame(commandOf(made[probe]), commandOf(declared[probe]))) {
        this.#differ(`${prefix}${probe}.exec`);
      }
    }
    this.#compareSecurity(made, declared, `${prefix}securityContext`);
    this.#compareItems(made, declared, { list: 'env', key: 'name', prefix });
    this.#compareItems(made, declared, { list: 'volumeMounts', key: 'mountPath', prefix });
    this.#compareEnvFrom(made, declared, prefix);
  }

  #compareItems(
    made: Fields,
    declared: Fields,
    { list, key, prefix }: { readonly list: string; readonly key: string; readonly prefix: string },
  ): void {
    const others = itemsByKey(made[list], key);
    const wanted = itemsByKey(declared[list], key);
    for (const [name, item] of wanted) {
      if (!this.#isSame(others.get(name), item)) this.#differ(`${prefix}${list}[${name}]`);
    }
    for (const name of others.keys()) {
      if (wanted.has(name) || ROUTINE_ADDITIONS.has(name)) continue;
      this.#findings.additions.push(`${prefix}${list}[${name}]`);
    }
  }

  #compareEnvFrom(made: Fields, declared: Fields, prefix: string): void {
    const [others, wanted] = [listOf(made['envFrom']), listOf(declared['envFrom'])];
    const isKept = wanted.every((item, index) => this.#isSame(others[index], item));
    if (!isKept) this.#differ(`${prefix}envFrom`);
    else if (others.length > wanted.length) this.#findings.additions.push(`${prefix}envFrom`);
  }

  #compareVolumes(made: Fields, declared: Fields, claimVolumes: ReadonlySet<string>): void {
    const others = itemsByKey(made['volumes'], 'name');
    const wanted = itemsByKey(declared['volumes'], 'name');
    for (const [name, volume] of wanted) {
      if (claimVolumes.has(name)) continue;
      if (!this.#isSame(others.get(name), volume)) this.#differ(`volumes[${name}]`);
    }
    for (const [name, volume] of others) {
      const isClaim = claimVolumes.has(name) && 'persistentVolumeClaim' in volume;
      if (isClaim || wanted.has(name) || isTokenVolume(name, volume)) continue;
      const note = 'hostPath' in volume ? 'differences' : 'additions';
      this.#findings[note].push(`volumes[${name}]`);
    }
  }

  #compareSecurity(made: Fields, declared: Fields, path: string): void {
    const other = fieldsOf(made[path.split('.').at(-1) ?? '']);
    const wanted = fieldsOf(declared[path.split('.').at(-1) ?? '']);
    for (const [key, value] of Object.entries(wanted)) {
      if (!this.#isSame(other[key], value)) this.#differ(`${path}.${key}`);
    }
    const added = Object.entries(other).filter(([key]) => !(key in wanted));
    for (const [key, value] of added) {
      const note = reachesNode({ [key]: value }) ? 'differences' : 'additions';
      this.#findings[note].push(`${path}.${key}`);
    }
  }

  #compareExact(
    made: Fields,
    declared: Fields,
    { keys, prefix }: { readonly keys: readonly string[]; readonly prefix: string },
  ): void {
    for (const key of keys) {
      if (!this.#isSame(made[key], declared[key])) this.#differ(`${prefix}${key}`);
    }
  }

  #isSame(one: unknown, other: unknown): boolean {
    return isSameValue(one, other, { budget: this.#budget, depthLeft: DEPTH_MAX });
  }

  #differ(path: string): void {
    this.#findings.differences.push(path);
  }
}

/** Rights that a sidecar must not bring along: with them it is root on its node. */
function reachesNode(securityContext: unknown): boolean {
  const context = fieldsOf(securityContext);
  const capabilities = fieldsOf(context['capabilities']);
  return (
    context['privileged'] === true ||
    context['allowPrivilegeEscalation'] === true ||
    context['procMount'] === 'Unmasked' ||
    listOf(capabilities['add']).some((name) => DANGEROUS_CAPABILITIES.has(name)) ||
    fieldsOf(context['windowsOptions'])['hostProcess'] === true ||
    fieldsOf(context['seccompProfile'])['type'] === 'Unconfined'
  );
}

/** Service meshes bring NET_ADMIN and NET_RAW, which end at the pod's own network. */
const DANGEROUS_CAPABILITIES: ReadonlySet<unknown> = new Set([
  'ALL',
  'BPF',
  'DAC_OVERRIDE',
  'DAC_READ_SEARCH',
  'MKNOD',
  'SYS_ADMIN',
  'SYS_CHROOT',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
]);

function isTokenVolume(name: string, volume: Fields): boolean {
  return name.startsWith('kube-api-access-') && 'projected' in volume;
}

function accountOf({ serviceAccountName, serviceAccount }: Fields): unknown {
  const name = serviceAccountName ?? serviceAccount ?? '';
  return name === '' ? 'default' : name;
}

function commandOf(probe: unknown): unknown {
  return fieldsOf(probe)['exec'];
}

function itemsByKey(items: unknown, key: string): ReadonlyMap<string, Fields> {
  return new Map(
    listOf(items)
      .filter(isRecord)
      .map((item) => [String(item[key]), item]),
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}
