/** Builds small WebAssembly modules for tests, section by section. Source: WebAssembly core specification 2.0, section 5.5. */

/** The beginning of every module: magic number and version. */
export const WASM_HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** The numbers of the sections that tests write. */
export const WASM_SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  element: 9,
  code: 10,
  tag: 13,
} as const;

export type WasmSections = readonly (readonly [id: number, content: readonly number[]])[];

/** A module of sections, each with its length before it. */
export function wasmModule(sections: WasmSections): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...WASM_HEADER,
    ...sections.flatMap(([id, content]) => [id, ...leb(content.length), ...content]),
  ]);
}

/** A vector: how many items, and the items. */
export function wasmVector(...items: readonly (readonly number[])[]): readonly number[] {
  return [...leb(items.length), ...items.flat()];
}

/** The body of a function: its length, groups of locals, instructions and their end. */
export function wasmBody(
  instructions: readonly number[],
  locals: readonly number[] = [0],
): readonly number[] {
  const body = [...locals, ...instructions, 0x0b];
  return [...leb(body.length), ...body];
}

/** An export of a function by its index. */
export function wasmExport(name: string, index: number): readonly number[] {
  return [name.length, ...Buffer.from(name), 0, index];
}

/** A module with one function, `run`, from an i32 to an i32, and one page of memory that it imports as `env.memory`. */
export function wasmRunning(
  instructions: readonly number[],
  locals?: readonly number[],
): Uint8Array<ArrayBuffer> {
  return wasmModule([
    [WASM_SECTION.type, wasmVector([0x60, 1, 0x7f, 1, 0x7f])],
    [
      WASM_SECTION.import,
      wasmVector([3, ...Buffer.from('env'), 6, ...Buffer.from('memory'), 2, 1, 1, 2]),
    ],
    [WASM_SECTION.function, wasmVector([0])],
    [WASM_SECTION.export, wasmVector(wasmExport('run', 0))],
    [WASM_SECTION.code, wasmVector(wasmBody(instructions, locals))],
  ]);
}

function leb(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...leb(Math.floor(value / 0x80))];
}
