/** Tells the preloaded `faulty-disk.so` what the disk does from now on. */
import { closeSync, openSync } from 'node:fs';

/** The preloaded library reads commands from names that nobody can have. */
export function commandDisk(text: string): void {
  try {
    closeSync(openSync(`/faulty-disk|${text}`, 'r'));
  } catch (fault) {
    if (Reflect.get(Object(fault), 'code') === 'ENOENT') return;
    throw fault;
  }
  throw new Error('faulty-disk.so is not preloaded');
}
