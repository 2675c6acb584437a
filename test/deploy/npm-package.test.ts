/** What `npm pack` makes, in an empty folder far from this clone: `holdfast`, and `kubectl holdfast`. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { z } from 'zod';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { prepareAssets } from '../support/assets/assets.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const packageSchema = z.looseObject({
  version: z.string(),
  bin: z.record(z.string(), z.string()),
});
const lockSchema = z.looseObject({
  packages: z.record(z.string(), z.looseObject({ dev: z.boolean().optional() })),
});
const CONFIGURATION = `
cluster: { name: laptop }
identity:
  writers:
    - { name: argocd, username: 'system:serviceaccount:argocd:controller', tool: argocd }
`;

describe('the npm package in an empty folder', () => {
  let empty = '';
  let bin = '';
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-package-'));
    const packed = await promisify(execFile)(
      'npm',
      ['pack', '--silent', '--pack-destination', folder],
      { cwd: ROOT },
    );
    const file = packed.stdout.trim().split('\n').at(-1) ?? '';
    const { status, stderr } = spawnSync('tar', ['-xzf', file], { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    // As npm install leaves it, without asking a registry: the package, what it needs beside it, and its programs.
    const modules = join(folder, 'lib', 'node_modules');
    mkdirSync(modules, { recursive: true });
    cpSync(join(folder, 'package'), join(modules, 'holdfast'), { recursive: true });
    linkPackages(modules);
    bin = join(folder, 'bin');
    mkdirSync(bin);
    const { bin: programs } = readPackage(join(modules, 'holdfast'));
    for (const [name, program] of Object.entries(programs)) {
      symlinkSync(join(modules, 'holdfast', program), join(bin, name));
    }
    empty = join(folder, 'empty');
    mkdirSync(empty);
    writeFileSync(join(empty, 'holdfast.yaml'), CONFIGURATION);
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const run = (program: string, ...argv: readonly string[]) => {
    const PATH = `${bin}:${process.env['PATH'] ?? ''}`;
    const { status, stdout, stderr } = spawnSync(program, argv, {
      cwd: empty,
      encoding: 'utf8',
      env: { PATH, HOME: empty },
    });
    return { status, stdout, stderr };
  };

  it('has the programs holdfast and kubectl-holdfast', () => {
    const { version } = readPackage(ROOT);
    for (const program of ['holdfast', 'kubectl-holdfast']) {
      const { status, stdout, stderr } = run(program, 'version');
      assert.equal(status, 0, stderr);
      assert.match(stdout, new RegExp(`^holdfast ${version.replaceAll('.', '\\.')}`, 'u'), program);
    }
  });

  it('is a plugin that the real kubectl finds', async () => {
    const { kubectl } = await prepareAssets({ cacheFolder: cacheFolder() });
    const { status, stdout, stderr } = run(kubectl, 'holdfast', 'config', 'check');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /holdfast\.yaml: ok/u);
  });

  it('makes certificates, manifests and decisions without the clone', () => {
    assert.equal(run('holdfast', 'certs', '--out', 'tls').status, 0);
    const manifests = run('holdfast', 'manifests', '--profile', 'trial', '--ca-file', 'tls/ca.crt');
    assert.equal(manifests.status, 0, manifests.stderr);
    assert.match(manifests.stdout, /^kind: ValidatingWebhookConfiguration$/mu);
    writeFileSync(
      join(empty, 'map.yaml'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: b }\n',
    );
    const decided = run('holdfast', 'evaluate', 'map.yaml', '--as', 'alice');
    assert.equal(decided.status, 0, decided.stderr);
    assert.match(decided.stdout, /1 judged, 0 denied/u);
  });
});

function readPackage(folder: string) {
  return packageSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
}

function linkPackages(modules: string): void {
  const text = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  for (const [path, { dev }] of Object.entries(lockSchema.parse(JSON.parse(text)).packages)) {
    const [, name = '', deeper] = path.split('node_modules/');
    const installed = join(ROOT, path);
    if (name === '' || deeper !== undefined || dev === true || !existsSync(installed)) continue;
    const place = join(modules, name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(installed, place);
  }
}
