/** The part of the WebAssembly JavaScript interface (W3C) that is used here; TypeScript has it only among the browser's types. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
    /** Keeps modules apart from other objects. */
    private readonly module: never;
  }
  class Memory {
    constructor(descriptor: { readonly initial: number; readonly maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Global {
    value: unknown;
  }
  type ExportedFunction = (...values: number[]) => number;
  type ImportedFunction = (...values: number[]) => number | void;
  class Instance {
    constructor(
      module: Module,
      imports: Readonly<Record<string, Readonly<Record<string, Memory | ImportedFunction>>>>,
    );
    readonly exports: Readonly<Record<string, ExportedFunction | Global | Memory>>;
  }
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>;
}
