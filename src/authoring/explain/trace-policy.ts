/** Lets OPA interpret the sources of a bundle, which says more than WebAssembly can: which condition of which rule did not hold. */
import { dirname } from 'node:path';
import { cacheFolder } from '../../base/cache-folder.ts';
import { errorCode } from '../../base/error-details.ts';
import { HoldfastError } from '../../errors.ts';
import type { ExplainedReview } from '../../compose/explain/explain-review.ts';
import type { BundleFiles } from '../../policy/bundle/bundle-files.ts';
import { readBundleFiles } from '../../policy/bundle/read-bundle-files.ts';
import { locateOpa, type OpaOptions } from '../opa-binary.ts';
import { runOpaWithInput } from '../opa-program.ts';
import { parseTrace, type ParsedTrace, type TracedSources } from './parse-trace.ts';

export type PolicyTrace =
  | ({ readonly ok: true } & ParsedTrace)
  | {
      readonly ok: false;
      /** One sentence without its period. */
      readonly reason: string;
    };

/** The policy must have judged the review. Never rejects. */
export type TracePolicy = (
  policy: { readonly name: string; readonly isConstraint: boolean },
  review: Extract<ExplainedReview, { readonly status: 'decided' }>,
) => Promise<PolicyTrace>;

export interface TraceOptions extends Required<Pick<OpaOptions, 'environment' | 'progress'>> {
  /** The folder or archive that judged. */
  readonly bundle: string;
}

/** Reads the sources of the bundle once, and finds OPA, which is not built for this. */
export async function createTracer({ bundle, ...options }: TraceOptions): Promise<TracePolicy> {
  const opa = await locateOpa({ ...options, cacheFolder: cacheFolder(options.environment) });
  if (!opa.present) {
    return refuseAll('there is no OPA on this machine: put "opa" on PATH, or build a bundle once');
  }
  const files = await readBundleFiles(bundle);
  if (!files.ok) return refuseAll(files.reason);
  const sources = readSources(files.value);
  const run = { opaPath: opa.path, cwd: dirname(bundle) };
  return async ({ name, isConstraint }, review) => {
    const quoted = JSON.stringify(name);
    const values = isConstraint ? '{}' : `data.holdfast.policies[${quoted}]`;
    const query = `[data.holdfast.verdict[${quoted}].verdict, ${values}]`;
    const argv = ['eval', '--format', 'pretty', '--explain', 'full', '--stdin-input'];
    // Without these, OPA passes over rules that cannot hold, and says nothing of them.
    argv.push('--disable-indexing', '--disable-early-exit', '--bundle', bundle, query);
    try {
      const text = await runOpaWithInput({ ...run, argv, input: formatInput(name, review) });
      const trace = parseTrace(text, sources);
      if (trace !== undefined) return { ok: true, ...trace };
      return { ok: false, reason: `OPA ${opa.version} printed a trace of another form` };
    } catch (fault) {
      if (!(fault instanceof HoldfastError)) throw fault;
      return { ok: false, reason: describeFailure(fault) };
    }
  };
}

function refuseAll(reason: string): TracePolicy {
  return () => Promise.resolve({ ok: false, reason });
}

/** What was cut at the limit of an output is not shown: it is the beginning of a trace. */
function describeFailure({ message, cause }: HoldfastError): string {
  return errorCode(cause) === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'
    ? 'what OPA prints of this policy is larger than an output may be: explain a smaller review, or trace the policy alone with opa eval'
    : message;
}

/** OPA names a file by where it found it, a long path with "..." in the place of its middle: the end of that is its name in the bundle. */
function readSources(files: BundleFiles): TracedSources {
  const names = [...files.keys()].toSorted((a, b) => b.length - a.length);
  const lines = new Map<string, readonly string[]>();
  return {
    nameOf: (path) =>
      names.find((name) => path === name || path.endsWith(`/${name}`)) ?? findByEnd(path, names),
    lineOf: (name, row) => {
      const known = lines.get(name) ?? new TextDecoder().decode(files.get(name)).split('\n');
      lines.set(name, known);
      return known[row - 1] ?? '';
    },
  };
}

/** Where even the name was too long; `undefined` where it is not plain which it is. */
function findByEnd(path: string, names: readonly string[]): string | undefined {
  const at = path.lastIndexOf(CUT);
  if (at === -1) return undefined;
  const [name, ...others] = names.filter((one) => one.endsWith(path.slice(at + CUT.length)));
  return others.length === 0 ? name : undefined;
}

const CUT = '...';

/** What the policy gets, in whole: the request as it was sent, since JSON's numbers are not JavaScript's. */
function formatInput(
  policy: string,
  { requestJson, facts, parameters }: Parameters<TracePolicy>[1],
): string {
  const request = Buffer.from(requestJson).toString('utf8');
  const own = JSON.stringify(parameters[policy] ?? {});
  return `{"request":${request},"facts":${JSON.stringify(facts)},"parameters":${own}}`;
}
