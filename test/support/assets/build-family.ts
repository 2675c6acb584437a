/** Builds what is missing of families of programs, one build at a time on the whole machine. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withProcessLock } from '../../../src/base/process-lock.ts';
import type { AssetFamily, AssetProgram } from './families.ts';
import { buildProgram, copyModuleFile, prepareModule } from './go-build.ts';
import { withProgress } from './progress.ts';

export interface BuildContext {
  /** The cache's folder for programs: each family has a folder in it. */
  readonly folder: string;
  /** Where each program is looked for; what is absent here is not wanted. */
  readonly places: ReadonlyMap<string, string>;
  readonly print?: ((line: string) => void) | undefined;
}

/** Where the program or file of this name lies once its family is built. */
export function placeOf(family: AssetFamily, name: string, folder: string): string {
  return join(folder, family.folder, name);
}

/** Builds the programs that are not where they are looked for, and fetches the families' files. */
export async function buildMissing(
  families: readonly AssetFamily[],
  context: BuildContext,
): Promise<void> {
  const wanting = (): readonly AssetFamily[] => families.filter((one) => isWanting(one, context));
  if (wanting().length === 0) return;
  const { folder, print = printToStderr } = context;
  await mkdir(folder, { recursive: true });
  const build = async (): Promise<void> => {
    for (const family of wanting()) await buildFamily(family, { ...context, print });
  };
  const lock = join(folder, 'build-lock.sqlite');
  await withProcessLock(lock, build, {
    pollMs: 500,
    onWait: () => {
      print(
        `Another process is building the programs of the test cluster; waiting for it (${lock})`,
      );
    },
  });
}

function isWanting(family: AssetFamily, context: BuildContext): boolean {
  return missingPrograms(family, context).length > 0 || missingFiles(family, context).length > 0;
}

function missingPrograms(family: AssetFamily, { places }: BuildContext): readonly AssetProgram[] {
  return family.programs.filter((program) => {
    const path = places.get(program.name);
    return path !== undefined && !existsSync(path);
  });
}

function missingFiles(family: AssetFamily, { folder }: BuildContext) {
  return (family.files ?? []).filter((file) => !existsSync(placeOf(family, file.name, folder)));
}

async function buildFamily(
  family: AssetFamily,
  context: BuildContext & { readonly print: (line: string) => void },
): Promise<void> {
  const missing = missingPrograms(family, context);
  const { folder, print } = context;
  const moduleFolder = join(folder, family.folder, 'module');
  if (missing.length > 0) print(describeWork(family, missing, folder));
  await withProgress(`fetching the Go module ${family.module} ${family.version}`, () =>
    prepareModule(family, moduleFolder),
  );
  for (const program of missing) {
    const target = placeOf(family, program.name, folder);
    await withProgress(`building ${program.name} (about ${program.expectedSeconds} s)`, () =>
      buildProgram(program, { family, moduleFolder, target }),
    );
  }
  for (const file of missingFiles(family, context)) {
    await copyModuleFile(file, { moduleFolder, target: placeOf(family, file.name, folder) });
  }
}

function describeWork(
  family: AssetFamily,
  missing: readonly AssetProgram[],
  folder: string,
): string {
  const names = missing.map((program) => program.name).join(', ');
  const seconds = missing.reduce((sum, program) => sum + program.expectedSeconds, 0);
  return `Building ${names} from ${family.module} ${family.version}, once: about ${Math.ceil(seconds / 60)} min; kept in ${folder}`;
}

function printToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
