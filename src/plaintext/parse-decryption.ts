/**
 * Parses what decrypts the manifests of an application before its controller applies them. Without it, a Secret that the controller
 * writes is readable in the repository.
 *
 * Sources: argo-cd pkg/apis/application/v1alpha1 types.go (ApplicationSourcePlugin, `status.sourceType`), helm-secrets "Argo CD
 * integration", fluxcd kustomize-controller Kustomization v1 "Decryption".
 */
import { z } from 'zod';

/** What decrypts: `sops` of Flux, a plugin of Argo CD by its name, or helm-secrets. */
export interface Decryption {
  readonly by: 'sops' | 'plugin' | 'helm-secrets' | 'helm-release';
  /** Of a plugin: empty where Argo CD finds it by the files. */
  readonly name: string;
}

const text = z.string().nullish();

const source = z.looseObject({
  plugin: z.looseObject({ name: text }).nullish(),
  helm: z.looseObject({ valueFiles: z.array(z.string()).nullish() }).nullish(),
});

const applier = z.looseObject({
  kind: text,
  spec: z.looseObject({
    source: source.nullish(),
    sources: z.array(source).nullish(),
    decryption: z.looseObject({ provider: text }).nullish(),
  }),
  status: z.looseObject({ sourceType: text, sourceTypes: z.array(z.string()).nullish() }).nullish(),
});

export type ParsedDecryption =
  { readonly ok: true; readonly value: Decryption | null } | { readonly ok: false };

/** `secrets://values.yaml`, `secrets+age-import:///keys/key.txt?values.yaml`. */
const HELM_SECRETS = /^secrets(?:\+[a-z-]+)?:\/\//u;

/** Of an Application or a Kustomization; `null` where nothing decrypts. One source of several is enough: which one made the Secret is not known. */
export function parseDecryption(object: unknown): ParsedDecryption {
  const parsed = applier.safeParse(object);
  if (!parsed.success) return { ok: false };
  const { spec, status } = parsed.data;
  if (spec.decryption?.provider) return { ok: true, value: { by: 'sops', name: '' } };
  const sources = [...(spec.source ? [spec.source] : []), ...(spec.sources ?? [])];
  const plugin = sources.find((each) => each.plugin)?.plugin;
  if (plugin) return { ok: true, value: { by: 'plugin', name: plugin.name ?? '' } };
  const types = [status?.sourceType, ...(status?.sourceTypes ?? [])];
  if (types.includes('Plugin')) return { ok: true, value: { by: 'plugin', name: '' } };
  const files = sources.flatMap(({ helm }) => helm?.valueFiles ?? []);
  const isEncrypted = files.some((file) => HELM_SECRETS.test(file));
  return { ok: true, value: isEncrypted ? { by: 'helm-secrets', name: '' } : null };
}
