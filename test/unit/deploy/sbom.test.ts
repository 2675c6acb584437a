/** What `npm run sbom` prints is valid CycloneDX, and has every package that is shipped and no other one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { z } from 'zod';
import { listShippedPackages } from '../../support/build/plan-sbom.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** What CycloneDX 1.5 demands of the members that are there. Source: its JSON schema, bom-1.5.schema.json. */
const sbomSchema = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.5'),
  serialNumber: z
    .string()
    .regex(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u),
  version: z.int().min(1),
  metadata: z.looseObject({
    timestamp: z.iso.datetime(),
    component: z.looseObject({ type: z.literal('application'), name: z.literal('holdfast') }),
  }),
  components: z.array(
    z.looseObject({
      'bom-ref': z.string().min(1),
      type: z.literal('library'),
      name: z.string().min(1),
      version: z.string().min(1),
      scope: z.enum(['required', 'optional', 'excluded']).optional(),
      purl: z.string().startsWith('pkg:npm/'),
      hashes: z.array(
        z.strictObject({
          alg: z.literal('SHA-512'),
          content: z.string().regex(/^[0-9a-f]{128}$/u),
        }),
      ),
      licenses: z.array(z.looseObject({})).min(1).optional(),
    }),
  ),
  dependencies: z.array(z.strictObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

it('npm run sbom prints every package that is shipped, with its hash, and what needs it', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'test', 'support', 'build', 'write-sbom.ts')],
    { encoding: 'utf8', maxBuffer: 64 << 20 },
  );
  assert.equal(status, 0, stderr);
  const { components, dependencies, metadata } = sbomSchema.parse(JSON.parse(stdout));
  const lock: unknown = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const found = components.map(({ name, version }) => `${name}@${version}`);
  assert.deepEqual(found.toSorted(), [...listShippedPackages(lock)].toSorted());
  for (const name of ['zod', 'yaml', 'fastify']) {
    assert.ok(
      found.some((one) => one.startsWith(`${name}@`)),
      name,
    );
  }
  for (const name of ['typescript', 'oxlint', 'prettier']) {
    assert.equal(
      found.some((one) => one.startsWith(`${name}@`)),
      false,
      name,
    );
  }
  const refs = new Set(components.map((component) => component['bom-ref']));
  assert.equal(refs.size, components.length);
  for (const { ref, dependsOn } of dependencies) {
    assert.ok(refs.has(ref) || ref === metadata.component['bom-ref'], ref);
    for (const needed of dependsOn) assert.ok(refs.has(needed), needed);
  }
});
