/**
 * Rego in WebAssembly against OPA itself: two compilers and two sets of built-ins. All default policies judge every recorded
 * review, with the facts as they are gathered, and each verdict must be the same value.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { ENTRY_POINT, formatEntryModules } from '../../src/authoring/format-entry-module.ts';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { bindSnapshotLookup } from '../../src/compose/bind-lookup.ts';
import { foldClusterState, type RecordedCase } from '../../src/compose/recorded-day.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import type { Configuration } from '../../src/config/schema.ts';
import { OPERATOR_PRESET_NAMES } from '../../src/identity/presets/operator-presets.ts';
import { loadBundle, type PolicyBundle } from '../../src/policy/load-bundle.ts';
import { formatInput, formatParameters } from '../../src/policy/wasm/format-input.ts';
import { loadRequiredBuiltins } from '../../src/policy/wasm/load-required-builtins.ts';
import { WasmHost } from '../../src/policy/wasm/wasm-host.ts';
import { readRecordedReviews } from '../bench/workload.ts';
import { readRegoModules } from '../support/mutation/rego-modules.ts';
import { bundleFolder } from '../support/policy-bundles.ts';
import { planPolicyInputs } from '../support/policy-inputs.ts';
import { runProgram } from '../support/runner/run-tool.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');
const WRITER = 'system:serviceaccount:argocd:argocd-application-controller';
const CONFIGURATIONS = {
  'the defaults': `
cluster: { name: test }
identity: { writers: [{ name: argocd, username: ${WRITER}, tool: argocd, proof: none }] }
`,
  'everything that adds to the parameters': `
cluster: { name: test }
identity:
  sharedControllerManager: true
  writers: [{ name: argocd, username: ${WRITER}, tool: argocd, proof: pod-bound, applications: [checkout] }]
  operatorPresets: [${OPERATOR_PRESET_NAMES.map((preset) => `{ preset: ${preset} }`).join(', ')}]
ownership:
  argocd: { syncAccounts: [jane] }
  orphans: { editors: [jane] }
  gitopsOnlyNamespaces: [shop]
`,
} as const;

type Verdicts = Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>;

const cases: readonly RecordedCase[] = readRecordedReviews().map(({ body }) => ({
  action: 'recorded',
  expect: 'allow',
  review: JSON.parse(body),
}));

function configurationOf(text: string): Configuration {
  const parsed = parseConfiguration(text, { file: 'holdfast.yaml', folder: '/' });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.configuration;
}

/** One document for each review: all that the policies are told. */
async function inputsOf(
  { manifest }: PolicyBundle,
  configuration: Configuration,
): Promise<readonly Uint8Array[]> {
  const state = foldClusterState(cases);
  const planned = await planPolicyInputs(
    cases.map(({ review }) => Buffer.from(JSON.stringify(review))),
    manifest.policies,
    { configuration, lookup: bindSnapshotLookup(configuration, () => state), withAll: true },
  );
  return planned.map(({ requestJson, facts, parameters }) =>
    formatInput({ requestJson, facts, parametersJson: formatParameters(parameters) }),
  );
}

async function judgeInWasm(
  { module }: PolicyBundle,
  inputs: readonly Uint8Array[],
): Promise<readonly Verdicts[]> {
  const builtins = await loadRequiredBuiltins(module);
  const host = new WasmHost(module, { memoryPagesMax: 2048, builtins });
  return inputs.map((input) => {
    const answers: readonly { readonly result: Verdicts }[] = JSON.parse(
      host.evaluate([input], { nowMs: 0 }),
    );
    assert.equal(answers.length, 1);
    return answers[0]?.result ?? {};
  });
}

/** All of them in one process: the sources as they are, below the same generated entry point. */
async function judgeByOpa(
  { manifest }: PolicyBundle,
  inputs: readonly Uint8Array[],
  folder: string,
): Promise<readonly Verdicts[]> {
  const modules = await readRegoModules(POLICIES);
  const files = new Map([
    ...modules
      .filter(({ isTest }) => !isTest)
      .map((module) => [`${module.folder}.${module.file}`, module.text] as const),
    ...formatEntryModules(manifest.policies),
    [
      'inputs.json',
      `{"inputs": [${inputs.map((input) => Buffer.from(input)).join(',')}]}`,
    ] as const,
  ]);
  for (const [name, text] of files) {
    await writeFile(join(folder, name), text);
  }
  const { path } = await ensureOpa({ cacheFolder: cacheFolder() });
  const entry = `data.${ENTRY_POINT.replaceAll('/', '.')}`;
  const query = `[verdicts | some one in data.inputs; verdicts := ${entry} with input as one]`;
  const { ok, stdout, stderr } = await runProgram({
    name: 'opa eval',
    command: path,
    args: ['eval', '--format', 'raw', '--data', '.', query],
    cwd: folder,
  });
  assert.ok(ok, stderr);
  const judged: readonly Verdicts[] = JSON.parse(stdout);
  return judged;
}

/** A line for each finding: neither sets nor the keys of objects have an order. */
function linesOf(verdicts: Verdicts = {}): readonly string[] {
  const lines = Object.entries(verdicts).flatMap(([policy, rules]) =>
    Object.entries(rules).flatMap(([rule, found]) => [
      `${policy}.${rule}: ${found.length}`,
      ...found.map((each) => `${policy}.${rule}: ${JSON.stringify(each, byKey)}`),
    ]),
  );
  return lines.toSorted();
}

function byKey(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

describe('the default policies in WebAssembly', () => {
  let bundle: PolicyBundle;

  before(async () => {
    bundle = await loadBundle(await bundleFolder());
  });

  for (const [what, text] of Object.entries(CONFIGURATIONS)) {
    it(`find what OPA finds in every recorded review, with ${what}`, async (context) => {
      const inputs = await inputsOf(bundle, configurationOf(text));
      const folder = await makeTemporaryFolder(context);

      const judged = await judgeInWasm(bundle, inputs);
      const expected = await judgeByOpa(bundle, inputs, folder);

      assert.equal(expected.length, inputs.length);
      assert.ok(inputs.length > cases.length / 2);
      let found = 0;
      for (const [index, verdicts] of judged.entries()) {
        assert.equal(Object.keys(verdicts).length, bundle.manifest.policies.length);
        assert.deepEqual(linesOf(verdicts), linesOf(expected[index]));
        for (const rules of Object.values(verdicts)) {
          for (const list of Object.values(rules)) found += list.length;
        }
      }
      assert.ok(found > inputs.length / 2, `${found} findings in ${inputs.length} reviews`);
      context.diagnostic(`${inputs.length} reviews, ${found} findings`);
    });
  }
});
