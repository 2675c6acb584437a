/** Compiles templates one by one, so that what is wrong with one of them is told of that one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '../../../errors.ts';
import { sha256 } from '../../../policy/manifest.ts';
import type { OpaLocation } from '../../opa-binary.ts';
import { compileModules } from '../compile-modules.ts';
import type { PlannedConstraints } from '../plan-constraints.ts';
import { describePlanned, listModulesOf } from '../prepare-gatekeeper.ts';
import { prepareTemplate, type PreparedTemplate } from '../prepare-template.ts';
import type { Template } from '../parse-template.ts';

/** By the document: why it cannot be judged by. */
export type Refusals = ReadonlyMap<string, readonly string[]>;

type Checked =
  | { readonly ok: true; readonly prepared: PreparedTemplate }
  | { readonly ok: false; readonly reason: string };

/** A template is compiled once for each form of its code. */
export class TemplateChecker {
  readonly #opa: Pick<OpaLocation, 'path'>;
  readonly #checked = new Map<string, Checked>();

  constructor(opa: Pick<OpaLocation, 'path'>) {
    this.#opa = opa;
  }

  /** What of the plan cannot be compiled, and which constraints lack what their template reads. */
  async findRefusals(plan: PlannedConstraints): Promise<Refusals> {
    const refusals = new Map<string, string[]>();
    const refuse = (file: string, text: string): void => {
      refusals.set(file, [...(refusals.get(file) ?? []), text]);
    };
    const prepared = new Map<string, PreparedTemplate>();
    const keys = new Set<string>();
    for (const { file, template } of plan.templates) {
      const key = sha256(JSON.stringify([template.name, template.code]));
      keys.add(key);
      const checked = this.#checked.get(key) ?? (await this.#check(template));
      this.#checked.set(key, checked);
      if (checked.ok) prepared.set(template.name, checked.prepared);
      else refuse(file, checked.reason);
    }
    // What no template holds any more is forgotten: it would be kept for each edit.
    for (const key of this.#checked.keys()) if (!keys.has(key)) this.#checked.delete(key);
    for (const planned of plan.constraints) {
      const template = prepared.get(planned.template.name);
      if (template === undefined) continue;
      const described = describePlanned(planned, template, plan.inventory);
      if ('text' in described) refuse(described.file, described.text);
    }
    return refusals;
  }

  async #check(template: Template): Promise<Checked> {
    const workFolder = await mkdtemp(join(tmpdir(), 'holdfast-template-'));
    try {
      const options = { opaPath: this.#opa.path, workFolder };
      const prepared = await prepareTemplate(template, options);
      await compileModules(listModulesOf(prepared), options);
      return { ok: true, prepared };
    } catch (fault) {
      if (!(fault instanceof HoldfastError) || fault.code !== 'policy_source_invalid') throw fault;
      return { ok: false, reason: fault.message };
    } finally {
      await rm(workFolder, { recursive: true, force: true });
    }
  }
}
