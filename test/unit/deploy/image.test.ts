/** What can be shown of the image without an engine that builds it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { OPA_VERSION } from '../../../src/authoring/opa-binary.ts';
import { HELM_VERSION } from '../../support/assets/helm.ts';
import { installPackage, LOCKED_PACKAGES } from '../../support/build/installed-package.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** What makes `dist/`, in the image and for the npm package. */
const COMPILE = ['test/support/build/bundle-sources.ts'];
const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const instructions = lines.map((line) => {
  const [name = '', ...rest] = line.split(/\s+/u);
  return { name, text: rest.join(' ') };
});

function textsOf(name: string): readonly string[] {
  return instructions.filter((entry) => entry.name === name).map(({ text }) => text);
}

/** The instructions of the stage that becomes the image. */
function finalStage() {
  return instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
}

describe('the Dockerfile', () => {
  it('uses the versions that everything is tested with', () => {
    assert.deepEqual(textsOf('ARG'), [
      `NODE_VERSION=${LOCKED_PACKAGES['node_modules/node']?.version ?? ''}`,
      'GO_VERSION=1.26',
      `OPA_VERSION=${OPA_VERSION}`,
      'KUSTOMIZE_VERSION=5.8.1',
      `HELM_VERSION=${HELM_VERSION}`,
      'OPA_VERSION',
      'KUSTOMIZE_VERSION',
      'HELM_VERSION',
    ]);
  });

  it('names every base image by version', () => {
    assert.deepEqual(textsOf('FROM'), [
      'golang:${GO_VERSION}-bookworm AS opa',
      'golang:${GO_VERSION}-bookworm AS renderers',
      'node:${NODE_VERSION}-bookworm-slim AS dependencies',
      'node:${NODE_VERSION}-bookworm-slim AS build',
      'dependencies AS policies',
      'node:${NODE_VERSION}-bookworm-slim',
    ]);
  });

  it('takes nothing from the network but packages of the lock file, Go modules by version, and git from Debian', () => {
    assert.deepEqual(textsOf('ADD'), []);
    const runs = textsOf('RUN');
    assert.equal(runs.length, 7);
    assert.match(runs[0] ?? '', /go install .*github\.com\/open-policy-agent\/opa@v\$/u);
    assert.match(
      runs[1] ?? '',
      /go install .*"sigs\.k8s\.io\/kustomize\/kustomize\/v5@v\$.* go install .*"helm\.sh\/helm\/v3\/cmd\/helm@v\$/u,
    );
    assert.match(runs[2] ?? '', /^npm ci --omit=dev --ignore-scripts && rm -rf /u);
    assert.equal(runs[3], 'npm ci --include=dev --ignore-scripts');
    assert.equal(runs[4], JSON.stringify(['node', ...COMPILE]).replaceAll(',', ', '));
    assert.match(runs[5] ?? '', /^\["node", "dist\/main\.js", "policy", "build", "policies"/u);
    assert.equal(
      runs[6],
      'apt-get update && apt-get install --yes --no-install-recommends ca-certificates git openssh-client && rm -rf /var/lib/apt/lists/*',
    );
  });

  it('has the renderers of sources in a folder of PATH', () => {
    const stage = finalStage().map(({ name, text }) => `${name} ${text}`);
    const copy = 'COPY --from=renderers /out/kustomize /out/helm /usr/local/bin/';
    assert.equal(stage.includes(copy), true);
    assert.deepEqual(
      stage.filter((line) => /^ENV.*\bPATH=/u.test(line)),
      [],
    );
  });

  it('copies only what is there', () => {
    const copied = textsOf('COPY').filter((text) => !text.startsWith('--from='));
    for (const source of copied.flatMap((text) => text.split(' ').slice(0, -1))) {
      assert.equal(existsSync(join(ROOT, source)), true, source);
    }
  });

  it('ends as a user without rights that runs node itself, so that SIGTERM reaches it, with few heaps of malloc', () => {
    const stage = finalStage();
    const last = (name: string) => stage.findLast((entry) => entry.name === name)?.text;
    assert.equal(last('USER'), '65532:65532');
    assert.equal(last('ENV'), 'NODE_ENV=production MALLOC_ARENA_MAX=2');
    assert.equal(last('HEALTHCHECK'), 'NONE');
    assert.equal(last('ENTRYPOINT'), '["node", "/app/dist/main.js"]');
    assert.equal(last('CMD'), '["serve", "--config", "/etc/holdfast/holdfast.yaml"]');
    const runs = stage.filter(({ name }) => name === 'RUN');
    assert.deepEqual(
      runs.map(({ text }) => text.split(' ')[0]),
      ['apt-get'],
      'no script of ours runs as root',
    );
  });
});

describe('the Dockerfile of holdfast gatekeeper', () => {
  it('adds the same OPA to the image of the webhook', () => {
    const text = readFileSync(join(ROOT, 'deploy', 'gatekeeper', 'Dockerfile'), 'utf8');
    const stated = text.split('\n').filter((line) => /^(?:ARG|FROM|RUN|COPY) /u.test(line));
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
    assert.deepEqual(stated, [
      `ARG HOLDFAST_IMAGE=holdfast:${version}`,
      'ARG GO_VERSION=1.26',
      `ARG OPA_VERSION=${OPA_VERSION}`,
      'FROM golang:${GO_VERSION}-bookworm AS opa',
      'ARG OPA_VERSION',
      `RUN ${textsOf('RUN')[0] ?? ''}`,
      'FROM ${HOLDFAST_IMAGE}',
      'COPY --from=opa /out/opa /usr/local/bin/opa',
      'COPY policies policies',
    ]);
  });
});

describe('what the image holds', () => {
  it('runs with the production dependencies alone', async (context) => {
    const app = mkdtempSync(join(tmpdir(), 'holdfast-image-'));
    context.after(() => {
      rmSync(app, { recursive: true });
    });
    const main = await installPackage(app);
    const run = (...argv: string[]) =>
      spawnSync(process.execPath, [main, ...argv], {
        cwd: app,
        encoding: 'utf8',
        env: { PATH: '/nowhere' },
      });
    const configuration = join(ROOT, 'deploy', 'base', 'holdfast.yaml');
    for (const argv of [
      ['version'],
      ['certs'],
      ['config', 'check', configuration],
      ['manifests', '--config', configuration, '--ca-file', 'certs/ca.crt'],
    ]) {
      const { status, stderr } = run(...argv);
      assert.equal(status, 0, `${argv.join(' ')}: ${stderr}`);
    }
  });
});
