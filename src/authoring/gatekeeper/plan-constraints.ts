/** Plans the policies of a folder of Gatekeeper's objects. Every problem names its file; one is enough to refuse the folder. */
import { z } from 'zod';
import type { PolicyMode } from '../../policy/descriptor.ts';
import type { InventoryKind } from '../../policy/gatekeeper/constraint.ts';
import { constraintKind, parseConstraint, type ParsedConstraint } from './parse-constraint.ts';
import { parseConfig, parseSyncSet } from './parse-gatekeeper-config.ts';
import { isTemplate, parseTemplate, type Template } from './parse-template.ts';

/** A document of a file. */
export interface FoundDocument {
  readonly file: string;
  readonly value: unknown;
}

/** A constraint that acts at the webhook. */
export interface PlannedConstraint {
  readonly file: string;
  readonly template: Template;
  readonly constraint: ParsedConstraint;
  readonly mode: PolicyMode;
}

export interface PlannedConstraints {
  readonly templates: readonly Template[];
  readonly constraints: readonly PlannedConstraint[];
  /** What Config and SyncSets put into `data.inventory`. */
  readonly inventory: readonly InventoryKind[];
  /** What is left out, and why: one sentence each. */
  readonly notes: readonly string[];
  readonly problems: readonly string[];
}

const MODES = { deny: 'enforce', warn: 'warn', dryrun: 'audit' } as const;

/** Groups of Gatekeeper whose objects change or add requests, which Holdfast does not do for it. */
const REFUSED: Readonly<Record<string, string>> = {
  'mutations.gatekeeper.sh':
    'Holdfast changes nothing for Gatekeeper; declare in Git what it would set',
  'expansion.gatekeeper.sh': 'Holdfast judges the Pods themselves; leave it out',
  'externaldata.gatekeeper.sh':
    'Holdfast asks no provider; leave it out, with the templates that call it',
};

/** Plans them in the order of their files. Documents of other groups are samples, and left alone. */
export function planConstraints(documents: readonly FoundDocument[]): PlannedConstraints {
  const plan = new Plan();
  for (const document of documents) plan.addTemplate(document);
  for (const document of documents) plan.addRest(document);
  return plan.finish();
}

class Plan {
  readonly #templates = new Map<string, Template>();
  readonly #constraints = new Map<string, PlannedConstraint>();
  readonly #inventory: InventoryKind[] = [];
  readonly #excluded: string[] = [];
  readonly #notes: string[] = [];
  readonly #problems: string[] = [];

  addTemplate({ file, value }: FoundDocument): void {
    if (!isTemplate(value)) return;
    const parsed = parseTemplate(value);
    if (!parsed.ok) {
      this.#problems.push(...parsed.problems.map((problem) => `${file}: ${problem}`));
      return;
    }
    const { template } = parsed;
    if (this.#templates.has(template.kind)) {
      this.#problems.push(`${file}: the template "${template.name}" is there twice`);
    }
    this.#templates.set(template.kind, template);
  }

  addRest({ file, value }: FoundDocument): void {
    const kind = constraintKind(value);
    if (kind !== undefined) {
      this.#addConstraint(kind, { file, value });
      return;
    }
    const { group, kind: other } = headOf(value);
    const refusal = REFUSED[group];
    if (refusal !== undefined) this.#problems.push(`${file}: ${other} of ${group}: ${refusal}`);
    if (group === 'config.gatekeeper.sh' && other === 'Config') this.#addConfig(file, value);
    if (group === 'syncset.gatekeeper.sh' && other === 'SyncSet') this.#addSyncSet(file, value);
  }

  finish(): PlannedConstraints {
    return {
      templates: [...this.#templates.values()],
      constraints: [...this.#constraints.values()].map((planned) => this.#exclude(planned)),
      inventory: this.#inventory,
      notes: this.#notes,
      problems: this.#problems,
    };
  }

  #addConstraint(kind: string, { file, value }: FoundDocument): void {
    const template = this.#templates.get(kind);
    if (template === undefined) {
      this.#problems.push(`${file}: there is no template of the kind "${kind}"`);
      return;
    }
    const parsed = parseConstraint(value, template);
    if (!parsed.ok) {
      this.#problems.push(...parsed.problems.map((problem) => `${file}: ${problem}`));
      return;
    }
    const { constraint } = parsed;
    const name = `${template.name}/${constraint.name}`;
    const action = constraint.actionAt('validation.gatekeeper.sh');
    if (typeof action === 'object') {
      this.#problems.push(
        `${file}: the enforcementAction "${action.unknown}" is none of deny, warn, dryrun and scoped`,
      );
    } else if (action === 'none') {
      this.#notes.push(`${file}: "${name}" does not act at the webhook, and is left out`);
    } else if (this.#constraints.has(name)) {
      this.#problems.push(`${file}: the constraint "${name}" is there twice`);
    } else {
      this.#constraints.set(name, { file, template, constraint, mode: MODES[action] });
    }
  }

  #addConfig(file: string, value: unknown): void {
    const config = parseConfig(value);
    if (config === undefined) this.#problems.push(`${file}: the Config cannot be understood`);
    this.#inventory.push(...(config?.inventory ?? []));
    this.#excluded.push(...(config?.excludedNamespaces ?? []));
  }

  #addSyncSet(file: string, value: unknown): void {
    const kinds = parseSyncSet(value);
    if (kinds === undefined) this.#problems.push(`${file}: the SyncSet cannot be understood`);
    this.#inventory.push(...(kinds ?? []));
  }

  #exclude(planned: PlannedConstraint): PlannedConstraint {
    if (this.#excluded.length === 0) return planned;
    const { constraint } = planned;
    const { match } = constraint;
    const excludedNamespaces = [...(match.excludedNamespaces ?? []), ...this.#excluded];
    return { ...planned, constraint: { ...constraint, match: { ...match, excludedNamespaces } } };
  }
}

function headOf(value: unknown): { readonly group: string; readonly kind: string } {
  const head = z.looseObject({ apiVersion: z.string(), kind: z.string() }).safeParse(value).data;
  const [group = ''] = head?.apiVersion.split('/') ?? [];
  return { group, kind: head?.kind ?? '' };
}
