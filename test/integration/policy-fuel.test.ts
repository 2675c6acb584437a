/**
 * The metered module gives the verdicts of the one that the workers run: on recorded reviews, and on thousands that are
 * generated and damaged. And whatever is done to a module, metering it ends: with a module, or with an error of its own.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';

import { PACKAGE_FOLDER } from '../../src/base/package-folder.ts';
import type { PolicyBundle } from '../../src/policy/load-bundle.ts';
import { ENGINE_LIMITS } from '../../src/policy/settings.ts';
import { formatInput, formatParameters } from '../../src/policy/wasm/format-input.ts';
import { MeteringError } from '../../src/policy/wasm/fuel/byte-reader.ts';
import { meterModule } from '../../src/policy/wasm/fuel/meter-module.ts';
import { loadRequiredBuiltins } from '../../src/policy/wasm/load-required-builtins.ts';
import { EvaluationError, WasmHost } from '../../src/policy/wasm/wasm-host.ts';
import { damageBytes, damageValue } from '../support/damage-json.ts';
import { planPolicyInputs, type PolicyInput } from '../support/policy-inputs.ts';
import { compileFolder, fixturePolicies } from '../support/policy-bundles.ts';
import { readRecordedReviews } from '../support/recorded-reviews.ts';
import { seededRandom } from '../support/seeded-random.ts';

const NOW = { nowMs: 1_700_000_000_000 };
const GENERATED = 10_000;
const INPUT_BYTES_MAX = ENGINE_LIMITS['engine.inlineInputBytesMax'].default;

interface Hosts {
  readonly worker: WasmHost;
  readonly inline: WasmHost;
}

function meter(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const rewriting = meterModule(module);
  for (let step = rewriting.next(); ; step = rewriting.next()) if (step.done) return step.value;
}

/** As the engine makes them. */
async function makeHosts({
  module,
  moduleBytes,
  manifest: { data },
}: PolicyBundle): Promise<Hosts> {
  const builtins = await loadRequiredBuiltins(module);
  const memoryPagesMax = ENGINE_LIMITS['engine.memoryPagesMax'].default;
  return {
    worker: new WasmHost(module, { memoryPagesMax, data, builtins }),
    inline: new WasmHost(new WebAssembly.Module(meter(moduleBytes)), {
      memoryPagesMax: ENGINE_LIMITS['engine.inlineMemoryPagesMax'].default,
      data,
      builtins,
      fuel: ENGINE_LIMITS['engine.inlineFuel'].default,
    }),
  };
}

function judge(host: WasmHost, input: Uint8Array): string {
  try {
    return host.evaluate([input], NOW);
  } catch (fault) {
    assert.ok(fault instanceof EvaluationError);
    return fault.message;
  }
}

function format({ parameters, ...parts }: PolicyInput): Uint8Array {
  return formatInput({ ...parts, parametersJson: formatParameters(parameters) });
}

describe('a metered module', () => {
  let bundle: PolicyBundle;
  let hosts: Hosts;
  let recorded: readonly PolicyInput[];

  before(async () => {
    bundle = await compileFolder(join(PACKAGE_FOLDER, 'policies'));
    hosts = await makeHosts(bundle);
    const bodies = readRecordedReviews().map(({ body }) => body);
    recorded = await planPolicyInputs(bodies, bundle.manifest.policies);
  });

  function assertEqual(input: Uint8Array): string {
    const verdict = judge(hosts.worker, input);
    assert.equal(judge(hosts.inline, input), verdict, Buffer.from(input).toString());
    return verdict;
  }

  it('judges every recorded review alike, by the policies that match and by all', () => {
    assert.ok(recorded.length > 15);
    const all = bundle.manifest.policies.map(({ name, parameters }) => [name, parameters] as const);
    for (const parts of recorded) {
      assertEqual(format(parts));
      assertEqual(format({ ...parts, parameters: all }));
    }
  });

  it(`judges ${GENERATED} generated and damaged reviews alike`, () => {
    const random = seededRandom(13);
    const verdicts = new Set<string>();
    for (let number = 0; number < GENERATED; number += 1) {
      const input = generate(recorded[number % recorded.length], random);
      if (input.byteLength > INPUT_BYTES_MAX) continue;
      verdicts.add(assertEqual(input));
    }

    // Else everything failed in the same way, and nothing was compared.
    assert.ok(verdicts.size > 500, `${verdicts.size} verdicts`);
  });

  function generate(parts: PolicyInput | undefined, random: (bound: number) => number): Uint8Array {
    assert.ok(parts);
    const { requestJson, facts, parameters } = parts;
    const request: unknown = JSON.parse(Buffer.from(requestJson).toString());
    const damaged = Buffer.from(JSON.stringify(damageValue(request, random)) ?? 'null');
    const isBroken = random(10) === 0;
    return format({
      requestJson: isBroken ? damageBytes(damaged, random) : damaged,
      facts: random(3) === 0 ? damageValue(facts, random) : facts,
      parameters: random(4) === 0 ? parameters.slice(random(parameters.length)) : parameters,
    });
  }

  it('fails as the other does, where policies fail', async () => {
    const failing = await makeHosts(await compileFolder(fixturePolicies('judging')));
    for (const name of ['conflict', 'when', 'nameless', 'web', 'größe']) {
      const input = Buffer.from(
        JSON.stringify({
          request: { name, namespace: 'shop', operation: 'CREATE' },
          facts: { actor: { class: 'other' }, object: { managed: true, app: 'a' } },
          parameters: { failing: {}, malformed: {}, refuse_other: { greeting: 'Hi' }, verbose: {} },
        }),
      );
      assert.equal(judge(failing.inline, input), judge(failing.worker, input));
    }
  });
});

describe('metering a module that is damaged', () => {
  let bytes: Uint8Array;

  before(async () => {
    ({ moduleBytes: bytes } = await compileFolder(fixturePolicies('successor')));
  });

  /** What came of it; anything else is thrown on. */
  function outcome(module: Uint8Array): 'valid' | 'invalid' | 'refused' {
    try {
      return WebAssembly.validate(meter(module)) ? 'valid' : 'invalid';
    } catch (fault) {
      assert.ok(fault instanceof MeteringError, String(fault));
      return 'refused';
    }
  }

  it('gives a valid module where nothing is damaged', () => {
    assert.equal(outcome(bytes), 'valid');
  });

  it('gives no valid module where it is cut off', () => {
    const cuts = Array.from({ length: 200 }, (_, index) =>
      Math.floor((bytes.byteLength * index) / 200),
    );
    // What ends between two sections is whole, and lacks functions that were declared.
    const outcomes = cuts.map((end) => outcome(bytes.subarray(0, end)));

    assert.ok(!outcomes.slice(1).includes('valid'));
  });

  it('never gives a valid module of an invalid one', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 300; round += 1) {
      const damaged = new Uint8Array(bytes);
      for (let change = random(3); change >= 0; change -= 1) {
        damaged[random(damaged.length)] = random(256);
      }
      if (outcome(damaged) === 'valid') assert.equal(WebAssembly.validate(damaged), true);
    }
  });
});
