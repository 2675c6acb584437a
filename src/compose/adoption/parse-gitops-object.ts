/** Applications and projects of Argo CD, Kustomizations and HelmReleases of Flux: which account applies where. */
import { z } from 'zod';
import type { ApplicationFacts, FluxObject, ProjectFacts } from './cluster-survey.ts';

const text = z.string().nullish();
const metadata = z.looseObject({ namespace: z.string(), name: z.string() });

const applicationSchema = z.looseObject({
  metadata,
  spec: z.looseObject({
    project: text,
    destination: z.looseObject({ server: text, name: text, namespace: text }).nullish(),
  }),
  status: z.looseObject({ resources: z.array(z.unknown()).nullish() }).nullish(),
});

/** `undefined` if it is not of this form. Source: argo-cd pkg/apis/application/v1alpha1/types.go. */
export function parseApplication(value: unknown): ApplicationFacts | undefined {
  const parsed = applicationSchema.safeParse(value).data;
  if (parsed === undefined) return undefined;
  const { spec, status } = parsed;
  return {
    namespace: parsed.metadata.namespace,
    name: parsed.metadata.name,
    project: orElse(spec.project, 'default'),
    destination: {
      server: spec.destination?.server ?? '',
      name: spec.destination?.name ?? '',
      namespace: spec.destination?.namespace ?? '',
    },
    resources: status?.resources?.length ?? 0,
  };
}

const projectSchema = z.looseObject({
  metadata,
  spec: z
    .looseObject({
      destinationServiceAccounts: z
        .array(z.looseObject({ server: text, namespace: text, defaultServiceAccount: z.string() }))
        .nullish(),
    })
    .nullish(),
});

/** `undefined` if it is not of this form. */
export function parseProject(value: unknown): ProjectFacts | undefined {
  const parsed = projectSchema.safeParse(value).data;
  if (parsed === undefined) return undefined;
  const accounts = parsed.spec?.destinationServiceAccounts ?? [];
  return {
    namespace: parsed.metadata.namespace,
    name: parsed.metadata.name,
    destinationServiceAccounts: accounts.map(({ server, namespace, defaultServiceAccount }) => ({
      server: server ?? '',
      namespace: namespace ?? '',
      account: defaultServiceAccount,
    })),
  };
}

const fluxSchema = z.looseObject({
  metadata,
  spec: z.looseObject({
    serviceAccountName: text,
    kubeConfig: z.looseObject({}).nullish(),
  }),
});

/** `undefined` if it is not of this form. Source: fluxcd kustomize-controller and helm-controller, api. */
export function parseFluxObject(kind: FluxObject['kind'], value: unknown): FluxObject | undefined {
  const parsed = fluxSchema.safeParse(value).data;
  if (parsed === undefined) return undefined;
  const { serviceAccountName, kubeConfig } = parsed.spec;
  return {
    kind,
    namespace: parsed.metadata.namespace,
    name: parsed.metadata.name,
    serviceAccount: orElse(serviceAccountName, undefined),
    isRemote: kubeConfig !== undefined && kubeConfig !== null,
  };
}

function orElse<Other>(value: string | null | undefined, other: Other): string | Other {
  return value === null || value === undefined || value === '' ? other : value;
}
