/** Which Holdfast this is, and what it was built with. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const packageSchema = z.object({
  version: z.string(),
  dependencies: z.object({ '@open-policy-agent/opa-wasm': z.string() }),
});

export interface PackageFacts {
  readonly version: string;
  /** Pinned exactly, so that what is asked for is what runs. */
  readonly opaWasm: string;
}

/** Reads package.json, which lies at the same place beside `src/` and beside `dist/`. */
export function readPackageFacts(): PackageFacts {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version, dependencies } = packageSchema.parse(JSON.parse(text));
  return { version, opaWasm: dependencies['@open-policy-agent/opa-wasm'] };
}

/** The version of Holdfast. */
export function readPackageVersion(): string {
  return readPackageFacts().version;
}
