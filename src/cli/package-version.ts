/** The version of Holdfast and of its dependencies. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const packageSchema = z.object({
  version: z.string(),
  dependencies: z.object({ '@open-policy-agent/opa-wasm': z.string() }),
});

export interface PackageFacts {
  readonly version: string;
  /** Pinned exactly, so that the requested version is the one that runs. */
  readonly opaWasm: string;
}

/** Reads package.json, which is beside `src/` and beside `dist/`. */
export function readPackageFacts(): PackageFacts {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version, dependencies } = packageSchema.parse(JSON.parse(text));
  return { version, opaWasm: dependencies['@open-policy-agent/opa-wasm'] };
}

/** The version of Holdfast. */
export function readPackageVersion(): string {
  return readPackageFacts().version;
}
