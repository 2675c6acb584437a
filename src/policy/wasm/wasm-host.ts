/**
 * The only importer of `@open-policy-agent/opa-wasm`, and the only file that uses OPA's WASM ABI.
 *
 * The instance gets our own imports, and the SDK's `LoadedPolicy` is built around it. This avoids the SDK's dispatch
 * of built-ins, which cannot be overridden: its `sprintf` differs from Go's, it throws strings, and it prints to the
 * console. Source: OPA documentation, "WebAssembly", ABI 1.2.
 */
import { createRequire } from 'node:module';

import type * as OpaWasm from '@open-policy-agent/opa-wasm';

import { errorText } from '../../base/error-details.ts';
import type { BuiltinRules } from './builtin-rules.ts';
import {
  BuiltinError,
  BuiltinLimitError,
  type Builtin,
  type BuiltinContext,
} from './builtins/builtin.ts';
import { FUEL_EXPORT } from './fuel/meter-module.ts';
import { parseRegoLiteral } from './parse-rego-literal.ts';
import { formatRegoLiteral } from './rego-value.ts';

/** What an evaluation ran out of. */
export type ExceededLimit = 'memory' | 'fuel';

/** The evaluation did not complete: the module aborted, reached a limit, or a built-in failed. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  readonly exceeded: ExceededLimit | undefined;

  constructor(
    message: string,
    options?: { readonly cause?: unknown; readonly exceeded?: ExceededLimit | undefined },
  ) {
    super(message, options);
    this.exceeded = options?.exceeded;
  }
}

/** The package's CommonJS entry: the ES module does not export `LoadedPolicy`. */
const sdk = readSdk(createRequire(import.meta.url)('@open-policy-agent/opa-wasm'));

/** Source: WebAssembly core specification, memory instances: the page size. */
const PAGE_BYTES = 65_536;
/** The initial memory of an instance: enough for its data section and a usual request. */
const PAGES_INITIAL = 16;
/** A result takes a few hundred bytes; more means a policy with repeated findings. */
const RESULT_BYTES_MAX = 1024 * 1024;
/**
 * As JavaScript values, JSON takes up to a hundred times its size; and a full heap of a thread ends the whole
 * process.
 */
const OPERAND_BYTES_MAX = 1024 * 1024;
const ABI_VERSION = 1;
/** What a call of a built-in costs besides its bytes: passing values takes microseconds. */
const CALL_FUEL = 1000;
/** What a byte costs that is read from the module or written into it by a built-in. */
const BYTE_FUEL = 10;
/** The address that stands for an undefined value. */
const UNDEFINED = 0;
/** The message of OPA's allocator when the memory cannot grow. */
const MALLOC_FAILED = 'opa_malloc: failed';
/** From this minor version on, one call parses the input, evaluates and serializes the result. */
const ABI_MINOR_VERSION_MIN = 2;

/** What an evaluation is told besides its input. */
export interface EvaluationContext extends Omit<BuiltinContext, 'spend'>, BuiltinRules {}

export interface WasmHostOptions {
  /** Upper limit of the instance's memory, in pages of 64 KiB: a policy that needs more fails. */
  readonly memoryPagesMax: number;
  /**
   * WASM memory never shrinks: after an evaluation that grew it beyond this, the instance is replaced.
   * @default 256 (16 MiB)
   */
  readonly recyclePagesMin?: number;
  /** The `data` document. @default {} */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Those that the module asks for: of `loadBuiltins(readRequiredBuiltins(module))`. A call of another one ends the evaluation. */
  readonly builtins: ReadonlyMap<string, Builtin>;
  /**
   * `json` writes sets as arrays, in no order; `rego` is the text form of Rego's values, where a set is one.
   * @default json
   */
  readonly resultFormat?: 'json' | 'rego';
  /**
   * How much each evaluation may do, in units of fuel; the module must be one of `meterModule`. Preparing an instance
   * may do as much.
   * @default no limit
   */
  readonly fuel?: number;
}

