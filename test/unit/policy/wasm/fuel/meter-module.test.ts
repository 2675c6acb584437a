import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { FUEL_EXPORT, meterModule } from '../../../../../src/policy/wasm/fuel/meter-module.ts';
import {
  WASM_HEADER,
  WASM_SECTION as SECTION,
  wasmBody,
  wasmExport,
  wasmModule,
  wasmRunning,
  wasmVector,
  type WasmSections,
} from '../../../../support/wasm-modules.ts';

function meter(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const rewriting = meterModule(module);
  for (let step = rewriting.next(); ; step = rewriting.next()) if (step.done) return step.value;
}

/** How much fuel `run` takes, and its result; `undefined` where the fuel did not suffice. */
function burn(
  module: Uint8Array,
  { argument = 0, fuel = 1_000_000 } = {},
): readonly [fuel: number, result: number | undefined] {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
  const compiled = new WebAssembly.Module(meter(module));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  const { run, [FUEL_EXPORT]: global } = exports;
  assert.ok(typeof run === 'function' && global instanceof WebAssembly.Global);
  assert.equal(global.value, 0x7f_ff_ff_ff);
  global.value = fuel;
  try {
    const result = run(argument);
    return [fuel - Number(global.value), result];
  } catch (fault) {
    assert.ok(fault instanceof Error && fault.message.includes('unreachable'));
    assert.ok(Number(global.value) < 0);
    return [fuel, undefined];
  }
}

/** Turns as often as its argument says, and answers 7. */
const LOOP = [
  [0x03, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x41, 0, 0x4a, 0x0d, 0x80, 0x80, 0x00, 0x0b],
  [0x41, 7],
].flat();

/** The length of every section and function written with three bytes where one suffices. */
function padded(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = [...module.subarray(0, WASM_HEADER.length)];
  for (let offset = WASM_HEADER.length; offset < module.length;) {
    const [id = 0, length = 0] = module.subarray(offset, offset + 2);
    bytes.push(id, length | 0x80, 0x80, 0x00);
    bytes.push(...module.subarray(offset + 2, offset + 2 + length));
    offset += 2 + length;
  }
  return Uint8Array.from(bytes);
}

