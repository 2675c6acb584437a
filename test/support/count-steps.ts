/**
 * Counts what a WASM module does: each call of a function and each turn of a loop. Unlike time, the count is the same on
 * every machine and in every run.
 *
 * Source: WebAssembly core specification 2.0, chapter 5 "Binary format".
 */
import assert from 'node:assert/strict';

const COUNTER = 'holdfast_steps';
const HEADER_BYTES = 8;
const SECTION = { import: 2, global: 6, export: 7, code: 10 } as const;
const OPCODE = { loop: 0x03, end: 0x0b } as const;

/** The module, with a global that counts its steps. */
export function instrument(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const reader = new Reader(module, HEADER_BYTES);
  const sections: { readonly id: number; readonly body: Uint8Array }[] = [];
  while (!reader.isAtEnd) {
    const id = reader.byte();
    sections.push({ id, body: reader.bytes(reader.leb()) });
  }
  const bodyOf = (id: number): Uint8Array => sections.find((one) => one.id === id)?.body ?? empty;
  const counter = countImportedGlobals(bodyOf(SECTION.import)) + countItems(bodyOf(SECTION.global));
  const count = [0x23, ...leb(counter), 0x42, 1, 0x7c, 0x24, ...leb(counter)];
  const name = [...new TextEncoder().encode(COUNTER)];
  const rewritten = sections.map(({ id, body }) => {
    switch (id) {
      case SECTION.global:
        // A mutable i64 that begins with 0.
        return { id, body: appendItem(body, [0x7e, 1, 0x42, 0, OPCODE.end]) };
      case SECTION.export:
        return { id, body: appendItem(body, [...leb(name.length), ...name, 3, ...leb(counter)]) };
      case SECTION.code:
        return { id, body: countInCode(body, count) };
      default:
        return { id, body };
    }
  });
  return Uint8Array.from(
    Buffer.concat([
      module.subarray(0, HEADER_BYTES),
      ...rewritten.flatMap(({ id, body }) => [Uint8Array.of(id, ...leb(body.length)), body]),
    ]),
  );
}

/** Runs something that makes instances of instrumented modules, and says how many steps they took. */
export function countSteps(run: () => void): number {
  const Instance = WebAssembly.Instance;
  const made: WebAssembly.Instance[] = [];
  class Counted extends Instance {
    constructor(...parts: ConstructorParameters<typeof Instance>) {
      super(...parts);
      made.push(this);
    }
  }
  WebAssembly.Instance = Counted;
  try {
    run();
  } finally {
    WebAssembly.Instance = Instance;
  }
  return made.reduce((steps, instance) => {
    const counter: unknown = Reflect.get(instance.exports[COUNTER] ?? {}, 'value');
    assert.equal(typeof counter, 'bigint', 'the module counts its steps');
    return steps + Number(counter);
  }, 0);
}

const empty = new Uint8Array();

function countInCode(section: Uint8Array, count: readonly number[]): Uint8Array {
  const reader = new Reader(section);
  const functions = reader.leb();
  const bodies = Array.from({ length: functions }, () => {
    const body = countInFunction(reader.bytes(reader.leb()), count);
    return Buffer.concat([Uint8Array.from(leb(body.length)), body]);
  });
  return Buffer.concat([Uint8Array.from(leb(functions)), ...bodies]);
}

function countInFunction(body: Uint8Array, count: readonly number[]): Uint8Array {
  const reader = new Reader(body);
  for (let groups = reader.leb(); groups > 0; groups -= 1) {
    reader.leb();
    reader.byte();
  }
  const parts: Uint8Array[] = [body.subarray(0, reader.offset), Uint8Array.from(count)];
  let copied = reader.offset;
  while (!reader.isAtEnd) {
    const opcode = reader.byte();
    skipImmediates(reader, opcode);
    if (opcode !== OPCODE.loop) continue;
    parts.push(body.subarray(copied, reader.offset), Uint8Array.from(count));
    copied = reader.offset;
  }
  return Buffer.concat([...parts, body.subarray(copied)]);
}

function skipImmediates(reader: Reader, opcode: number): void {
  if (opcode >= 0x28 && opcode <= 0x3e) reader.lebs(2);
  else if (opcode >= 0x20 && opcode <= 0x26) reader.lebs(1);
  else if (opcode === 0x43) reader.bytes(4);
  else if (opcode === 0x44) reader.bytes(8);
  else if (opcode === 0x0e) reader.lebs(reader.leb() + 1);
  else if (opcode === 0x1c) reader.lebs(reader.leb());
  else if (opcode === 0xfc) reader.lebs(bulkImmediates(reader.leb()));
  else if (opcode === 0x11) reader.lebs(2);
  else if (ONE_IMMEDIATE.has(opcode)) reader.lebs(1);
}

/** block, loop, if, br, br_if, call, memory.size, memory.grow, i32.const, i64.const, ref.null, ref.func. */
const ONE_IMMEDIATE: ReadonlySet<number> = new Set([
  0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2,
]);

function bulkImmediates(operation: number): number {
  if (operation < 8) return 0;
  return [8, 10, 12, 14].includes(operation) ? 2 : 1;
}

function countImportedGlobals(section: Uint8Array): number {
  if (section.length === 0) return 0;
  const reader = new Reader(section);
  let globals = 0;
  for (let imports = reader.leb(); imports > 0; imports -= 1) {
    reader.bytes(reader.leb());
    reader.bytes(reader.leb());
    const kind = reader.byte();
    if (kind === 0) reader.leb();
    else if (kind === 3) {
      globals += 1;
      reader.bytes(2);
    } else {
      if (kind === 1) reader.byte();
      const hasMaximum = reader.byte() % 2 === 1;
      reader.lebs(hasMaximum ? 2 : 1);
    }
  }
  return globals;
}

function countItems(section: Uint8Array): number {
  return section.length === 0 ? 0 : new Reader(section).leb();
}

function appendItem(section: Uint8Array, item: readonly number[]): Uint8Array {
  const reader = new Reader(section);
  const items = reader.leb();
  return Buffer.concat([
    Uint8Array.from(leb(items + 1)),
    section.subarray(reader.offset),
    Uint8Array.from(item),
  ]);
}

/** An unsigned number in LEB128. */
function leb(value: number): readonly number[] {
  const low = value % 128;
  return value < 128 ? [low] : [low + 128, ...leb(Math.floor(value / 128))];
}

class Reader {
  readonly #source: Uint8Array;
  offset: number;

  constructor(source: Uint8Array, offset = 0) {
    this.#source = source;
    this.offset = offset;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.#source.length;
  }

  byte(): number {
    const byte = this.#source[this.offset];
    assert.ok(byte !== undefined, 'the module ends too early');
    this.offset += 1;
    return byte;
  }

  bytes(length: number): Uint8Array {
    this.offset += length;
    return this.#source.subarray(this.offset - length, this.offset);
  }

  /** Signed ones are read as unsigned ones: only their length counts here. */
  leb(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  }

  lebs(count: number): void {
    for (let index = 0; index < count; index += 1) this.leb();
  }
}