/** A module that is ready for evaluation, in the thread that created it. Not reentrant. */
export class WasmHost {
  readonly #module: WebAssembly.Module;
  readonly #options: WasmHostOptions;
  /**
   * `undefined` after an evaluation that spoiled it. The next one makes another: a millisecond, which whoever waits for the
   * answer about the failure does not pay, and which a thread that is ended anyway never needs.
   */
  #instance: HostInstance | undefined;

  constructor(module: WebAssembly.Module, options: WasmHostOptions) {
    this.#module = module;
    this.#options = options;
    this.#instance = new HostInstance(module, options);
  }

  /** Bytes of WASM memory that the last evaluation took, its input included; 0 where it did not complete. */
  get usedBytes(): number {
    return this.#instance?.usedBytes ?? 0;
  }

  /**
   * Evaluates an entry point on the parts of one JSON text, and returns the result as text. Without any part, `input` is
   * undefined. @default the first entry point
   */
  evaluate(input: readonly Uint8Array[], context: EvaluationContext, entryPoint = 0): string {
    const instance = (this.#instance ??= new HostInstance(this.#module, this.#options));
    try {
      const result = instance.evaluate(input, context, entryPoint);
      // 16 MiB: memory never shrinks, and one large request must not hold it permanently.
      if (instance.pages > (this.#options.recyclePagesMin ?? 256)) this.#instance = undefined;
      return result;
    } catch (fault) {
      // An exception leaves the module's stack pointer and caches in an inconsistent state.
      this.#instance = undefined;
      throw toEvaluationError(fault, instance);
    }
  }
}

/** The built-in functions that a module requires from its host, in alphabetical order. */
export function readRequiredBuiltins(module: WebAssembly.Module): readonly string[] {
  // Nothing is evaluated: 256 MiB are enough for the data section of any module.
  const instance = new HostInstance(module, { memoryPagesMax: 4096, builtins: new Map() });
  return instance.requiredBuiltins.toSorted();
}

/** The ids of the entry points by their names, as `opa build -e` was given them. */
export function readEntryPoints(module: WebAssembly.Module): ReadonlyMap<string, number> {
  // As above: nothing is evaluated.
  return new HostInstance(module, { memoryPagesMax: 4096, builtins: new Map() }).entryPoints;
}

/** The exports of ABI 1.2 that are called here. */
type ExportName =
  | 'builtins'
  | 'entrypoints'
  | 'opa_eval'
  | 'opa_heap_ptr_get'
  | 'opa_json_dump'
  | 'opa_value_dump'
  | 'opa_value_parse'
  | 'opa_malloc';
type PolicyExports = Readonly<Record<ExportName, WebAssembly.ExportedFunction>>;

class HostInstance {
  readonly requiredBuiltins: readonly string[];
  readonly #memory: WebAssembly.Memory;
  readonly #exports: PolicyExports;
  readonly #policy: InstanceType<typeof sdk.LoadedPolicy>;
  readonly #byId: (NamedBuiltin | undefined)[] = [];
  readonly #fuel: WebAssembly.Global | undefined;
  readonly #fuelMax: number | undefined;
  readonly #resultFormat: 'json' | 'rego';
  #context: EvaluationContext = { nowMs: 0 };

  constructor(module: WebAssembly.Module, options: WasmHostOptions) {
    this.#memory = new WebAssembly.Memory({
      initial: Math.min(PAGES_INITIAL, options.memoryPagesMax),
      maximum: options.memoryPagesMax,
    });
    const instance = new WebAssembly.Instance(module, { env: this.#imports() });
    this.#exports = readExports(instance);
    this.#fuelMax = options.fuel;
    this.#resultFormat = options.resultFormat ?? 'json';
    this.#fuel = options.fuel === undefined ? undefined : readFuel(instance);
    this.#refuel();
    const builtins = this.#readIds(this.#exports.builtins());
    this.requiredBuiltins = [...builtins.keys()];
    for (const [name, id] of builtins) {
      const call = options.builtins.get(name);
      this.#byId[id] = call && { name, call };
    }
    this.#policy = new sdk.LoadedPolicy(instance, this.#memory, ABI_MINOR_VERSION_MIN);
    this.#policy.setData(options.data ?? {});
  }

  /** From where the input was written to where the allocator ended; it is set back by the next evaluation only. */
  get usedBytes(): number {
    return this.#exports.opa_heap_ptr_get() - Number(this.#policy.dataHeapPtr);
  }

  get pages(): number {
    return this.#memory.buffer.byteLength / PAGE_BYTES;
  }

  /** Whether an evaluation ended because it had no fuel left. */
  get isOutOfFuel(): boolean {
    return this.#fuel !== undefined && Number(this.#fuel.value) < 0;
  }

  evaluate(input: readonly Uint8Array[], context: EvaluationContext, entryPoint: number): string {
    this.#context = context;
    this.#refuel();
    const start = Number(this.#policy.dataHeapPtr);
    const end = this.#write(input, start);
    // The result is read as text here: the SDK would parse it, and it would have to be serialized again for
    // the main thread.
    const { opa_eval: evaluate } = this.#exports;
    const format = this.#resultFormat === 'json' ? 0 : 1;
    const result = evaluate(0, entryPoint, this.#policy.dataAddr, start, end - start, end, format);
    return this.#readText(result, { of: 'result', bytesMax: RESULT_BYTES_MAX });
  }

  get entryPoints(): ReadonlyMap<string, number> {
    return this.#readIds(this.#exports.entrypoints());
  }

  #refuel(): void {
    if (this.#fuel !== undefined) this.#fuel.value = this.#fuelMax;
  }

  /** Takes fuel for what the host does: a call of a built-in must not be free. */
  #spend(units: number): void {
    if (this.#fuel === undefined) return;
    const left = Number(this.#fuel.value) - units;
    this.#fuel.value = Math.max(left, -1);
    if (left < 0) throw outOfFuel();
  }

  #write(parts: readonly Uint8Array[], start: number): number {
    const end = parts.reduce((offset, part) => offset + part.byteLength, start);
    const missing = end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#grow(Math.ceil(missing / PAGE_BYTES));
    const memory = new Uint8Array(this.#memory.buffer);
    let offset = start;
    for (const part of parts) {
      memory.set(part, offset);
      offset += part.byteLength;
    }
    return end;
  }

  #grow(pages: number): void {
    try {
      this.#memory.grow(pages);
    } catch (cause) {
      throw new EvaluationError('The input does not fit into memory', {
        cause,
        exceeded: 'memory',
      });
    }
  }

  #readText(address: number, { of, bytesMax } = { of: 'text', bytesMax: Infinity }): string {
    const memory = new Uint8Array(this.#memory.buffer);
    const end = memory.indexOf(0, address);
    if (end - address > bytesMax) {
      throw new EvaluationError(`The ${of} has more than ${bytesMax} bytes`);
    }
    return decoder.decode(memory.subarray(address, end));
  }

  /** Names with their ids, at the address of an object. */
  #readIds(address: number): ReadonlyMap<string, number> {
    const text = this.#readText(this.#exports.opa_json_dump(address));
    const parsed: unknown = JSON.parse(text);
    const entries = Object.entries(parsed ?? {});
    return new Map(entries.map(([name, id]) => [name, Number(id)]));
  }

  #imports() {
    const call = (id: number, _context: number, ...addresses: readonly number[]): number =>
      this.#call(id, addresses);
    return {
      memory: this.#memory,
      opa_abort: (address: number) => {
        const reason = this.#readText(address);
        const exceeded = reason === MALLOC_FAILED ? 'memory' : undefined;
        throw new EvaluationError(`The policy aborted: ${reason}`, { exceeded });
      },
      // `print` is removed by the compiler; the output of a foreign module has no reader in a server.
      opa_println: () => undefined,
      opa_builtin0: call,
      opa_builtin1: call,
      opa_builtin2: call,
      opa_builtin3: call,
      opa_builtin4: call,
    };
  }

  #call(id: number, addresses: readonly number[]): number {
    const builtin = this.#byId[id];
    // Modules with unknown built-ins are refused when they are loaded; this is a second check.
    if (!builtin) throw new EvaluationError(`The policy called unknown built-in ${id}`);
    // Whatever the module says that it calls, and whoever of its policies runs.
    if (this.#context.allowedBuiltins?.has(builtin.name) === false) {
      throw new EvaluationError(`The policy may not call "${builtin.name}"`);
    }
    const limit = { of: `operand of "${builtin.name}"`, bytesMax: OPERAND_BYTES_MAX };
    this.#spend(CALL_FUEL);
    const operands = addresses.map((address) => {
      const text = this.#readText(this.#exports.opa_value_dump(address), limit);
      this.#spend(text.length * BYTE_FUEL);
      return parseRegoLiteral(text);
    });
    const context = { ...this.#context, spend: (units: number) => this.#spend(units) };
    try {
      const result = builtin.call(operands, context);
      return result === undefined ? UNDEFINED : this.#store(formatRegoLiteral(result));
    } catch (fault) {
      if (fault instanceof BuiltinError && this.#context.builtinErrors === 'undefined') {
        return UNDEFINED;
      }
      if (!(fault instanceof BuiltinError || fault instanceof BuiltinLimitError)) throw fault;
      throw new EvaluationError(`Built-in "${builtin.name}" failed: ${fault.message}`, {
        cause: fault,
      });
    }
  }

  #store(literal: string): number {
    this.#spend(literal.length * BYTE_FUEL);
    const bytes = encoder.encode(literal);
    const address = this.#exports.opa_malloc(bytes.byteLength);
    new Uint8Array(this.#memory.buffer).set(bytes, address);
    const value = this.#exports.opa_value_parse(address, bytes.byteLength);
    if (value === 0) throw new EvaluationError('A built-in gave a value that cannot be read');
    return value;
  }
}

interface NamedBuiltin {
  readonly name: string;
  readonly call: Builtin;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function readExports(instance: WebAssembly.Instance): PolicyExports {
  const { exports } = instance;
  const version = readGlobal(exports['opa_wasm_abi_version']);
  const minorVersion = readGlobal(exports['opa_wasm_abi_minor_version']);
  if (version !== ABI_VERSION || minorVersion < ABI_MINOR_VERSION_MIN) {
    throw new EvaluationError(
      `The module speaks ABI ${version}.${minorVersion}, wanted ${ABI_VERSION}.${ABI_MINOR_VERSION_MIN}`,
    );
  }
  const find = (key: ExportName): WebAssembly.ExportedFunction => {
    const found = exports[key];
    if (typeof found === 'function') return found;
    throw new EvaluationError(`The module lacks the export "${key}"`);
  };
  return {
    builtins: find('builtins'),
    entrypoints: find('entrypoints'),
    opa_eval: find('opa_eval'),
    opa_heap_ptr_get: find('opa_heap_ptr_get'),
    opa_json_dump: find('opa_json_dump'),
    opa_value_dump: find('opa_value_dump'),
    opa_value_parse: find('opa_value_parse'),
    opa_malloc: find('opa_malloc'),
  };
}

function readSdk(loaded: unknown): typeof OpaWasm {
  if (hasLoadedPolicy(loaded)) return loaded;
  throw new EvaluationError('The package @open-policy-agent/opa-wasm has no LoadedPolicy');
}

function hasLoadedPolicy(loaded: unknown): loaded is typeof OpaWasm {
  return typeof loaded === 'object' && loaded !== null && 'LoadedPolicy' in loaded;
}

function readGlobal(exported: unknown): number {
  return exported instanceof WebAssembly.Global ? Number(exported.value) : Number(exported ?? 0);
}

/** The global of a metered module. */
function readFuel({ exports }: WebAssembly.Instance): WebAssembly.Global {
  const fuel = exports[FUEL_EXPORT];
  if (fuel instanceof WebAssembly.Global) return fuel;
  throw new EvaluationError('The module is not metered: it has no fuel');
}

function outOfFuel(cause?: unknown): EvaluationError {
  return new EvaluationError('The policy used up its fuel', { cause, exceeded: 'fuel' });
}

function toEvaluationError(fault: unknown, { isOutOfFuel }: HostInstance): EvaluationError {
  if (fault instanceof EvaluationError) return fault;
  if (isOutOfFuel) return outOfFuel(fault);
  const reason = errorText(fault);
  return new EvaluationError(`The evaluation failed: ${reason}`, { cause: fault });
}
