/** The demonstration: certificates, a serving process over the recorded cluster, and the reviews to play. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { ensureCertificates } from '../certificates/ensure-certificates.ts';
import type { LoadedConfiguration } from '../config/load.ts';
import { foldClusterState, readRecordedDay, type RecordedCase } from './recorded-day.ts';
import { replay, type ReplayedCase } from './replay.ts';
import { startService } from './service.ts';
import { createTelemetry } from './telemetry.ts';

export interface DemoOptions {
  readonly loaded: LoadedConfiguration;
  readonly dayFile: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** The built policies that are used if the configuration names none. */
  readonly defaultBundleFolder?: string | undefined;
  readonly progress: (line: string) => void;
}

export interface Demo {
  readonly url: string;
  /** The URL of metrics and health. */
  readonly operationsUrl: string;
  readonly authorityFile: string;
  /** One denied review of the day, to be sent by hand. */
  readonly reviewFile: string;
  readonly play: () => AsyncGenerator<ReplayedCase>;
  readonly stop: () => Promise<void>;
}

/** Starts the webhook over the state of the recorded cluster. Stop it to end the process and remove its files. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { loaded, dayFile, progress } = options;
  const { configuration } = loaded;
  const cases = await readRecordedDay(dayFile);
  const { authorityPem, files, plan } = await ensureCertificates({
    folder: dirname(configuration.server.tls.certificateFile),
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1', '::1'],
    nowMs: systemClock.wallMs(),
  });
  if (plan.leaf.regenerate) progress(`Made development certificates: ${plan.leaf.reason}`);
  const day = followDay(cases);
  const service = await startService({
    ...options,
    ...createTelemetry(configuration),
    clusterState: day.state,
  });
  const review = await writeSampleReview(cases);
  return {
    url: service.url,
    operationsUrl: service.operationsUrl,
    authorityFile: files.authorityCertificate,
    reviewFile: review.file,
    play: () => day.follow(replay(cases, { url: service.url, authorityPem })),
    stop: async () => {
      await service.stop();
      await rm(review.folder, { recursive: true, force: true });
    },
  };
}

/** The state of the recorded cluster, which goes on with each review that is played. */
function followDay(cases: readonly RecordedCase[]) {
  let state = foldClusterState(cases);
  return {
    state: () => state,
    follow: async function* (played: AsyncGenerator<ReplayedCase>): AsyncGenerator<ReplayedCase> {
      state = foldClusterState(cases);
      let reviewsBefore = 0;
      for await (const review of played) {
        reviewsBefore += 1;
        state = foldClusterState(cases, reviewsBefore);
        yield review;
      }
    },
  };
}

async function writeSampleReview(
  cases: readonly RecordedCase[],
): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-demo-'));
  const file = join(folder, 'review.json');
  const denied = cases.filter(({ expect }) => expect === 'deny');
  const [sample] = [...denied, ...cases].map(({ review }) => JSON.stringify(review));
  await writeFile(file, String(sample));
  return { folder, file };
}
