/** Which Flux applies to the cluster, by the images of its controllers: an installation may call their workloads and accounts anything. */
import type { ClusterSurvey, Workload } from './cluster-survey.ts';
import { listSeen } from './looked.ts';

/** Those of Flux that apply objects. */
const FLUX_PROGRAMS = ['kustomize-controller', 'helm-controller'] as const;
export type FluxProgram = (typeof FLUX_PROGRAMS)[number];

export interface FluxController {
  readonly program: FluxProgram;
  readonly workload: Workload;
  /** `--default-service-account`: whom it impersonates where an object names nobody. */
  readonly defaultServiceAccount?: string | undefined;
  /** `--watch-label-selector`: it serves a part of the objects alone. */
  readonly shard?: string | undefined;
  /** `--no-cross-namespace-refs`: tenants use sources of their own namespace alone. */
  readonly isMultiTenant: boolean;
}

export interface FluxFinding {
  /** The namespace of the oldest controller; `undefined` if none runs here. */
  readonly namespace: string | undefined;
  /** Those of that namespace. */
  readonly controllers: readonly FluxController[];
  /** Those of other namespaces, which one configuration does not serve. */
  readonly others: readonly FluxController[];
}

/** By what was read; it may have been a part. */
export function classifyFlux(survey: Pick<ClusterSurvey, 'workloads'>): FluxFinding {
  const found = findFluxControllers(listSeen(survey.workloads));
  const namespace = found[0]?.workload.namespace;
  return {
    namespace,
    controllers: found.filter(({ workload }) => workload.namespace === namespace),
    others: found.filter(({ workload }) => workload.namespace !== namespace),
  };
}

/** The oldest first, since nobody can make one that is older. */
export function findFluxControllers(workloads: readonly Workload[]): readonly FluxController[] {
  return workloads
    .flatMap((workload) => {
      const program = FLUX_PROGRAMS.find((name) => runs(workload, name));
      return program === undefined ? [] : [describe(program, workload)];
    })
    .toSorted((a, b) => (ageOf(a.workload) < ageOf(b.workload) ? -1 : 1));
}

/** `ghcr.io/fluxcd/kustomize-controller:v1.9.5@sha256:…` runs `kustomize-controller`. */
function runs({ containers }: Workload, program: FluxProgram): boolean {
  return containers.some(({ image }) => image.split('/').at(-1)?.split(/[:@]/u)[0] === program);
}

function describe(program: FluxProgram, workload: Workload): FluxController {
  const words = workload.containers.flatMap((container) => container.words);
  return {
    program,
    workload,
    defaultServiceAccount: findFlag(words, '--default-service-account'),
    shard: findFlag(words, '--watch-label-selector'),
    isMultiTenant: findFlag(words, '--no-cross-namespace-refs') === 'true',
  };
}

/** The value of `--flag=value`, or of `--flag value`; a flag alone is `true`. */
export function findFlag(words: readonly string[], flag: string): string | undefined {
  const index = words.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const word = words[index];
  if (word === undefined) return undefined;
  if (word !== flag) return word.slice(flag.length + 1);
  const next = words[index + 1];
  return next === undefined || next.startsWith('-') ? 'true' : next;
}

function ageOf({ createdAt, namespace, name }: Workload): string {
  return `${createdAt} ${namespace}/${name}`;
}
