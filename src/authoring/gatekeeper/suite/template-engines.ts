/** The engines by which suites are judged: the one that the webhook uses, with one template each, compiled once for all tests that name it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTelemetry } from '../../../compose/telemetry.ts';
import { createPolicyEngine, type RunningPolicyEngine } from '../../../policy/engine.ts';
import { BUNDLE_FORMAT, sha256, type Manifest } from '../../../policy/manifest.ts';
import { engineSchema } from '../../../policy/settings.ts';
import { compileModules } from '../compile-modules.ts';
import type { Template } from '../parse-template.ts';
import { listModulesOf } from '../prepare-gatekeeper.ts';
import { prepareTemplate, type PreparedTemplate } from '../prepare-template.ts';

/** A template that can judge. */
export interface RunningTemplate {
  readonly prepared: PreparedTemplate;
  readonly engine: RunningPolicyEngine;
}

/** Of one run of the command; close it to end the workers. */
export class TemplateEngines {
  readonly #opa: { readonly path: string; readonly version: string };
  readonly #running = new Map<string, Promise<RunningTemplate>>();
  readonly #telemetry = createTelemetry({ log: { level: 'error' } });

  constructor(opa: { readonly path: string; readonly version: string }) {
    this.#opa = opa;
  }

  /** Rejects with `policy_source_invalid` where OPA refuses the template. */
  find(template: Template): Promise<RunningTemplate> {
    const key = sha256(JSON.stringify([template.name, template.code]));
    const known = this.#running.get(key);
    if (known !== undefined) return known;
    const started = this.#start(template);
    this.#running.set(key, started);
    return started;
  }

  async close(): Promise<void> {
    const settled = await Promise.allSettled(this.#running.values());
    await Promise.all(
      settled.map(async (one) => {
        if (one.status === 'fulfilled') await one.value.engine.close();
      }),
    );
  }

  async #start(template: Template): Promise<RunningTemplate> {
    const workFolder = await mkdtemp(join(tmpdir(), 'holdfast-template-'));
    try {
      const options = { opaPath: this.#opa.path, workFolder };
      const prepared = await prepareTemplate(template, options);
      const moduleBytes = await compileModules(listModulesOf(prepared), options);
      const module = await WebAssembly.compile(new Uint8Array(moduleBytes));
      const manifest: Manifest = {
        format: BUNDLE_FORMAT,
        revision: '',
        opaVersion: this.#opa.version,
        moduleSha256: sha256(moduleBytes),
        builtins: {},
        policies: [],
        data: {},
      };
      const bundle = { manifest, module, moduleBytes };
      const engine = await createPolicyEngine(bundle, engineSchema.parse({}), this.#telemetry);
      return { prepared, engine };
    } finally {
      await rm(workFolder, { recursive: true, force: true });
    }
  }
}
