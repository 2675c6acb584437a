/** What Config and SyncSet objects of Gatekeeper say that concerns policies. Source: Gatekeeper 3.23, apis/config and apis/syncset. */
import { z } from 'zod';
import type { InventoryKind } from '../../policy/gatekeeper/constraint.ts';

const kindSchema = z.looseObject({
  group: z.string().default(''),
  version: z.string().min(1),
  kind: z.string().min(1),
});
const kinds = z.array(kindSchema).nullish();
const texts = z.array(z.string()).nullish();

const configSchema = z.looseObject({
  spec: z
    .looseObject({
      sync: z.looseObject({ syncOnly: kinds }).nullish(),
      match: z.array(z.looseObject({ excludedNamespaces: texts, processes: texts })).nullish(),
    })
    .nullish(),
});
const syncSetSchema = z.looseObject({ spec: z.looseObject({ gvks: kinds }).nullish() });

/** The processes whose exemptions count for admission. */
const PROCESSES: ReadonlySet<string> = new Set(['*', 'webhook']);

export interface GatekeeperConfig {
  /** What is in `data.inventory`. */
  readonly inventory: readonly InventoryKind[];
  /** Patterns of namespaces that no constraint judges. */
  readonly excludedNamespaces: readonly string[];
}

/** Reads a Config; `undefined` where it is none that can be understood. */
export function parseConfig(document: unknown): GatekeeperConfig | undefined {
  const parsed = configSchema.safeParse(document);
  if (!parsed.success) return undefined;
  const { sync, match } = parsed.data.spec ?? {};
  return {
    inventory: toKinds(sync?.syncOnly ?? []),
    excludedNamespaces: (match ?? [])
      .filter(({ processes }) => (processes ?? []).some((process) => PROCESSES.has(process)))
      .flatMap(({ excludedNamespaces }) => excludedNamespaces ?? []),
  };
}

/** Reads a SyncSet; `undefined` where it is none that can be understood. */
export function parseSyncSet(document: unknown): readonly InventoryKind[] | undefined {
  const parsed = syncSetSchema.safeParse(document);
  return parsed.success ? toKinds(parsed.data.spec?.gvks ?? []) : undefined;
}

function toKinds(written: readonly InventoryKind[]): readonly InventoryKind[] {
  return written.map(({ group, version, kind }) => ({ group, version, kind }));
}
