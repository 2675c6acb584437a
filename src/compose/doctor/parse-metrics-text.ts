/** Gauges of a page of metrics. Source: Prometheus, "Exposition formats". */

export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)/u;
const LABEL = /(?<key>[a-zA-Z_]\w*)="(?<text>(?:[^"\\]|\\.)*)"/gu;

/** What is no sample is passed over: the page is only looked at. */
export function parseMetricsText(text: string): readonly MetricSample[] {
  return text.split('\n').flatMap((line) => {
    const { name, labels = '', value = '' } = LINE.exec(line)?.groups ?? {};
    if (name === undefined || Number.isNaN(Number(value))) return [];
    return [{ name, labels: parseLabels(labels), value: Number(value) }];
  });
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(LABEL)].map(({ groups }) => [
      String(groups?.['key']),
      String(groups?.['text']).replaceAll(/\\(?<escaped>.)/gu, '$<escaped>'),
    ]),
  );
}
