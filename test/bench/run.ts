/**
 * `npm run bench`: measures Holdfast beside bare HTTPS servers, the same server without policies and OPA's own server, and writes
 * RESULTS.md; `-- --quick` compares in a minute, and prints only. `npm run bench -- --micro` prints what each step of one review costs instead, and `npm run bench -- --query`
 * writes RESULTS-QUERY.md: how long it takes to find records among a million; `-- --journal` writes RESULTS-JOURNAL.md:
 * what the journal costs; `-- --api-server` RESULTS-API-SERVER.md: what a write through the API server pays; `-- --followed` RESULTS-FOLLOWED.md: what memory grows by with followed objects; `-- --delivery` RESULTS-DELIVERY.md: what sinks cost the answers; `-- --facts` RESULTS-FACTS.md: what facts cost;
 * `-- --commits` RESULTS-COMMITS.md: what the judgement of commits costs;
 * `-- --folding` RESULTS-FOLDING.md: what repeated refusals add to the journal; `-- --manifests` RESULTS-MANIFESTS.md: what the comparison
 * with the commit costs; `-- --signatures` RESULTS-SIGNATURES.md: signatures verified per second; `-- --mirrors` RESULTS-MIRRORS.md: the memory
 * of a thousand mirrors; `-- --soak` RESULTS-SOAK.md: a day in minutes; `-- --strangers` RESULTS-STRANGERS.md: what strangers and large reviews cost the API server; `-- --images` RESULTS-IMAGES.md: what the judgement of images costs; `-- --policies` RESULTS-POLICIES.md: what policies do to others; and `-- --growth` RESULTS-GROWTH.md: what more
 * policies cost. `-- --runaway` prints what others notice of policies that never end.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { measureApiServer } from './api-server-bench.ts';
import { measureAll, measureRunawaysAlone, type BenchPlan } from './bench.ts';
import { measureCommits } from './commits-bench.ts';
import { measureDelivery } from './delivery-bench.ts';
import { measureFacts } from './facts-bench.ts';
import { measureFolding } from './folding-bench.ts';
import { measureFollowed } from './followed-bench.ts';
import { measureGrowth } from './growth-bench.ts';
import { measureImages } from './images-bench.ts';
import { measureJournal } from './journal-bench.ts';
import { measureManifests } from './manifest-bench.ts';
import { measureMirrors } from './mirrors-bench.ts';
import { formatResults } from './report.ts';
import { measurePolicies } from './policies-bench.ts';
import { measureQueries } from './journal-query.ts';
import { formatApiServerResults } from './report-api-server.ts';
import { formatFollowedResults } from './report-followed.ts';
import { compareRunaways, describeRunaways, formatRunaways } from './report-runaway.ts';
import { formatDeliveryResults } from './report-delivery.ts';
import { formatJournalResults } from './report-journal.ts';
import { runMicro } from './micro.ts';
import { measureSignatures } from './signatures-bench.ts';
import { measureSoak } from './soak-bench.ts';
import { measureStrangers } from './strangers-bench.ts';

/** 10,000 in the twenty minutes that stand for a day. */
const OBJECTS_PER_MINUTE = 500;
const QUERY_RESULTS = join(import.meta.dirname, 'RESULTS-QUERY.md');
const RESULTS = join(import.meta.dirname, 'RESULTS.md');
const FOLDING_RESULTS = join(import.meta.dirname, 'RESULTS-FOLDING.md');
const API_SERVER_RESULTS = join(import.meta.dirname, 'RESULTS-API-SERVER.md');
const COMMITS_RESULTS = join(import.meta.dirname, 'RESULTS-COMMITS.md');
const FOLLOWED_RESULTS = join(import.meta.dirname, 'RESULTS-FOLLOWED.md');
const FACTS_RESULTS = join(import.meta.dirname, 'RESULTS-FACTS.md');
const GROWTH_RESULTS = join(import.meta.dirname, 'RESULTS-GROWTH.md');
const MANIFEST_RESULTS = join(import.meta.dirname, 'RESULTS-MANIFESTS.md');
const DELIVERY_RESULTS = join(import.meta.dirname, 'RESULTS-DELIVERY.md');
const SIGNATURES_RESULTS = join(import.meta.dirname, 'RESULTS-SIGNATURES.md');
const MIRRORS_RESULTS = join(import.meta.dirname, 'RESULTS-MIRRORS.md');
const IMAGES_RESULTS = join(import.meta.dirname, 'RESULTS-IMAGES.md');
const POLICIES_RESULTS = join(import.meta.dirname, 'RESULTS-POLICIES.md');
const SOAK_RESULTS = join(import.meta.dirname, 'RESULTS-SOAK.md');
const STRANGERS_RESULTS = join(import.meta.dirname, 'RESULTS-STRANGERS.md');
const JOURNAL_RESULTS = join(import.meta.dirname, 'RESULTS-JOURNAL.md');

