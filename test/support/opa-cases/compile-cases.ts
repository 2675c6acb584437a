/**
 * OPA's own suite of cases, each compiled to WebAssembly by OPA's own compiler. They lie in the Go module of OPA; what is
 * compiled is kept in the cache, by the version of OPA and the text of the program that compiles.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

import { z } from 'zod';

import { OPA_VERSION } from '../../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import { withProcessLock } from '../../../src/base/process-lock.ts';
import type { AssetFamily } from '../assets/families.ts';
import { describeModule } from '../assets/go-build.ts';
import { prepareFamily } from '../assets/prepare-family.ts';

const caseSchema = z.object({
  version: z.enum(['v0', 'v1']),
  /** Below the folder of cases. */
  file: z.string(),
  note: z.string(),
  /** JSON, or a term of Rego. */
  input: z.string().nullable(),
  data: z.string().nullable(),
  wantDefined: z.boolean().nullable(),
  wantResult: z.string().nullable(),
  wantErrorCode: z.string().nullable(),
  wantError: z.string().nullable(),
  sortBindings: z.boolean(),
  /** The error is told only if errors of built-ins end an evaluation. */
  strictError: z.boolean(),
  compileError: z.string().nullable(),
  offset: z.int(),
  length: z.int(),
});

export interface OpaCase extends Omit<z.output<typeof caseSchema>, 'offset' | 'length'> {
  /** `undefined` where OPA does not compile it to WebAssembly. */
  readonly module: WebAssembly.Module | undefined;
}

/** Modules of one compressed block: they share most of their code, and a block is decompressed at once. */
const BLOCK_CASES = 64;
/** 128 MiB: more than a block has. */
const WINDOW_LOG = 27;
const COMPILER = join(import.meta.dirname, 'case-compiler', 'main.go');

/** Compiles the cases, unless they are in the cache; returns the folder that has them. */
export async function prepareOpaCases({
  cache = cacheFolder(),
  print,
}: {
  readonly cache?: string;
  readonly print?: ((line: string) => void) | undefined;
} = {}): Promise<string> {
  const compiler = await readFile(COMPILER);
  const here = await readFile(import.meta.filename);
  const key = createHash('sha256').update(compiler).update(here).digest('hex').slice(0, 16);
  const folder = join(cache, 'opa-cases', `${OPA_VERSION}-${key}`);
  const build = async (): Promise<void> => {
    if (!existsSync(folder)) await buildCases(folder, { cache, key, print });
  };
  await mkdir(join(cache, 'opa-cases'), { recursive: true });
  if (!existsSync(folder)) await withProcessLock(`${folder}.lock.sqlite`, build, { pollMs: 500 });
  return folder;
}

/** The cases of one version of Rego, in their order; each with the module of its query. */
export async function* readOpaCases(version: OpaCase['version']): AsyncGenerator<OpaCase> {
  const folder = await prepareOpaCases();
  const table = await readTable(join(folder, 'cases.ndjson'));
  for (const [index, block] of splitBlocks(table).entries()) {
    if (block[0]?.version !== version) continue;
    const modules = zstdDecompressSync(await readFile(join(folder, `block-${index}.zst`)), {
      params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG },
    });
    const first = block[0].offset;
    for (const { offset, length, ...described } of block) {
      const bytes = modules.subarray(offset - first, offset - first + length);
      const module = length === 0 ? undefined : new WebAssembly.Module(Uint8Array.from(bytes));
      yield { ...described, module };
    }
  }
}

interface BuildOptions {
  readonly cache: string;
  readonly key: string;
  readonly print: ((line: string) => void) | undefined;
}

async function buildCases(folder: string, { cache, key, print }: BuildOptions): Promise<void> {
  const family: AssetFamily = {
    folder: `opa-case-compiler-${OPA_VERSION}-${key}`,
    module: 'github.com/open-policy-agent/opa',
    version: `v${OPA_VERSION}`,
    linkerFlags: '-s -w',
    programs: [
      {
        name: 'case-compiler',
        package: './case-compiler',
        mainFile: COMPILER,
        expectedSeconds: 60,
      },
    ],
  };
  const program = await prepareFamily(family, { cacheFolder: cache, print });
  const { Dir } = await describeModule(family, join(cache, 'assets', family.folder, 'module'));
  const draft = await mkdtemp(`${folder}.draft-`);
  try {
    print?.(`Compiling the cases of OPA ${OPA_VERSION} to WebAssembly, once: about half a minute`);
    const cases = join(Dir, 'v1', 'test', 'cases', 'testdata');
    await promisify(execFile)(program, [cases, draft]);
    await compressModules(draft);
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function compressModules(folder: string): Promise<void> {
  const modules = await readFile(join(folder, 'modules.bin'));
  const table = await readTable(join(folder, 'cases.ndjson'));
  for (const [index, block] of splitBlocks(table).entries()) {
    const last = block.at(-1);
    const bytes = modules.subarray(block[0]?.offset, last && last.offset + last.length);
    const compressed = zstdCompressSync(bytes, {
      params: {
        [constants.ZSTD_c_windowLog]: WINDOW_LOG,
        [constants.ZSTD_c_enableLongDistanceMatching]: 1,
      },
    });
    await writeFile(join(folder, `block-${index}.zst`), compressed);
  }
  await rm(join(folder, 'modules.bin'));
}

type Row = z.output<typeof caseSchema>;

async function readTable(path: string): Promise<readonly Row[]> {
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  return lines.map((line) => caseSchema.parse(JSON.parse(line)));
}

/** Blocks of one version each, so that two processes share the work. */
function splitBlocks(table: readonly Row[]): readonly (readonly Row[])[] {
  return (['v0', 'v1'] as const).flatMap((version) => {
    const rows = table.filter((row) => row.version === version);
    return Array.from({ length: Math.ceil(rows.length / BLOCK_CASES) }, (_, index) =>
      rows.slice(index * BLOCK_CASES, (index + 1) * BLOCK_CASES),
    );
  });
}
