/** The built-in functions of the host that a module asks for. */
import type { Builtin } from './builtins/builtin.ts';
import { loadBuiltins } from './builtins/host-builtins.ts';
import { readRequiredBuiltins } from './wasm-host.ts';

/** Loads their families, and no other; for `new WasmHost(module, { builtins })`. */
export async function loadRequiredBuiltins(
  module: WebAssembly.Module,
): Promise<ReadonlyMap<string, Builtin>> {
  return await loadBuiltins(readRequiredBuiltins(module));
}
