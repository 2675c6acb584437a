/** Prepares templates and constraints for a bundle. */
import { readdir } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { parseYaml } from '../../base/parse-yaml.ts';
import { HoldfastError } from '../../errors.ts';
import type { PolicyDescriptor } from '../../policy/descriptor.ts';
import type { InventoryKind, InventoryPath } from '../../policy/gatekeeper/constraint.ts';
import { formatEntryModules } from '../format-entry-module.ts';
import { describeConstraint } from './describe-constraint.ts';
import { formatConstraintEntry } from './format-constraint-entry.ts';
import {
  formatDocumentProblem,
  planConstraints,
  type DocumentProblem,
  type FoundDocument,
  type PlannedConstraint,
  type PlannedConstraints,
} from './plan-constraints.ts';
import { prepareTemplate, type PreparedTemplate, type PrepareOptions } from './prepare-template.ts';
import { REPLACE_FILE, REPLACE_MODULE } from './replace-module.ts';
import type { VersionedModule } from './versioned-module.ts';
import { readText } from './suite/find-suites.ts';

export interface PreparedGatekeeper {
  /** By the name of the file. */
  readonly modules: ReadonlyMap<string, VersionedModule>;
  readonly descriptors: readonly PolicyDescriptor[];
  readonly notes: readonly string[];
}

const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json']);
/** As many as a file of manifests has at most. */
const ALIASES_MAX = 10_000;
/** A folder of a team has a few hundred. */
const FILES_MAX = 10_000;

/** Reads the objects of a folder, of any arrangement. Throws where it has no constraint. */
export async function planGatekeeper(folder: string): Promise<PlannedConstraints> {
  return requireConstraints(planConstraints(await readDocuments(folder)), `"${folder}"`);
}

/** The plan itself. Throws `policy_source_invalid` where it has nothing to judge by; `place` is where it comes from. */
export function requireConstraints(plan: PlannedConstraints, place: string): PlannedConstraints {
  if (plan.constraints.length > 0 || plan.problems.length > 0) return plan;
  throw new HoldfastError(
    'policy_source_invalid',
    `There is no constraint that acts at the webhook in ${place}`,
  );
}

/** Throws `policy_source_invalid` with every problem of the plan. */
export async function prepareGatekeeper(
  plan: PlannedConstraints,
  options: PrepareOptions,
): Promise<PreparedGatekeeper> {
  const problems = plan.problems.map(formatDocumentProblem);
  const prepared = new Map<string, PreparedTemplate>();
  for (const { template } of plan.templates) {
    try {
      prepared.set(template.name, await prepareTemplate(template, options));
    } catch (fault) {
      if (!(fault instanceof HoldfastError)) throw fault;
      problems.push(fault.message);
    }
  }
  const described = plan.constraints.flatMap((planned) => {
    const template = prepared.get(planned.template.name);
    return template === undefined ? [] : [describePlanned(planned, template, plan.inventory)];
  });
  problems.push(...described.filter(isProblem).map(formatDocumentProblem));
  if (problems.length > 0) throw new HoldfastError('policy_source_invalid', problems.join('\n'));
  return {
    modules: listModules([...prepared.values()]),
    descriptors: described.flatMap((one) => (isProblem(one) ? [] : [one])),
    notes: plan.notes,
  };
}

function isProblem(one: PolicyDescriptor | DocumentProblem): one is DocumentProblem {
  return 'text' in one;
}

/** A problem where nothing says what the inventory of the template holds: it would be empty, and the template silent. */
export function describePlanned(
  { file, template, constraint, mode }: PlannedConstraint,
  prepared: PreparedTemplate,
  synced: readonly InventoryKind[],
): PolicyDescriptor | DocumentProblem {
  const { inventoryReads } = prepared;
  const readsInventory = inventoryReads.length > 0;
  const inventory = keepReadable(distinct([...synced, ...template.syncData]), inventoryReads);
  const reads = `its template "${template.name}" reads data.inventory`;
  if (readsInventory && inventory.length === 0) {
    const text = `${reads}, and nothing says which objects are in it: add the Config or SyncSet of Gatekeeper, or the annotation metadata.gatekeeper.sh/requires-sync-data`;
    return { file, text };
  }
  // Their values must not reach a message, and a template may write anything into one.
  if (readsInventory && inventory.some(isSecret)) {
    const text = `${reads}, and Secrets would be in it, which Holdfast does not read: take them out of the Config or SyncSet`;
    return { file, text };
  }
  return describeConstraint(prepared, constraint, { mode, inventory });
}

/** Where none of them can be read, all: the template is silent as in Gatekeeper, and nobody has to find out why a build ends. */
function keepReadable(
  kinds: readonly InventoryKind[],
  paths: readonly InventoryPath[],
): readonly InventoryKind[] {
  const readable = kinds.filter((kind) => paths.some((path) => mayHold(path, kind)));
  return readable.length > 0 ? readable : kinds;
}

/** Whether the objects of a kind may lie on a path. */
function mayHold(
  [scope, ...path]: InventoryPath,
  { group, version, kind }: InventoryKind,
): boolean {
  const [apiVersion = null, name = null] = scope === 'namespace' ? path.slice(1) : path;
  // Where a path may begin with either, its keys stand for different things.
  if (scope === null) return true;
  const known = group === '' ? version : `${group}/${version}`;
  return (apiVersion ?? known) === known && (name ?? kind) === kind;
}

function isSecret({ group, kind }: InventoryKind): boolean {
  return group === '' && kind === 'Secret';
}

function distinct(kinds: readonly InventoryKind[]): readonly InventoryKind[] {
  return [...new Map(kinds.map((kind) => [JSON.stringify(kind), kind])).values()];
}

/** The modules of templates, and those by which the entry point asks them. */
export function listModules(
  prepared: readonly PreparedTemplate[],
): ReadonlyMap<string, VersionedModule> {
  const entry = formatConstraintEntry(prepared.map(({ template }) => template.name));
  return new Map([
    [REPLACE_FILE, REPLACE_MODULE] as const,
    ...prepared.flatMap(({ modules }) => [...modules]),
    ...[...entry].map(([name, text]) => [`_entry/${name}`, { text, regoVersion: 1 }] as const),
  ]);
}

/** Those with which one template is compiled alone. */
export function listModulesOf(prepared: PreparedTemplate): ReadonlyMap<string, VersionedModule> {
  const entry = [...formatEntryModules([])].map(
    ([name, text]) => [`_entry/${name}`, { text, regoVersion: 1 }] as const,
  );
  return new Map([...entry, ...listModules([prepared])]);
}

async function readDocuments(folder: string): Promise<readonly FoundDocument[]> {
  const documents: FoundDocument[] = [];
  for (const file of await listFiles(folder)) {
    const text = await readText(join(folder, file));
    const parsed = parseYaml(text, { dialect: 'kubernetes', aliasesMax: ALIASES_MAX });
    if (!parsed.ok) {
      const [fault] = parsed.faults;
      throw new HoldfastError('policy_source_invalid', `${file}:${fault?.line}: ${fault?.message}`);
    }
    documents.push(...parsed.documents.map(({ value }) => ({ file, value })));
  }
  return documents;
}

async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  if (entries.length > FILES_MAX) {
    throw new HoldfastError(
      'argument_invalid',
      `"${folder}" has more than ${FILES_MAX} files: name the folder of the templates and constraints`,
    );
  }
  return entries
    .filter((entry) => entry.isFile() && EXTENSIONS.has(extname(entry.name)))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted();
}
