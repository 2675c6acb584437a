/** Plans the policies of Gatekeeper's objects, of a folder or of a cluster. Every problem names what it is about. */
import { z } from 'zod';
import type { PolicyMode } from '../../policy/descriptor.ts';
import type { InventoryKind } from '../../policy/gatekeeper/constraint.ts';
import { constraintKind, parseConstraint, type ParsedConstraint } from './parse-constraint.ts';
import { parseConfig, parseSyncSet } from './parse-gatekeeper-config.ts';
import { isTemplate, parseTemplate, type Template } from './parse-template.ts';

/** A document of a file, or an object of a cluster. */
export interface FoundDocument {
  /** Where people find it: the name of the file, or kind and name of the object. */
  readonly file: string;
  readonly value: unknown;
}

/** Why a document cannot be judged by. */
export interface DocumentProblem {
  readonly file: string;
  readonly text: string;
}

/** A template, and where it was found. */
export interface FoundTemplate {
  readonly file: string;
  readonly template: Template;
}

/** A constraint that acts at the webhook. */
export interface PlannedConstraint {
  readonly file: string;
  readonly template: Template;
  readonly constraint: ParsedConstraint;
  readonly mode: PolicyMode;
}

export interface PlannedConstraints {
  readonly templates: readonly FoundTemplate[];
  readonly constraints: readonly PlannedConstraint[];
  /** What Config and SyncSets put into `data.inventory`. */
  readonly inventory: readonly InventoryKind[];
  /** What is left out, and why: one sentence each. */
  readonly notes: readonly string[];
  readonly problems: readonly DocumentProblem[];
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

/** As a line of a message. */
export function formatDocumentProblem({ file, text }: DocumentProblem): string {
  return `${file}: ${text}`;
}

/** Plans them in the order of their files. Documents of other groups are samples, and left alone. */
export function planConstraints(documents: readonly FoundDocument[]): PlannedConstraints {
  const plan = new Plan();
  for (const document of documents) plan.addTemplate(document);
  for (const document of documents) plan.addRest(document);
  return plan.finish();
}

class Plan {
  readonly #templates = new Map<string, FoundTemplate>();
  readonly #constraints = new Map<string, PlannedConstraint>();
  readonly #inventory: InventoryKind[] = [];
  readonly #excluded: string[] = [];
  readonly #notes: string[] = [];
  readonly #problems: DocumentProblem[] = [];

  addTemplate({ file, value }: FoundDocument): void {
    if (!isTemplate(value)) return;
    const parsed = parseTemplate(value);
    if (!parsed.ok) {
      this.#refuse(file, ...parsed.problems);
      return;
    }
    const { template } = parsed;
    if (this.#templates.has(template.kind)) {
      this.#refuse(file, `the template "${template.name}" is there twice`);
    }
    this.#templates.set(template.kind, { file, template });
  }

  addRest({ file, value }: FoundDocument): void {
    const kind = constraintKind(value);
    if (kind !== undefined) {
      this.#addConstraint(kind, { file, value });
      return;
    }
    const { group, kind: other } = headOf(value);
    const refusal = REFUSED[group];
    if (refusal !== undefined) this.#refuse(file, `${other} of ${group}: ${refusal}`);
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
    const template = this.#templates.get(kind)?.template;
    if (template === undefined) {
      this.#refuse(file, `there is no template of the kind "${kind}"`);
      return;
    }
    const parsed = parseConstraint(value, template);
    if (!parsed.ok) {
      this.#refuse(file, ...parsed.problems);
      return;
    }
    const { constraint } = parsed;
    const name = `${template.name}/${constraint.name}`;
    const action = constraint.actionAt('validation.gatekeeper.sh');
    if (typeof action === 'object') {
      this.#refuse(
        file,
        `the enforcementAction "${action.unknown}" is none of deny, warn, dryrun and scoped`,
      );
    } else if (action === 'none') {
      this.#notes.push(`${file}: "${name}" does not act at the webhook, and is left out`);
    } else if (this.#constraints.has(name)) {
      this.#refuse(file, `the constraint "${name}" is there twice`);
    } else {
      this.#constraints.set(name, { file, template, constraint, mode: MODES[action] });
    }
  }

  #addConfig(file: string, value: unknown): void {
    const config = parseConfig(value);
    if (config === undefined) this.#refuse(file, 'the Config cannot be understood');
    this.#inventory.push(...(config?.inventory ?? []));
    this.#excluded.push(...(config?.excludedNamespaces ?? []));
  }

  #addSyncSet(file: string, value: unknown): void {
    const kinds = parseSyncSet(value);
    if (kinds === undefined) this.#refuse(file, 'the SyncSet cannot be understood');
    this.#inventory.push(...(kinds ?? []));
  }

  #refuse(file: string, ...texts: readonly string[]): void {
    this.#problems.push(...texts.map((text) => ({ file, text })));
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
