/** Builds programs from a pinned Go module into a folder. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GO_VERSION_MIN } from './families.ts';
import type { AssetFamily, AssetProgram } from './families.ts';

const REMEDY =
  'Install it from https://go.dev/dl, or set HOLDFAST_ASSETS to a folder that holds etcd, kube-apiserver, kube-controller-manager and kubectl';
/** The tail of a failed command's output that is worth showing. */
const ERROR_LINES = 20;

/** Makes the module folder ready; cheap when it already is. */
export async function prepareModule(family: AssetFamily, folder: string): Promise<void> {
  await assertGo();
  if (existsSync(join(folder, 'complete'))) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const replacements =
    family.siblingsVersion === undefined ? [] : await listSiblings(family, folder);
  const lines = [
    `module holdfast.invalid/assets/${family.folder}`,
    '',
    `go ${GO_VERSION_MIN}`,
    '',
    ...replacements.map((sibling) => `replace ${sibling} => ${sibling} ${family.siblingsVersion}`),
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
  const flags = ['-mod=mod', '-trimpath', '-ldflags', options.family.linkerFlags];
  try {
    await go(['build', ...flags, '-o', unfinished, program.package], options.moduleFolder);
    await rename(unfinished, options.target);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** The modules that the family's own go.mod takes from its source tree. */
async function listSiblings(family: AssetFamily, folder: string): Promise<readonly string[]> {
  const output = await go(
    ['mod', 'download', '-json', `${family.module}@${family.version}`],
    folder,
  );
  const description: unknown = JSON.parse(output);
  if (typeof description !== 'object' || description === null || !('GoMod' in description)) {
    throw new Error(`Cannot read what "go mod download" answered for ${family.module}: ${output}`);
  }
  const text = await readFile(String(description.GoMod), 'utf8');
  return [...text.matchAll(/^\s*(\S+) => \.\/staging\//gm)].map((match) => match[1] ?? '');
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
