/** Mirrors for one test, with the real git. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { NO_CREDENTIAL, type Credential } from '../../../src/source/mirror/credential.ts';
import { openMirrors, type Mirrors } from '../../../src/source/mirror/mirrors.ts';
import type { RevisionReading } from '../../../src/source/mirror/read-revision.ts';
import type { ResolveHost } from '../../../src/base/resolve-host.ts';
import { mirrorsSchema, type MirrorSettings } from '../../../src/source/mirror/settings.ts';
import {
  parseRepositoryUrl,
  type RepositoryUrl,
} from '../../../src/source/parse-repository-url.ts';
import { recordTelemetry, type RecordingTelemetry } from '../recording-telemetry.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';

export interface TestMirrors {
  readonly mirrors: Mirrors;
  readonly telemetry: RecordingTelemetry;
  /** The folder of the mirrors. */
  readonly folder: string;
  readonly read: (question: TestQuestion) => Promise<RevisionReading>;
}

export interface TestQuestion {
  readonly url: string;
  readonly objectId: string;
  /** @default main */
  readonly tracked?: readonly string[];
  readonly credential?: Partial<Credential>;
}

export interface TestMirrorsOptions {
  readonly settings?: Partial<MirrorSettings>;
  /** @default a folder of the test */
  readonly folder?: string;
  /** @default every name is this machine */
  readonly resolve?: ResolveHost;
  /** @default the real git */
  readonly program?: string;
}

/** The absolute path of git. */
export const GIT = execFileSync('/bin/sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();

/** Opens them; localhost may be asked, and tips are asked for each time. */
export async function openTestMirrors(
  test: TestContext,
  options: TestMirrorsOptions = {},
): Promise<TestMirrors> {
  const folder = options.folder ?? join(await makeTemporaryFolder(test), 'mirrors');
  const telemetry = recordTelemetry();
  const settings = {
    ...mirrorsSchema.parse({ privateHosts: ['localhost'], tipAgeMsMax: 0 }),
    ...options.settings,
  };
  const mirrors = await openMirrors({
    settings,
    folder,
    program: options.program ?? GIT,
    clock: systemClock,
    metrics: telemetry.metrics,
    resolve: options.resolve ?? (async () => [{ address: '127.0.0.1' }]),
  });
  test.after(() => mirrors.close());
  return {
    mirrors,
    telemetry,
    folder,
    read: async ({ url, objectId, tracked = ['main'], credential }) =>
      await mirrors.read({
        repository: repositoryOf(url),
        credential: { ...NO_CREDENTIAL, ...credential },
        objectId,
        tracked,
      }),
  };
}

/** A URL that is valid in the test. */
export function repositoryOf(url: string): RepositoryUrl {
  const parsed = parseRepositoryUrl(url);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.repository;
}

/** What a test asserts of a reading: the bytes as text, failures without their words. */
export function summarize(reading: RevisionReading): Readonly<Record<string, unknown>> {
  switch (reading.status) {
    case 'found':
      return {
        status: 'found',
        kind: reading.kind,
        objectId: reading.objectId,
        containedIn: reading.containedIn.name,
      };
    case 'rejected':
      return { status: 'rejected', code: reading.code };
    case 'unavailable':
      return { status: 'unavailable', reason: reading.reason };
  }
}