describe('meterModule()', () => {
  it('takes a unit for the call and one for each turn of a loop', () => {
    const counts = [1, 10, 1000].map((argument) => burn(wasmRunning(LOOP), { argument }));

    assert.deepEqual(counts, [
      [2, 7],
      [11, 7],
      [1001, 7],
    ]);
  });

  it('ends a loop whose fuel is used up, and not one whose fuel is just enough', () => {
    assert.deepEqual(burn(wasmRunning(LOOP), { argument: 100, fuel: 101 }), [101, 7]);
    assert.deepEqual(burn(wasmRunning(LOOP), { argument: 100, fuel: 100 }), [100, undefined]);
  });

  it('ends a loop that has no other end', () => {
    assert.deepEqual(burn(wasmRunning([0x03, 0x40, 0x0c, 0, 0x0b, 0x41, 7])), [
      1_000_000,
      undefined,
    ]);
  });

  it('reads lengths of any padding', () => {
    assert.deepEqual(burn(padded(wasmRunning(LOOP)), { argument: 10 }), [11, 7]);
  });

  it('takes a unit for each call of a recursion', () => {
    // n = 0 ? 7 : run(n - 1)
    const recursive = [0x20, 0, 0x45, 0x04, 0x7f, 0x41, 7, 0x05];
    const descend = [0x20, 0, 0x41, 1, 0x6b, 0x10, 0, 0x0b];

    assert.deepEqual(burn(wasmRunning([...recursive, ...descend]), { argument: 50 }), [51, 7]);
  });

  it('takes more where memory is filled or copied, by the bytes', () => {
    const fill = [0x41, 0, 0x41, 1, 0x20, 0, 0xfc, 0x0b, 0];
    const copy = [0x41, 0, 0x41, 16, 0x20, 0, 0xfc, 0x0a, 0, 0];
    const used = [fill, copy].map((moves) =>
      [0, 64, 32_000].map((argument) => burn(wasmRunning([...moves, 0x41, 7]), { argument })[0]),
    );

    assert.deepEqual(used, [
      [2, 4, 1002],
      [2, 4, 1002],
    ]);
    assert.deepEqual(burn(wasmRunning([...fill, 0x41, 7]), { argument: 64_000, fuel: 1999 }), [
      1999,
      undefined,
    ]);
  });

  it('takes more where memory grows, up to its own limit', () => {
    assert.deepEqual(burn(wasmRunning([0x20, 0, 0x40, 0]), { argument: 1 }), [1955, 1]);
    assert.deepEqual(burn(wasmRunning([0x20, 0, 0x40, 0]), { argument: 2 }), [1955, -1]);
  });

  it('keeps indirect calls, tables of branches and blocks of every type', () => {
    const types = wasmVector([0x60, 1, 0x7f, 1, 0x7f], [0x60, 2, 0x7f, 0x7f, 1, 0x7f]);
    // loop of type 1: takes two, gives their sum; then br_table by the argument; then a call through the table.
    const run = [
      [0x41, 3, 0x41, 4, 0x03, 1, 0x6a, 0x0b, 0x1a],
      [0x02, 0x40, 0x02, 0x40, 0x20, 0, 0x0e, 1, 0, 1, 0x0b, 0x41, 5, 0x0f, 0x0b],
      [0x20, 0, 0x41, 0, 0x11, 0, 0],
    ].flat();
    const twice = [0x20, 0, 0x20, 0, 0x6a];
    const module = wasmModule([
      [SECTION.custom, [1, 0x78, 0xff]],
      [SECTION.type, types],
      [SECTION.function, wasmVector([0], [0])],
      [SECTION.table, wasmVector([0x70, 0, 1])],
      [SECTION.global, wasmVector([0x7e, 1, 0x42, 0, 0x0b])],
      [SECTION.export, wasmVector(wasmExport('run', 0))],
      [SECTION.element, wasmVector([0, 0x41, 0, 0x0b, 1, 1])],
      [SECTION.code, wasmVector(wasmBody(run), wasmBody(twice))],
    ]);

    assert.deepEqual(burn(module, { argument: 0 }), [2, 5]);
    assert.deepEqual(burn(module, { argument: 21 }), [3, 42]);
  });

  it('yields after each function, so that its caller may pause', () => {
    const rewriting = meterModule(wasmRunning(LOOP));

    assert.deepEqual(rewriting.next(), { done: false, value: undefined });
    assert.equal(rewriting.next().done, true);
  });

  it('counts imported globals, and gives a module exports and globals that has none', () => {
    const imports = wasmVector(
      [1, 0x65, 1, 0x66, 0, 0],
      [1, 0x65, 1, 0x74, 1, 0x70, 1, 1, 2],
      [1, 0x65, 1, 0x6d, 2, 0, 1],
      [1, 0x65, 1, 0x67, 3, 0x7f, 0],
    );
    const reads = (index: number): Uint8Array =>
      wasmModule([
        [SECTION.type, wasmVector([0x60, 0, 0])],
        [SECTION.import, imports],
        [SECTION.function, wasmVector([0])],
        [SECTION.code, wasmVector(wasmBody([0x23, index, 0x1a]))],
      ]);

    assert.equal(WebAssembly.validate(meter(reads(0))), true);
    assert.throws(() => meter(reads(1)), { name: 'MeteringError' });
  });
});

const REFUSED: readonly (readonly [what: string, module: Uint8Array, message: string])[] = [
  ['nothing', new Uint8Array(), 'it does not begin as a module of version 1'],
  [
    'another version',
    Uint8Array.from([...WASM_HEADER.slice(0, 4), 2, 0, 0, 0]),
    'it does not begin as a module of version 1',
  ],
  [
    'a memory of its own',
    of([SECTION.memory, wasmVector([0, 1])]),
    'its memory is its own, and so has no limit',
  ],
  ['exceptions', of([SECTION.tag, wasmVector([0, 0])]), 'its section 13 is not known'],
  [
    'two sections of a kind',
    of([SECTION.code, [0]], [SECTION.code, [0]]),
    'its section 10 occurs twice',
  ],
  [
    'a section that is cut off',
    Uint8Array.from([...WASM_HEADER, 1, 5, 0]),
    'it ends too early, at byte 11',
  ],
  [
    'an import of another kind',
    of([SECTION.import, wasmVector([0, 0, 4, 0])]),
    'an import of kind 4 before byte 14 is not known',
  ],
  [
    'memory that threads share',
    of([SECTION.import, wasmVector([0, 0, 2, 3, 1, 1])]),
    'limits of form 3 before byte 15 are not known',
  ],
  [
    'something behind its functions',
    of([SECTION.code, [0, 0]]),
    'there is something behind the last function, at byte 11',
  ],
];

function of(...sections: WasmSections): Uint8Array {
  return wasmModule(sections);
}

describe('meterModule() refuses', () => {
  for (const [what, module, message] of REFUSED) {
    it(what, () => {
      assert.throws(() => meter(module), { name: 'MeteringError', message });
    });
  }
});
