import assert from 'node:assert/strict';
import { once } from 'node:events';
import { before, describe, it } from 'node:test';
import { MessageChannel } from 'node:worker_threads';

import type { Builtin } from '../../src/policy/wasm/builtins/builtin.ts';
import { loadRequiredBuiltins } from '../../src/policy/wasm/load-required-builtins.ts';
import type { PolicyBundle } from '../../src/policy/load-bundle.ts';
import {
  EvaluationError,
  readRequiredBuiltins,
  WasmHost,
} from '../../src/policy/wasm/wasm-host.ts';
import { runWorker } from '../../src/policy/worker-loop.ts';
import {
  JOB_COMPLETED,
  JOB_FAILED,
  JOB_OUT_OF_MEMORY,
  STATUS_BYTES,
  STATUS_RUNNING,
  STATUS_TAKEN_BACK,
  type WorkerBatch,
} from '../../src/policy/worker-messages.ts';
import { compileFolder, fixturePolicies } from '../support/policy-bundles.ts';

const NOW = { nowMs: 0 };

let bundle: PolicyBundle;
let hostBuiltins: ReadonlyMap<string, Builtin>;

before(async () => {
  bundle = await compileFolder(fixturePolicies('judging'));
  hostBuiltins = await loadRequiredBuiltins(bundle.module);
});

function input(name: string, policy: string): Uint8Array {
  return Buffer.from(
    JSON.stringify({
      request: { name, namespace: 'shop', operation: 'CREATE' },
      facts: { actor: { class: 'other' }, object: { managed: true, app: 'größe "日本"' } },
      parameters: { [policy]: { greeting: 'Grüße' } },
    }),
  );
}

function findings(text: string): unknown {
  const [answer]: { result: Record<string, Record<string, { message: string }[]>> }[] =
    JSON.parse(text);
  return answer?.result;
}

describe('WasmHost', () => {
  it('evaluates an input of several parts, with characters of every length', () => {
    const host = new WasmHost(bundle.module, { memoryPagesMax: 256, builtins: hostBuiltins });
    const whole = input('wéb', 'refuse_other');

    const text = host.evaluate([whole.subarray(0, 10), whole.subarray(10)], NOW);

    assert.deepEqual(findings(text), {
      refuse_other: {
        deny: [
          {
            code: 'managed_object_changed',
            message: 'Grüße: shop/wéb is managed by größe "日本"',
            path: 'spec',
            remedy: 'Change it in Git',
            details: { names: ['wéb', 'b'] },
          },
        ],
        warn: [],
        audit: [],
      },
    });
  });

  it('gives the same answer as often as it is asked', () => {
    const host = new WasmHost(bundle.module, { memoryPagesMax: 256, builtins: hostBuiltins });
    const answers = Array.from({ length: 500 }, () =>
      host.evaluate([input('a', 'refuse_other')], NOW),
    );

    assert.equal(new Set(answers).size, 1);
  });

  it('judges after a failure as before it', () => {
    const host = new WasmHost(bundle.module, { memoryPagesMax: 256, builtins: hostBuiltins });
    const before_ = host.evaluate([input('a', 'refuse_other')], NOW);

    assert.throws(() => host.evaluate([input('conflict', 'failing')], NOW), EvaluationError);

    assert.equal(host.evaluate([input('a', 'refuse_other')], NOW), before_);
  });

  it('makes another instance after a failure, and only for the next evaluation', () => {
    let instances = 0;
    class CountedBuiltins extends Map<string, Builtin> {
      override get(name: string): Builtin | undefined {
        if (name === firstBuiltin) instances += 1;
        return super.get(name);
      }
    }
    const [firstBuiltin] = readRequiredBuiltins(bundle.module);
    const host = new WasmHost(bundle.module, {
      memoryPagesMax: 256,
      builtins: new CountedBuiltins(hostBuiltins),
    });
    const counts = [instances];
    assert.throws(() => host.evaluate([input('conflict', 'failing')], NOW), EvaluationError);
    counts.push(instances);
    for (let time = 0; time < 2; time += 1) {
      host.evaluate([input('a', 'refuse_other')], NOW);
      counts.push(instances);
    }

    assert.deepEqual(counts, [1, 1, 2, 2]);
  });

  it('gives memory back after an evaluation that needed much', () => {
    const host = new WasmHost(bundle.module, {
      memoryPagesMax: 4096,
      builtins: hostBuiltins,
      recyclePagesMin: 16,
    });
    const large = input('x'.repeat(4 * 1024 * 1024), 'malformed');

    assert.equal(host.evaluate([large], NOW), '[{"result":{"malformed":{"deny":[]}}}]');
    assert.equal(
      host.evaluate([input('a', 'malformed')], NOW),
      '[{"result":{"malformed":{"deny":[]}}}]',
    );
  });

  it('tells running out of memory from other failures', () => {
    const host = new WasmHost(bundle.module, { memoryPagesMax: 64, builtins: hostBuiltins });
    const outOfMemory = (policy: string, name: string): boolean | undefined => {
      try {
        host.evaluate([input(name, policy)], NOW);
        return undefined;
      } catch (fault) {
        return fault instanceof EvaluationError && fault.exceeded === 'memory';
      }
    };

    assert.deepEqual(
      [
        outOfMemory('hungry', 'huge'),
        outOfMemory('hungry', 'x'.repeat(5 * 1024 * 1024)),
        outOfMemory('failing', 'conflict'),
        outOfMemory('failing', 'web'),
      ],
      [true, true, false, undefined],
    );
  });

  it('refuses a result that is too large to be a verdict', () => {
    const host = new WasmHost(bundle.module, { memoryPagesMax: 4096, builtins: hostBuiltins });

    assert.throws(() => host.evaluate([input('long', 'verbose')], NOW), {
      name: 'EvaluationError',
      message: 'The result has more than 1048576 bytes',
    });
  });

  it('ends a built-in whose text grows without end: a full heap would end the process', () => {
    const host = new WasmHost(bundle.module, { memoryPagesMax: 4096, builtins: hostBuiltins });

    assert.throws(() => host.evaluate([input('loud', 'verbose')], NOW), {
      name: 'EvaluationError',
      message: 'Built-in "sprintf" failed: the text has more than 1048576 characters',
    });
  });

  it('refuses an operand that would fill the heap as JavaScript values', () => {
    const host = new WasmHost(bundle.module, { memoryPagesMax: 4096, builtins: hostBuiltins });

    assert.throws(() => host.evaluate([input('x'.repeat(1024 * 1024), 'refuse_other')], NOW), {
      name: 'EvaluationError',
      message: 'The operand of "sprintf" has more than 1048576 bytes',
    });
  });

  it('gives the policies their data', () => {
    const host = new WasmHost(bundle.module, {
      memoryPagesMax: 256,
      builtins: hostBuiltins,
      data: { a: ['b'] },
    });

    assert.equal(
      host.evaluate([input('a', 'malformed')], NOW),
      '[{"result":{"malformed":{"deny":[]}}}]',
    );
  });

  it('ends an evaluation that calls an unknown built-in, whatever was promised at load', () => {
    const host = new WasmHost(bundle.module, { memoryPagesMax: 256, builtins: new Map() });

    assert.throws(() => host.evaluate([input('a', 'refuse_other')], NOW), {
      name: 'EvaluationError',
      message: /^The policy called unknown built-in \d+$/,
    });
  });

  it('takes a fault of a built-in for a failure, with its cause', () => {
    const cause = new TypeError('our own mistake');
    const builtins = new Map([
      [
        'sprintf',
        () => {
          throw cause;
        },
      ],
    ]);
    const host = new WasmHost(bundle.module, { memoryPagesMax: 256, builtins });

    assert.throws(() => host.evaluate([input('a', 'refuse_other')], NOW), {
      name: 'EvaluationError',
      message: 'The evaluation failed: our own mistake',
      cause,
    });
  });

  it('refuses a module that is not of OPA', () => {
    const empty = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));

    assert.throws(() => new WasmHost(empty, { memoryPagesMax: 256, builtins: hostBuiltins }), {
      name: 'EvaluationError',
      message: 'The module speaks ABI 0.0, wanted 1.2',
    });
  });
});

