/** The entry point asks the selected policies only: what an evaluation costs does not grow with what else is loaded. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { formatInput, formatParameters } from '../../src/policy/wasm/format-input.ts';
import { loadRequiredBuiltins } from '../../src/policy/wasm/load-required-builtins.ts';
import { WasmHost } from '../../src/policy/wasm/wasm-host.ts';
import { countSteps, instrument } from '../support/count-steps.ts';
import { bundleFolder, policyText } from '../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const LOADED_FEW = 5;
const LOADED_MANY = 50;
/** Hash tables of another size take some steps more or less. */
const GROWTH_MAX = 1.2;
const SELECTED = ['sample0', 'sample2', 'sample4'];

function nameOf(index: number): string {
  return `sample${String(index)}`;
}

/** What the selected policies say, and in how many steps. */
async function evaluate(
  test: TestContext,
  loaded: number,
): Promise<{ readonly verdicts: unknown; readonly steps: number }> {
  const files = Array.from({ length: loaded }, (_, index): [string, string] => {
    const name = nameOf(index);
    const body =
      'deny contains {"code": "no", "message": $"{input.parameters.text}"} if input.request.name == "bad"';
    return [`${name}/${name}.rego`, policyText({ name, body })];
  });
  const folder = await bundleFolder(await makeTemporaryFolder(test, Object.fromEntries(files)));
  const module = new WebAssembly.Module(instrument(readFileSync(join(folder, 'policy.wasm'))));
  const input = formatInput({
    requestJson: Buffer.from('{"name":"bad"}'),
    facts: {},
    parametersJson: formatParameters(SELECTED.map((name) => [name, { text: name }])),
  });
  const builtins = await loadRequiredBuiltins(module);
  let verdicts: unknown;
  const stepsOf = (times: number): number =>
    countSteps(() => {
      const host = new WasmHost(module, {
        memoryPagesMax: 1024,
        recyclePagesMin: 1024,
        data: {},
        builtins,
      });
      for (let time = 0; time < times; time += 1) verdicts = host.evaluate([input], { nowMs: 0 });
    });
  // Without the start of the module, which does grow.
  return { steps: stepsOf(2) - stepsOf(1), verdicts };
}

it('an evaluation costs the same however many policies are loaded beside those that are selected', async (test) => {
  const few = await evaluate(test, LOADED_FEW);
  const many = await evaluate(test, LOADED_MANY);

  assert.deepEqual(many.verdicts, few.verdicts);
  assert.ok(
    many.steps / few.steps <= GROWTH_MAX,
    `${String(few.steps)} and ${String(many.steps)} steps`,
  );
});