/** After so many requests memory must be level. */
const ENDURANCE_REQUESTS = '1000000';

const HELP = `npm run bench -- [OPTION]…

  --all             everything that the targets name: also --gatekeeper, --endurance 1000000, and what --api-server, --followed and --growth measure
  --api-server      measure what Holdfast adds to a write through a real API server, and nothing else
  --commits         measure what the judgement of commits costs, and nothing else
  --delivery        measure what sinks cost the answers, and nothing else
  --facts           measure what facts cost, and nothing else
  --folding         measure what repeated refusals add to the journal, and nothing else
  --growth          measure what more policies cost, and nothing else
  --images          measure what the judgement of images costs, and nothing else
  --journal         measure what the journal costs, and nothing else
  --manifests       measure what the comparison with the commit costs, and nothing else
  --micro           print the cost of each step of one review, in one process
  --mirrors         measure the memory of a thousand mirrors, and nothing else
  --policies        measure what swapped bundles and policies that misbehave cost others, and the memory of a million evaluations, and nothing else
  --query           measure searches in a journal of a million records, and nothing else
  --runaway         measure what others notice of policies that never end, and nothing else, also --against another build; print only
  --signatures      measure how many signatures are verified per second, and nothing else
  --soak            compress a day of two replicas on a real API server into minutes, and nothing else
  --strangers       measure what strangers and large reviews cost the API server, and nothing else
  --quick           short rounds, throughput and latency alone, also beside other load; print the report only
  --followed        measure what memory grows by with followed objects of a real API server, and nothing else
  --gatekeeper      also measure Gatekeeper with the same policies, on a real API server; both are built on the first run
  --against FILE    measure another build beside this one: the entry of another checkout (dist/main.js or src/main.ts)
  --endurance N     then answer N requests, and see whether memory grows (1000000 for the target)
  --records N       how many records are searched (1000000)
  --minutes N       how long the day of --soak is (20)
  --objects N       how many declared objects --soak makes and keeps (500 for each minute)
  --rounds N        rounds of each measurement (3)
  --seconds N       length of a round (5; quick: 1)
  --out FILE        where the report goes (test/bench/RESULTS.md, RESULTS-QUERY.md or RESULTS-JOURNAL.md)
  --profile FOLDER  also write a CPU profile of the server under load
  --help            this text
`;