it('readRequiredBuiltins() tells what a module asks its host for', () => {
  assert.deepEqual(readRequiredBuiltins(bundle.module), [
    'sprintf',
    'time.now_ns',
    'time.parse_rfc3339_ns',
  ]);
});

describe('runWorker()', () => {
  function batch(jobs: readonly (readonly [number, Uint8Array])[]): WorkerBatch {
    const inputs = Buffer.concat(jobs.map(([, bytes]) => bytes));
    return {
      jobs: jobs.flatMap(([number, bytes]) => [number, bytes.byteLength]),
      inputs: new Uint8Array(inputs).buffer,
      nowMs: 0,
    };
  }

  it('answers for each job of a batch, and skips those that were taken back', async (test) => {
    const { port1, port2 } = new MessageChannel();
    test.after(() => port1.close());
    const status = new SharedArrayBuffer(STATUS_BYTES);
    const shared = new BigInt64Array(status);
    const { module } = bundle;
    const ready = once(port1, 'message');
    await runWorker(port2, { module, data: {}, memoryPagesMax: 64, status });
    const [hello]: unknown[] = await ready;
    shared[STATUS_TAKEN_BACK] = 6n;

    const answer = once(port1, 'message');
    port1.postMessage(
      batch([
        [6, input('a', 'malformed')],
        [7, input('a', 'malformed')],
        [8, input('conflict', 'failing')],
        [9, input('huge', 'hungry')],
      ]),
    );
    const [results]: (readonly unknown[])[] = await answer;

    assert.deepEqual(Object.keys(Object(hello)), ['osThreadId']);
    const wanted = [
      [7, JOB_COMPLETED, '[{"result":{"malformed":{"deny":[]}}}]'],
      [8, JOB_FAILED, 'The policy aborted: failing/failing.rego:15:1: var assignment conflict'],
      [9, JOB_OUT_OF_MEMORY, 'The policy aborted: opa_malloc: failed'],
    ];
    const times = (results ?? []).filter((_, index) => index % 4 === 3);
    assert.deepEqual(
      (results ?? []).filter((_, index) => index % 4 !== 3),
      wanted.flat(),
    );
    assert.ok(times.length === 3 && times.every((ranMs) => Number(ranMs) > 0), String(times));
    assert.equal(shared[STATUS_RUNNING], 0n);
  });
});
