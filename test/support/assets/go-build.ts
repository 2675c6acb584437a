/** Builds programs from a pinned Go module into a folder. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GO_VERSION_MIN } from './families.ts';
import type { AssetFamily, AssetFile, AssetProgram } from './families.ts';

const REMEDY =
  'Install it from https://go.dev/dl, or set HOLDFAST_ASSETS to a folder that holds etcd, kube-apiserver, kube-controller-manager and kubectl';
/** One replacement of a go.mod: `module [version] => place [version]`, alone on its line or in a block. */
const REPLACEMENT = /^\s*(?:replace )?([^\s/]\S*)(?: v\S+)? => (\S+)(?: (v\S+))?/gmu;
/** The tail of a failed command's output that is worth showing. */
const ERROR_LINES = 20;

/** Makes the module folder ready; cheap when it already is. */
export async function prepareModule(family: AssetFamily, folder: string): Promise<void> {
  await assertGo();
  if (existsSync(join(folder, 'complete'))) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { GoMod } = await describeModule(family, folder);
  const replacements = formatReplacements(await readFile(GoMod, 'utf8'), family);
  const lines = [
    `module holdfast.invalid/assets/${family.folder}`,
    '',
    `go ${GO_VERSION_MIN}`,
    '',
    ...replacements,
    '',
  ];
  await writeFile(join(folder, 'go.mod'), lines.join('\n'));
  await go(['get', `${family.module}@${family.version}`], folder);
  await writeFile(join(folder, 'complete'), '');
}

/** Builds one program; it appears at `target` complete or not at all. */
export async function buildProgram(
  program: AssetProgram,
  options: { readonly family: AssetFamily; readonly moduleFolder: string; readonly target: string },
): Promise<void> {
  const unfinished = `${options.target}.${process.pid}.unfinished`;
  if (program.mainFile !== undefined) {
    const place = join(options.moduleFolder, program.package);
    await mkdir(place, { recursive: true });
    await copyFile(program.mainFile, join(place, 'main.go'));
  }
  const tags = program.tags === undefined ? [] : ['-tags', program.tags.join(',')];
  const flags = ['-mod=mod', '-trimpath', ...tags, '-ldflags', options.family.linkerFlags];
  try {
    await go(['build', ...flags, '-o', unfinished, program.package], options.moduleFolder);
    await rename(unfinished, options.target);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Copies one file of a module's source tree; it appears at `target` complete or not at all. */
export async function copyModuleFile(
  file: AssetFile,
  options: { readonly moduleFolder: string; readonly target: string },
): Promise<void> {
  const { Dir } = await describeModule(file, options.moduleFolder);
  const unfinished = `${options.target}.${process.pid}.unfinished`;
  await copyFile(join(Dir, file.path), unfinished);
  // The module cache is read-only, and so is what is copied from it.
  await chmod(unfinished, 0o600);
  await rename(unfinished, options.target);
}

/**
 * The `replace` lines of the family's own go.mod: they do not reach a module that requires it, and without them other
 * versions would be built than its authors test. A sibling in the source tree is taken by the family's version of it.
 */
export function formatReplacements(
  goMod: string,
  { siblingsVersion }: Pick<AssetFamily, 'siblingsVersion'>,
): readonly string[] {
  const lines: string[] = [];
  for (const [, module = '', place = '', version] of goMod.matchAll(REPLACEMENT)) {
    if (!place.startsWith('.')) lines.push(`replace ${module} => ${place} ${version}`);
    else if (siblingsVersion !== undefined) {
      lines.push(`replace ${module} => ${module} ${siblingsVersion}`);
    }
  }
  return lines;
}

/** Where the go command keeps a module; it is fetched where it is missing. */
export async function describeModule(
  { module, version }: { readonly module: string; readonly version: string },
  folder: string,
): Promise<{ readonly GoMod: string; readonly Dir: string }> {
  const output = await go(['mod', 'download', '-json', `${module}@${version}`], folder);
  const description: unknown = JSON.parse(output);
  if (typeof description !== 'object' || description === null || !('GoMod' in description)) {
    throw new Error(`Cannot read what "go mod download" answered for ${module}: ${output}`);
  }
  const folderOfModule = 'Dir' in description ? description.Dir : undefined;
  return { GoMod: String(description.GoMod), Dir: String(folderOfModule) };
}

async function assertGo(): Promise<void> {
  const answer = await go(['version'], undefined);
  const found = /go(\d+)\.(\d+)/.exec(answer);
  const [major = 0, minor = 0] = (found ?? []).slice(1).map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = GO_VERSION_MIN.split('.').map(Number);
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
    throw new Error(
      `Cannot build the test cluster: Go ${GO_VERSION_MIN} or newer is needed, found "${answer.trim()}". ${REMEDY}`,
    );
  }
}

/** Runs the go command. Settings of the person's own workspace must not leak into a pinned build. */
function go(argv: readonly string[], folder: string | undefined): Promise<string> {
  const env = { ...process.env, GOFLAGS: '', GOWORK: 'off' };
  return new Promise((resolve, reject) => {
    execFile('go', argv, { cwd: folder, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') {
        reject(new Error(`Cannot build the test cluster: the go command was not found. ${REMEDY}`));
      } else {
        const tail = stderr.trim().split('\n').slice(-ERROR_LINES).join('\n');
        reject(new Error(`Cannot build the test cluster: "go ${argv.join(' ')}" failed:\n${tail}`));
      }
    });
  });
}