const { values: options } = parseArgs({
  options: {
    query: { type: 'boolean', default: false },
    records: { type: 'string', default: '1000000' },
    all: { type: 'boolean', default: false },
    'api-server': { type: 'boolean', default: false },
    commits: { type: 'boolean', default: false },
    delivery: { type: 'boolean', default: false },
    facts: { type: 'boolean', default: false },
    followed: { type: 'boolean', default: false },
    folding: { type: 'boolean', default: false },
    gatekeeper: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    images: { type: 'boolean', default: false },
    journal: { type: 'boolean', default: false },
    manifests: { type: 'boolean', default: false },
    micro: { type: 'boolean', default: false },
    mirrors: { type: 'boolean', default: false },
    policies: { type: 'boolean', default: false },
    runaway: { type: 'boolean', default: false },
    signatures: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    strangers: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '20' },
    objects: { type: 'string' },
    quick: { type: 'boolean', default: false },
    against: { type: 'string' },
    endurance: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string' },
    out: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) process.stdout.write(HELP);
else if (options.query) await withWorkFolder(runQueries);
else if (options['api-server']) await runApiServerBench();
else if (options.followed) await withWorkFolder(runFollowedBench);
else if (options.facts) await runFactsBench();
else if (options.commits) await withWorkFolder(runCommitsBench);
else if (options.runaway) await withWorkFolder(runRunawayBench);
else if (options.signatures) await withWorkFolder(runSignaturesBench);
else if (options.mirrors) await withWorkFolder(runMirrorsBench);
else if (options.growth) await runGrowthBench();
else if (options.policies) await withWorkFolder(runPoliciesBench);
else if (options.images) await withWorkFolder(runImagesBench);
else if (options.manifests) await runManifestBench();
else if (options.folding) await withWorkFolder(runFoldingBench);
else if (options.soak) await runSoakBench();
else if (options.strangers) await withWorkFolder(runStrangersBench);
else if (options.delivery) await withWorkFolder(runDeliveryBench);
else if (options.journal) await withWorkFolder(runJournalBench);
else await withWorkFolder(options.micro ? runMicro : runBench);

async function runBench(workFolder: string): Promise<void> {
  const results = await measureAll(readPlan(workFolder));
  const report = formatResults(results);
  if (options.quick && options.out === undefined) process.stdout.write(report);
  else await writeReport(options.out ?? RESULTS, report);
  if (results.apart === undefined) return;
  await writeReport(API_SERVER_RESULTS, formatApiServerResults(results.apart.apiServer));
  await writeReport(FOLLOWED_RESULTS, formatFollowedResults(results.apart.followed));
  await writeReport(GROWTH_RESULTS, results.apart.growth.report);
}

async function runRunawayBench(workFolder: string): Promise<void> {
  const rounds = await measureRunawaysAlone(readPlan(workFolder));
  for (const { target, report } of rounds) {
    process.stdout.write(`${target}\n\n${formatRunaways(report)}\n\n`);
  }
  const description = rounds.slice(0, 1).map(({ report }) => describeRunaways(report));
  process.stdout.write(`${[...description, compareRunaways(rounds)].join('\n\n')}\n`);
}

function readPlan(workFolder: string): BenchPlan {
  return {
    workFolder,
    rounds: readCount('rounds', options.rounds),
    roundMs: readRoundMs(),
    quick: options.quick,
    gatekeeper: options.gatekeeper || options.all,
    apart: options.all,
    otherEntry: options.against && resolve(options.against),
    enduranceRequests: readEndurance(),
    profileFolder: options.profile,
    progress: (line) => process.stderr.write(`${line}\n`),
  };
}

/** How many requests show whether memory grows; 0 for none. */
function readEndurance(): number {
  const { endurance = options.all ? ENDURANCE_REQUESTS : '0' } = options;
  return endurance === '0' ? 0 : readCount('endurance', endurance);
}

function readRoundMs(): number {
  return readCount('seconds', options.seconds ?? (options.quick ? '1' : '5')) * 1000;
}

async function runApiServerBench(): Promise<void> {
  const results = await measureApiServer({
    rounds: readCount('rounds', options.rounds) * 5,
    writes: 150,
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  await writeReport(options.out ?? API_SERVER_RESULTS, formatApiServerResults(results));
}

async function runFollowedBench(workFolder: string): Promise<void> {
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  const results = await measureFollowed({ workFolder, progress });
  await writeReport(options.out ?? FOLLOWED_RESULTS, formatFollowedResults(results));
}

async function runCommitsBench(workFolder: string): Promise<void> {
  const rounds = readCount('rounds', options.rounds);
  await writeReport(options.out ?? COMMITS_RESULTS, await measureCommits({ workFolder, rounds }));
}

async function runSignaturesBench(workFolder: string): Promise<void> {
  const rounds = readCount('rounds', options.rounds);
  await writeReport(
    options.out ?? SIGNATURES_RESULTS,
    await measureSignatures({ workFolder, rounds }),
  );
}

async function runMirrorsBench(workFolder: string): Promise<void> {
  await writeReport(options.out ?? MIRRORS_RESULTS, await measureMirrors({ workFolder }));
}

async function runImagesBench(workFolder: string): Promise<void> {
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  const rounds = readCount('rounds', options.rounds);
  await writeReport(
    options.out ?? IMAGES_RESULTS,
    await measureImages({ workFolder, rounds, progress }),
  );
}

async function runGrowthBench(): Promise<void> {
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  const rounds = readCount('rounds', options.rounds) * 10;
  const { report } = await measureGrowth({ rounds, progress });
  await writeReport(options.out ?? GROWTH_RESULTS, report);
}

async function runPoliciesBench(workFolder: string): Promise<void> {
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  const report = await measurePolicies({ workFolder, progress });
  await writeReport(options.out ?? POLICIES_RESULTS, report);
}

async function runQueries(workFolder: string): Promise<void> {
  const report = await measureQueries({
    workFolder,
    records: readCount('records', options.records),
    rounds: readCount('rounds', options.rounds),
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  await writeReport(options.out ?? QUERY_RESULTS, report);
}

async function runFactsBench(): Promise<void> {
  const report = await measureFacts({ rounds: readCount('rounds', options.rounds) * 100 });
  await writeReport(options.out ?? FACTS_RESULTS, report);
}

async function runManifestBench(): Promise<void> {
  const report = await measureManifests({ rounds: readCount('rounds', options.rounds) * 1000 });
  await writeReport(options.out ?? MANIFEST_RESULTS, report);
}

async function runJournalBench(workFolder: string): Promise<void> {
  const results = await measureJournal({
    workFolder,
    rounds: readCount('rounds', options.rounds),
    roundMs: readRoundMs(),
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  await writeReport(options.out ?? JOURNAL_RESULTS, formatJournalResults(results));
}

async function runStrangersBench(workFolder: string): Promise<void> {
  const report = await measureStrangers({
    workFolder,
    progress: (line) => process.stderr.write(`${line}\n`),
    seconds: readCount('seconds', options.seconds ?? '60'),
    entry: options.against && resolve(options.against),
  });
  await writeReport(options.out ?? STRANGERS_RESULTS, report);
}

async function runSoakBench(): Promise<void> {
  const minutes = readCount('minutes', options.minutes);
  const report = await measureSoak({
    minutes,
    objects:
      options.objects === undefined
        ? Math.round(minutes * OBJECTS_PER_MINUTE)
        : readCount('objects', options.objects),
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  await writeReport(options.out ?? SOAK_RESULTS, report);
}

async function runFoldingBench(workFolder: string): Promise<void> {
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  await writeReport(options.out ?? FOLDING_RESULTS, await measureFolding({ workFolder, progress }));
}

async function runDeliveryBench(workFolder: string): Promise<void> {
  const results = await measureDelivery({
    workFolder,
    rounds: readCount('rounds', options.rounds),
    roundMs: readRoundMs(),
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  await writeReport(options.out ?? DELIVERY_RESULTS, formatDeliveryResults(results));
}

async function writeReport(file: string, report: string): Promise<void> {
  await writeFile(file, report);
  process.stdout.write(`${report}\nWritten to ${file}\n`);
}

async function withWorkFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readCount(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isFinite(count) || count <= 0) {
    throw new RangeError(`Option --${name} must be a number above 0: found "${text}"`);
  }
  return count;
}
