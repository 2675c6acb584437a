/** Template strings in the compiled module: OPA compiles them in, and what is undefined must not take a denial with it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { buildBundle } from '../../src/authoring/build-bundle.ts';
import { loadBundle } from '../../src/policy/load-bundle.ts';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { runOpa } from '../../src/authoring/opa-program.ts';
import { parseVerdicts } from '../../src/policy/parse-verdicts.ts';
import { loadRequiredBuiltins } from '../../src/policy/wasm/load-required-builtins.ts';
import { WasmHost } from '../../src/policy/wasm/wasm-host.ts';
import { policyText } from '../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

// No set or object of several: WebAssembly prints their members in the order of their hashes, the OPA program sorts them.
const VALUES = [
  '"text"',
  '"größe \\"日本\\" \\\\ \\n"',
  '""',
  '0',
  '-7',
  '2.50',
  '1e6',
  '12345678901234567890',
  'true',
  'null',
  '[]',
  '["a", 1, null, ["b"]]',
  '{}',
  '{"a": ["x"]}',
  'set()',
  '{"a"}',
  'input.request.object.nowhere',
  'count(input.request.object.nowhere)',
];
const BODY = [
  'deny contains {"code": "undefined", "message": $"{input.request.object.nowhere} is refused"}',
  ...VALUES.map(
    (value, at) =>
      `audit contains {"code": "v${String(at).padStart(2, '0')}", "message": $"<{v${at}}>"}\n\nv${at} := ${value}`,
  ),
].join('\n\n');
const INPUT = { request: { name: 'web' }, facts: {}, parameters: { sample: {} } };

async function judge(t: TestContext) {
  const folder = await makeTemporaryFolder(t, { 'sample/sample.rego': policyText({ body: BODY }) });
  const opa = await ensureOpa({ cacheFolder: cacheFolder() });
  const output = join(folder, 'bundle');
  await buildBundle({ sourceFolder: folder, output, opa });
  const { module, manifest } = await loadBundle(output);
  const builtins = await loadRequiredBuiltins(module);
  const host = new WasmHost(module, { memoryPagesMax: 256, builtins });
  const text = host.evaluate([Buffer.from(JSON.stringify(INPUT))], { nowMs: 0 });
  const [outcome] = parseVerdicts(text, manifest.policies);
  assert.ok(outcome?.status === 'evaluated');
  const argv = ['eval', '--format', 'raw', '-d', 'sample/sample.rego'];
  const query = 'data.holdfast.policies.sample.audit with input as {"request": {"name": "web"}}';
  const told = await runOpa(opa.path, [...argv, query], folder);
  const byOpa = z
    .array(z.object({ code: z.string(), message: z.string() }))
    .parse(JSON.parse(told));
  return { outcome, byOpa };
}

test('a template prints in WebAssembly what OPA prints, for every kind of value', async (t) => {
  const { outcome, byOpa } = await judge(t);

  assert.deepEqual(outcome.audit, byOpa);
  assert.equal(byOpa.length, VALUES.length);
});

test('a denial stands where a part of its message is undefined', async (t) => {
  const { outcome } = await judge(t);

  assert.deepEqual(outcome.deny, [{ code: 'undefined', message: '<undefined> is refused' }]);
});
