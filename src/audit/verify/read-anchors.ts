/** Reads files of anchors line by line: the audit log of an API server may be large. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { HoldfastError } from '../../errors.ts';
import { readAnchorLine, type Anchor } from './anchor-line.ts';

/** About 200 MB of memory; take a later part of the log for more. */
const ANCHORS_MAX = 1_000_000;

/** All anchors of the files. A line that is none is an error: it may be the one that matters. */
export async function readAnchors(
  files: readonly string[],
  anchorsMax = ANCHORS_MAX,
): Promise<readonly Anchor[]> {
  const anchors: Anchor[] = [];
  for (const file of files) {
    for await (const anchor of readAnchorFile(file)) {
      if (anchors.length >= anchorsMax) {
        const message = `More than ${anchorsMax} anchors are given: give the later part of "${file}"`;
        throw new HoldfastError('input_invalid', message);
      }
      anchors.push(anchor);
    }
  }
  return anchors;
}

async function* readAnchorFile(file: string): AsyncGenerator<Anchor> {
  const input = createReadStream(file);
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      number += 1;
      const anchors = readAnchorLine(line);
      if (anchors === undefined) {
        throw new HoldfastError('input_invalid', `Line ${number} of "${file}" is no anchor`);
      }
      yield* anchors;
    }
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause;
    throw new HoldfastError('input_unreadable', `Cannot read "${file}"`, { cause });
  } finally {
    input.destroy();
  }
}
